# Read once everything else is there, so that nothing is seen half made.

module "seen" {
  source = "./seen"

  root          = local.root
  unit          = { id = local.levels[0].id, child = var.unit_names[1] }
  administrator = { id = aws_organizations_account.this["audit"].id, service = "config.amazonaws.com" }
  guardrail     = { id = aws_organizations_policy.this["guardrail"].id, target = aws_organizations_account.this["workload"].id }

  depends_on = [
    aws_organizations_account.this,
    aws_organizations_delegated_administrator.audit,
    aws_organizations_organizational_unit.sandbox,
    aws_organizations_policy_attachment.this,
    aws_organizations_resource_policy.this,
  ]
}

output "organization" {
  value = module.seen.organization
}

output "units" {
  value = module.seen.units
}

output "accounts" {
  value = module.seen.accounts
}

output "delegation" {
  value = module.seen.delegation
}

output "policies" {
  value = module.seen.policies
}
