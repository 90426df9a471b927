terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

variable "endpoint" {
  description = "Address of the server, such as http://127.0.0.1:8016."
  type        = string
}

# Credentials come from the environment, as for any other configuration.
provider "aws" {
  region = "us-east-1"

  endpoints {
    organizations = var.endpoint
    sts           = var.endpoint
    iam           = var.endpoint
  }

  default_tags {
    tags = { managed-by = "terraform" }
  }
}
