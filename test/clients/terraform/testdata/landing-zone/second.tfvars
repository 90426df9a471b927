# The landing zone a while later: names, parents, tags and contents are others,
# the spare account has made way for another one.

policy_types = [
  "AISERVICES_OPT_OUT_POLICY",
  "BACKUP_POLICY",
  "CHATBOT_POLICY",
  "RESOURCE_CONTROL_POLICY",
  "SERVICE_CONTROL_POLICY",
  "TAG_POLICY",
]
trusted_services   = ["config.amazonaws.com", "ram.amazonaws.com"]
delegated_services = ["config.amazonaws.com"]

unit_names     = ["Workloads", "Prod", "Payments", "EU", "Frankfurt 1"]
unit_tags      = { owner = "landing-zone", region = "eu" }
sandbox_parent = 1

accounts = {
  audit    = { name = "Audit", email = "audit@example.com", level = 0, close = false, tags = { reviewed = "yes" } }
  workload = { name = "Payments", email = "payments@example.com", level = 3, role = "Administrator", close = true, tags = { cost-center = "5678" } }
  trial    = { name = "Trial", email = "trial@example.com", level = null, close = false }
  spare    = { name = "Spare 2", email = "spare+2@example.com", level = 1, close = true }
}

policies = {
  guardrail = { name = "guardrail-2", description = "What nobody may do", tags = { kind = "guardrail", reviewed = "yes" } }
  perimeter = { name = "perimeter", tags = { kind = "perimeter" } }
  tagging   = { name = "tagging", description = "How everything is tagged" }
  backups   = { name = "nightly-backups", description = "Every night" }
  opt_out   = { name = "opt-out" }
}
denied_actions    = ["organizations:LeaveOrganization", "iam:CreateUser"]
cost_centers      = ["1234", "5678"]
protected_actions = ["s3:*", "sqs:*"]
backup_days       = 90
opt_out           = "optIn"
guardrail_level   = 1
delegated_actions = ["organizations:DescribeOrganization", "organizations:ListAccounts", "organizations:ListRoots"]

revision = {
  description = "Runs another application."
  session     = 7200
  action      = "s3:List*"
  path        = "/team/"
  team        = "two"
  alias       = "second-alias"
  status      = "Inactive"
  managed     = ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
  members     = ["Ann", "Bob"]
}
