# What the data sources of IAM see, as an output.

data "aws_iam_role" "app" {
  name = aws_iam_role.app.name

  depends_on = [aws_iam_instance_profile.app]
}

data "aws_iam_policy" "reader" {
  arn = aws_iam_policy.reader.arn

  depends_on = [aws_iam_role_policy_attachment.app, aws_iam_group_policy_attachment.readers]
}

data "aws_iam_group" "readers" {
  group_name = aws_iam_group.readers.name

  depends_on = [aws_iam_group_membership.readers]
}

data "aws_iam_user" "ann" {
  user_name = aws_iam_user.ann.name
}

data "aws_iam_roles" "apps" {
  path_prefix = "/apps/"

  depends_on = [aws_iam_role.app]
}

data "aws_iam_account_alias" "this" {
  depends_on = [aws_iam_account_alias.this]
}

data "aws_iam_session_context" "this" {
  arn = data.aws_caller_identity.current.arn
}

output "identities" {
  value = {
    caller      = data.aws_caller_identity.current.arn
    role        = data.aws_iam_role.app.arn
    description = data.aws_iam_role.app.description
    session     = data.aws_iam_role.app.max_session_duration
    boundary    = data.aws_iam_role.app.permissions_boundary
    tags        = data.aws_iam_role.app.tags
    trusts      = jsondecode(data.aws_iam_role.app.assume_role_policy).Statement[0].Principal.Service
    attached    = data.aws_iam_policy.reader.attachment_count
    action      = jsondecode(data.aws_iam_policy.reader.policy).Statement[0].Action
    members     = sort([for u in data.aws_iam_group.readers.users : u.user_name])
    user        = data.aws_iam_user.ann.arn
    apps        = [for r in data.aws_iam_roles.apps.names : r]
    alias       = data.aws_iam_account_alias.this.account_alias
    issuer      = data.aws_iam_session_context.this.issuer_arn
    linked      = aws_iam_service_linked_role.scaling.arn
    key         = aws_iam_access_key.ann.status
    role_by_aws = aws_iam_service_linked_role.scaling.name
  }
}
