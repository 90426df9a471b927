policy_types = [
  "AISERVICES_OPT_OUT_POLICY",
  "BACKUP_POLICY",
  "RESOURCE_CONTROL_POLICY",
  "SERVICE_CONTROL_POLICY",
  "TAG_POLICY",
]
trusted_services   = ["access-analyzer.amazonaws.com", "config.amazonaws.com"]
delegated_services = ["access-analyzer.amazonaws.com", "config.amazonaws.com"]

unit_names     = ["Workloads", "Production", "Payments", "Europe", "Frankfurt"]
unit_tags      = { owner = "platform", stage = "prod" }
sandbox_parent = 0

accounts = {
  audit    = { name = "Audit", email = "audit@example.com", level = null, close = false }
  workload = { name = "Payments", email = "payments@example.com", level = 4, role = "Administrator", close = true, tags = { cost-center = "1234", stage = "prod" } }
  trial    = { name = "Trial", email = "trial@example.com", level = 0, close = false, tags = { stage = "trial" } }
  spare    = { name = "Spare", email = "spare@example.com", level = 1, close = true }
}

policies = {
  guardrail = { name = "guardrail", description = "What nobody does", tags = { kind = "guardrail" } }
  perimeter = { name = "perimeter" }
  tagging   = { name = "tagging", description = "How things are tagged" }
  backups   = { name = "backups", description = "Every night" }
  opt_out   = { name = "opt-out" }
}
denied_actions    = ["organizations:LeaveOrganization"]
cost_centers      = ["1234"]
protected_actions = ["s3:*"]
backup_days       = 35
opt_out           = "optOut"
guardrail_level   = 0
delegated_actions = ["organizations:DescribeOrganization", "organizations:ListAccounts"]

revision = {
  description = "Runs the application."
  session     = 3600
  action      = "s3:GetObject"
  path        = "/"
  team        = "one"
  alias       = "first-alias"
  status      = "Active"
  managed     = ["arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess"]
  members     = ["Ann"]
}
