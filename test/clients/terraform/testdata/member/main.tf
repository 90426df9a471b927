# Works inside an account through its role.
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

variable "endpoint" {
  type = string
}

variable "role" {
  type = string
}

provider "aws" {
  region = "us-east-1"

  assume_role {
    role_arn     = var.role
    session_name = "terraform"
  }

  endpoints {
    organizations = var.endpoint
    sts           = var.endpoint
    iam           = var.endpoint
  }
}

data "aws_caller_identity" "this" {}

data "aws_organizations_organization" "this" {}

output "caller" {
  value = data.aws_caller_identity.this.arn
}

output "management" {
  value = data.aws_organizations_organization.this.master_account_id
}
