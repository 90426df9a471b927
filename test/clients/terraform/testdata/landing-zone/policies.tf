# One policy of each of five types, attached to root, units and accounts, and the
# delegation policy of the organization.

variable "policies" {
  type = map(object({
    name        = string
    description = optional(string)
    tags        = optional(map(string), {})
  }))
}

variable "denied_actions" {
  type = list(string)
}

variable "cost_centers" {
  type = list(string)
}

variable "protected_actions" {
  type = list(string)
}

variable "backup_days" {
  type = number
}

variable "opt_out" {
  description = "Whether AWS may learn from what the accounts store: optIn or optOut."
  type        = string
}

variable "guardrail_level" {
  description = "Level of the unit that the guardrail is attached to, from 0."
  type        = number
}

variable "delegated_actions" {
  type = list(string)
}

locals {
  types = {
    guardrail = "SERVICE_CONTROL_POLICY"
    perimeter = "RESOURCE_CONTROL_POLICY"
    tagging   = "TAG_POLICY"
    backups   = "BACKUP_POLICY"
    opt_out   = "AISERVICES_OPT_OUT_POLICY"
  }

  documents = {
    guardrail = {
      Version = "2012-10-17"
      Statement = [{
        Sid      = "DenySome"
        Effect   = "Deny"
        Action   = var.denied_actions
        Resource = "*"
      }]
    }
    perimeter = {
      Version = "2012-10-17"
      Statement = [{
        Sid       = "OrganizationOnly"
        Effect    = "Deny"
        Principal = "*"
        Action    = var.protected_actions
        Resource  = "*"
        Condition = {
          StringNotEqualsIfExists = { "aws:PrincipalOrgID" = aws_organizations_organization.this.id }
          BoolIfExists            = { "aws:PrincipalIsAWSService" = "false" }
        }
      }]
    }
    tagging = {
      tags = {
        CostCenter = {
          tag_key   = { "@@assign" = "CostCenter" }
          tag_value = { "@@assign" = var.cost_centers }
        }
      }
    }
    backups = {
      plans = {
        Daily = {
          regions = { "@@assign" = ["us-east-1", "eu-central-1"] }
          rules = {
            Nightly = {
              schedule_expression      = { "@@assign" = "cron(0 5 ? * * *)" }
              target_backup_vault_name = { "@@assign" = "Default" }
              lifecycle = {
                delete_after_days = { "@@assign" = tostring(var.backup_days) }
              }
            }
          }
          selections = {
            tags = {
              Marked = {
                iam_role_arn = { "@@assign" = "arn:aws:iam::$account:role/Backup" }
                tag_key      = { "@@assign" = "backup" }
                tag_value    = { "@@assign" = ["yes"] }
              }
            }
          }
        }
      }
    }
    opt_out = {
      services = {
        default = {
          opt_out_policy = { "@@assign" = var.opt_out }
        }
      }
    }
  }

  attachments = {
    guardrail_on_a_unit   = { policy = "guardrail", target = local.levels[var.guardrail_level].id }
    guardrail_on_accounts = { policy = "guardrail", target = aws_organizations_account.this["workload"].id }
    perimeter_on_the_root = { policy = "perimeter", target = local.root }
    tagging_on_the_root   = { policy = "tagging", target = local.root }
    tagging_on_an_account = { policy = "tagging", target = aws_organizations_account.this["audit"].id }
    backups_on_a_unit     = { policy = "backups", target = aws_organizations_organizational_unit.level5.id }
    opt_out_on_the_root   = { policy = "opt_out", target = local.root }
  }
}

resource "aws_organizations_policy" "this" {
  for_each = var.policies

  name        = each.value.name
  description = each.value.description
  type        = local.types[each.key]
  content     = jsonencode(local.documents[each.key])
  tags        = each.value.tags
}

resource "aws_organizations_policy_attachment" "this" {
  for_each = local.attachments

  policy_id = aws_organizations_policy.this[each.value.policy].id
  target_id = each.value.target
}

resource "aws_organizations_resource_policy" "this" {
  content = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Audit"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::${aws_organizations_account.this["audit"].id}:root" }
      Action    = var.delegated_actions
      Resource  = "*"
    }]
  })
  tags = { purpose = "delegation" }
}
