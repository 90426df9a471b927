# Every data source that the provider has for organizations.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "root" {
  type = string
}

variable "unit" {
  description = "A unit below the root."
  type        = object({ id = string, child = string })
}

variable "administrator" {
  description = "Account that administers at least one service, and one of its services."
  type        = object({ id = string, service = string })
}

variable "guardrail" {
  description = "A service control policy, and an account that it is attached to."
  type        = object({ id = string, target = string })
}

data "aws_organizations_organization" "this" {}

data "aws_organizations_organizational_units" "below_root" {
  parent_id = var.root
}

data "aws_organizations_organizational_unit_descendant_organizational_units" "all" {
  parent_id = var.root
}

data "aws_organizations_organizational_unit" "child" {
  parent_id = var.unit.id
  name      = var.unit.child
}

data "aws_organizations_organizational_unit_child_accounts" "root" {
  parent_id = var.root
}

data "aws_organizations_organizational_unit_descendant_accounts" "all" {
  parent_id = var.root
}

data "aws_organizations_delegated_administrators" "all" {}

data "aws_organizations_delegated_administrators" "of_service" {
  service_principal = var.administrator.service
}

data "aws_organizations_delegated_services" "of_administrator" {
  account_id = var.administrator.id
}

data "aws_organizations_policies" "guardrails" {
  filter = "SERVICE_CONTROL_POLICY"
}

data "aws_organizations_policies_for_target" "target" {
  target_id = var.guardrail.target
  filter    = "SERVICE_CONTROL_POLICY"
}

data "aws_organizations_policy" "managed" {
  policy_id = "p-FullAWSAccess"
}

data "aws_organizations_policy" "guardrail" {
  policy_id = var.guardrail.id
}

data "aws_organizations_resource_tags" "target" {
  resource_id = var.guardrail.target
}

output "organization" {
  value = {
    feature_set      = data.aws_organizations_organization.this.feature_set
    management       = data.aws_organizations_organization.this.master_account_id
    management_name  = data.aws_organizations_organization.this.master_account_name
    trusted_services = data.aws_organizations_organization.this.aws_service_access_principals
    policy_types     = data.aws_organizations_organization.this.enabled_policy_types
    accounts         = sort(data.aws_organizations_organization.this.accounts[*].name)
    members          = sort(data.aws_organizations_organization.this.non_master_accounts[*].name)
  }
}

output "units" {
  value = {
    below_root = data.aws_organizations_organizational_units.below_root.children[*].name
    all        = sort(data.aws_organizations_organizational_unit_descendant_organizational_units.all.children[*].name)
    child      = data.aws_organizations_organizational_unit.child.name
  }
}

output "accounts" {
  value = {
    in_root = sort(data.aws_organizations_organizational_unit_child_accounts.root.accounts[*].name)
    all     = sort(data.aws_organizations_organizational_unit_descendant_accounts.all.accounts[*].name)
  }
}

output "delegation" {
  value = {
    administrators = [for a in data.aws_organizations_delegated_administrators.all.delegated_administrators : a.name]
    of_service     = [for a in data.aws_organizations_delegated_administrators.of_service.delegated_administrators : a.name]
    services       = sort([for s in data.aws_organizations_delegated_services.of_administrator.delegated_services : s.service_principal])
  }
}

output "policies" {
  value = {
    guardrails  = length(data.aws_organizations_policies.guardrails.ids)
    on_target   = length(data.aws_organizations_policies_for_target.target.ids)
    target_tags = data.aws_organizations_resource_tags.target.tags
    managed = {
      name        = data.aws_organizations_policy.managed.name
      aws_managed = data.aws_organizations_policy.managed.aws_managed
      content     = jsondecode(data.aws_organizations_policy.managed.content)
    }
    guardrail = {
      name        = data.aws_organizations_policy.guardrail.name
      description = data.aws_organizations_policy.guardrail.description
      type        = data.aws_organizations_policy.guardrail.type
      aws_managed = data.aws_organizations_policy.guardrail.aws_managed
      content     = jsondecode(data.aws_organizations_policy.guardrail.content)
    }
  }
}
