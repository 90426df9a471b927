# A pull request makes units, moves the account into one of them, and attaches a new policy
# to each.
locals {
  root = aws_organizations_organization.this.roots[0].id
}

resource "aws_organizations_organizational_unit" "inner" {
  name      = "Inner"
  parent_id = aws_organizations_organizational_unit.outer.id
}

resource "aws_organizations_organizational_unit" "outer" {
  name      = "Outer"
  parent_id = local.root
}

resource "aws_organizations_policy" "new" {
  for_each = { iam = "iam:CreateUser", buckets = "s3:DeleteBucket" }

  name = each.key
  content = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = each.key, Effect = "Deny", Action = each.value, Resource = "*" }]
  })
}

resource "aws_organizations_policy_attachment" "new" {
  for_each = { iam = "inner", buckets = "outer" }

  policy_id = aws_organizations_policy.new[each.key].id
  target_id = aws_organizations_organizational_unit.outer.id
}
