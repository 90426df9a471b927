package inherit

// AIServicesPolicy is the structure of AI services opt-out policies. Service
// keys and values are compared with regard to case. [AWS: guide, recorded]
var AIServicesPolicy = each(aiService, container(
	field{"opt_out_policy", one(choice("optOut", "optIn"))},
))

// aiService is a service that can be opted out of, or the default for all.
// [AWS: guide, 2026]
var aiService = oneOf("a service of the opt-out policy",
	"default", "aidevops", "aiops", "awssupplychain", "biodiscovery", "chimesdkvoiceanalytics", "cloudwatch",
	"codeguruprofiler", "codewhisperer", "comprehend", "config", "connect", "connectamd", "connectdecision",
	"connecthealth::operations", "connecthealth::training", "connectoptimization", "connecttalent", "contactlens",
	"datazone", "dms", "entityresolution", "finopsagent", "frauddetector", "glue", "guardduty", "lex", "polly", "q",
	"quicksightq", "rekognition", "scenariodiscovery", "securityhub", "securitylake", "textract", "transcribe",
	"transform", "translate", "workspaces")
