# The organization, its tree and its accounts. What changes from one revision to
# the next is a variable; first.tfvars and second.tfvars are two revisions.

variable "policy_types" {
  type = set(string)
}

variable "trusted_services" {
  type = set(string)
}

variable "delegated_services" {
  description = "Trusted services that the audit account administers."
  type        = set(string)
}

variable "unit_names" {
  description = "Name of the unit of each level, the highest first."
  type        = list(string)
}

variable "sandbox_parent" {
  description = "Level of the unit above the sandbox, from 0; another one makes a new unit."
  type        = number
}

variable "accounts" {
  type = map(object({
    name  = string
    email = string
    # Level of the unit that the account is in, from 0; null is the root.
    level = optional(number)
    role  = optional(string)
    close = bool
    tags  = optional(map(string), {})
  }))
}

variable "unit_tags" {
  type = map(string)
}

resource "aws_organizations_organization" "this" {
  feature_set                   = "ALL"
  enabled_policy_types          = var.policy_types
  aws_service_access_principals = var.trusted_services
}

locals {
  root = aws_organizations_organization.this.roots[0].id
  # The five levels that a tree can have.
  levels = [
    aws_organizations_organizational_unit.level1,
    aws_organizations_organizational_unit.level2,
    aws_organizations_organizational_unit.level3,
    aws_organizations_organizational_unit.level4,
    aws_organizations_organizational_unit.level5,
  ]
}

resource "aws_organizations_organizational_unit" "level1" {
  name      = var.unit_names[0]
  parent_id = local.root
  tags      = var.unit_tags
}

resource "aws_organizations_organizational_unit" "level2" {
  name      = var.unit_names[1]
  parent_id = aws_organizations_organizational_unit.level1.id
}

resource "aws_organizations_organizational_unit" "level3" {
  name      = var.unit_names[2]
  parent_id = aws_organizations_organizational_unit.level2.id
}

resource "aws_organizations_organizational_unit" "level4" {
  name      = var.unit_names[3]
  parent_id = aws_organizations_organizational_unit.level3.id
}

resource "aws_organizations_organizational_unit" "level5" {
  name      = var.unit_names[4]
  parent_id = aws_organizations_organizational_unit.level4.id
}

resource "aws_organizations_organizational_unit" "sandbox" {
  name      = "Sandbox"
  parent_id = local.levels[var.sandbox_parent].id
}

resource "aws_organizations_account" "this" {
  for_each = var.accounts

  name                       = each.value.name
  email                      = each.value.email
  parent_id                  = each.value.level == null ? local.root : local.levels[each.value.level].id
  role_name                  = each.value.role
  iam_user_access_to_billing = "DENY"
  close_on_deletion          = each.value.close
  tags                       = each.value.tags

  lifecycle {
    # No operation of the API tells them again, so that an import cannot know them.
    ignore_changes = [role_name, iam_user_access_to_billing]
  }
}

resource "aws_organizations_delegated_administrator" "audit" {
  for_each = var.delegated_services

  account_id        = aws_organizations_account.this["audit"].id
  service_principal = each.value

  depends_on = [aws_organizations_organization.this]
}
