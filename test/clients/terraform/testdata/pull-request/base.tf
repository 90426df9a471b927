terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

provider "aws" {
  region = "us-east-1"
}

resource "aws_organizations_organization" "this" {
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}

resource "aws_organizations_account" "payments" {
  name      = "Payments"
  email     = "payments@example.com"
  parent_id = aws_organizations_organization.this.roots[0].id
}

resource "aws_organizations_policy" "guard" {
  name       = "guard"
  content    = file("guard.json")
  depends_on = [aws_organizations_organization.this]
}

resource "aws_organizations_policy_attachment" "guard" {
  policy_id = aws_organizations_policy.guard.id
  target_id = aws_organizations_organization.this.roots[0].id
}
