package main

// planted is the control of all searches: the same engine with as many inputs.
const planted = "test/torture.TestASearchFindsAPlantedFault"

var requests = []attack{
	{what: "every constraint of every member of every operation, violated", engine: "SQLite", pkg: "test/conformance",
		test: "TestConformance", control: "TestAServerThatDiffersIsFound"},
	{what: "random bytes as a JSON body", pkg: "internal/protocol/awsjson", test: "FuzzDecode", control: planted, long: true},
	{what: "random bytes as a form", pkg: "internal/protocol/awsquery", test: "FuzzDecode", control: planted, long: true},
	{what: "random bytes as a signature", pkg: "internal/identity", test: "FuzzReadSignature", control: planted, long: true},
	{what: "random bytes as a page token", pkg: "internal/page", test: "FuzzOpen", control: planted, long: true},
	{what: "random members of requests", pkg: "internal/api/orgapi", test: "FuzzValidate", control: planted, long: true},
	{what: "random bytes as a policy", pkg: "internal/policy/document", test: "FuzzParse", control: planted, long: true},
	{what: "random policies, merged along random paths", pkg: "internal/policy/inherit", test: "FuzzMerge", control: planted, long: true},
	{what: "random operands of conditions", pkg: "internal/policy/condition", test: "FuzzOperands", control: planted, long: true},
	{what: "patterns of policies that make a matcher with backtracking try all ways", pkg: "internal/policy/wildcard",
		test: "TestTheWorkIsBounded", control: "TestTheBoundSeesBacktracking"},
	{what: "random patterns and texts, with their steps counted", pkg: "internal/policy/wildcard", test: "FuzzPatterns", control: planted, long: true},
	{what: "random policies that decide random requests", pkg: "internal/policy/evaluate", test: "FuzzDecide", control: planted, long: true},
	{what: "random bytes as a policy of IAM", pkg: "internal/policy", test: "FuzzChecksOfIAM", control: planted, long: true},
	{what: "random operands and values, compared by every operator", pkg: "internal/policy/condition", test: "FuzzHolds", control: planted, long: true},
	{what: "random requests with signatures", pkg: "internal/sigv4", test: "FuzzVerify", control: planted, long: true},
	{what: "random texts in event records", pkg: "internal/event", test: "FuzzRecordsHoldAnyText", control: planted, long: true},
	{what: "random names and notes in mails", pkg: "internal/mail", test: "FuzzNobodyWritesHeadersOrOurWords", control: planted, long: true},
	{what: "random faults of the admin API", pkg: "internal/faults", test: "FuzzSpec", control: planted, long: true},
}
