# The identities of the management account: every resource of IAM that Accord serves, with the
# inline policies, attachments and memberships that keep them.

# What changes in place between the revisions.
variable "revision" {
  type = object({
    description = string
    session     = number
    action      = string
    path        = string
    team        = string
    alias       = string
    status      = string
    managed     = list(string)
    members     = list(string)
  })
}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_iam_policy" "read_only" {
  name = "ReadOnlyAccess"
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.current.account_id}:root"]
    }
  }
}

data "aws_iam_policy_document" "reader" {
  statement {
    sid       = "Read"
    actions   = [var.revision.action]
    resources = ["arn:aws:s3:::data/*"]
  }
}

resource "aws_iam_policy" "boundary" {
  name   = "Boundary"
  path   = "/limits/"
  policy = data.aws_iam_policy_document.reader.json
}

resource "aws_iam_policy" "shared" {
  name   = "Shared"
  policy = data.aws_iam_policy_document.reader.json
}

resource "aws_iam_policy" "reader" {
  name        = "Reader"
  description = "Reads the data."
  policy      = data.aws_iam_policy_document.reader.json
  tags        = { team = var.revision.team }
}

resource "aws_iam_role" "app" {
  name                 = "App"
  path                 = "/apps/"
  description          = var.revision.description
  max_session_duration = var.revision.session
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  permissions_boundary = aws_iam_policy.boundary.arn
  tags                 = { team = var.revision.team }
}

resource "aws_iam_role_policy" "app" {
  name   = "inline"
  role   = aws_iam_role.app.id
  policy = data.aws_iam_policy_document.reader.json
}

resource "aws_iam_role_policy_attachment" "app" {
  role       = aws_iam_role.app.name
  policy_arn = aws_iam_policy.reader.arn
}

resource "aws_iam_role_policies_exclusive" "app" {
  role_name    = aws_iam_role.app.name
  policy_names = [aws_iam_role_policy.app.name]
}

resource "aws_iam_role" "job" {
  name_prefix        = "job-"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy_attachments_exclusive" "job" {
  role_name   = aws_iam_role.job.name
  policy_arns = var.revision.managed
}

resource "aws_iam_instance_profile" "app" {
  name = "App"
  role = aws_iam_role.app.name
  tags = { team = var.revision.team }
}

resource "aws_iam_user" "ann" {
  name                 = "Ann"
  path                 = var.revision.path
  permissions_boundary = data.aws_iam_policy.read_only.arn
  tags                 = { team = var.revision.team }
}

resource "aws_iam_user" "bob" {
  name          = "Bob"
  force_destroy = true
}

resource "aws_iam_access_key" "ann" {
  user   = aws_iam_user.ann.name
  status = var.revision.status
}

resource "aws_iam_user_policy" "ann" {
  name   = "inline"
  user   = aws_iam_user.ann.name
  policy = data.aws_iam_policy_document.reader.json
}

resource "aws_iam_user_policy_attachment" "ann" {
  user       = aws_iam_user.ann.name
  policy_arn = data.aws_iam_policy.read_only.arn
}

resource "aws_iam_group" "readers" {
  name = "Readers"
  path = var.revision.path
}

resource "aws_iam_group" "writers" {
  name = "Writers"
}

resource "aws_iam_group_policy" "readers" {
  name   = "inline"
  group  = aws_iam_group.readers.name
  policy = data.aws_iam_policy_document.reader.json
}

resource "aws_iam_group_policy_attachment" "readers" {
  group      = aws_iam_group.readers.name
  policy_arn = aws_iam_policy.reader.arn
}

resource "aws_iam_group_membership" "readers" {
  name  = "readers"
  group = aws_iam_group.readers.name
  users = var.revision.members

  depends_on = [aws_iam_user.ann, aws_iam_user.bob]
}

resource "aws_iam_user_group_membership" "bob" {
  user   = aws_iam_user.bob.name
  groups = [aws_iam_group.writers.name]
}

resource "aws_iam_policy_attachment" "everywhere" {
  name       = "everywhere"
  policy_arn = aws_iam_policy.shared.arn
  users      = [aws_iam_user.bob.name]
  groups     = [aws_iam_group.writers.name]
}

resource "aws_iam_account_alias" "this" {
  account_alias = var.revision.alias
}

resource "aws_iam_service_linked_role" "scaling" {
  aws_service_name = "autoscaling.amazonaws.com"
  custom_suffix    = "blue"
  description      = var.revision.description
  tags             = { team = var.revision.team }
}
