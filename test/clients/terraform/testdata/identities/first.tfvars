revision = {
  description = "Runs the application."
  session     = 3600
  action      = "s3:GetObject"
  path        = "/"
  team        = "one"
  alias       = "first-alias"
  status      = "Active"
  managed     = ["arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess"]
  members     = ["Ann"]
}
