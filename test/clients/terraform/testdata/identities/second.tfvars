revision = {
  description = "Runs another application."
  session     = 7200
  action      = "s3:List*"
  path        = "/team/"
  team        = "two"
  alias       = "second-alias"
  status      = "Inactive"
  managed     = ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
  members     = ["Ann", "Bob"]
}
