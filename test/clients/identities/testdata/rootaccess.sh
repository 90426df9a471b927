# Manages the root user of a member with the AWS CLI.
set -eu
aws organizations create-organization > /dev/null
aws iam list-organizations-features 2>&1 | grep -v '^$' || true
aws organizations enable-aws-service-access --service-principal iam.amazonaws.com
aws iam enable-organizations-root-credentials-management --query EnabledFeatures --output text
aws iam enable-organizations-root-sessions --query EnabledFeatures --output text
request=$(aws organizations create-account --email new@example.com --account-name New --query CreateAccountStatus.Id --output text)
while member=$(aws organizations describe-create-account-status --create-account-request-id "$request" --query CreateAccountStatus.AccountId --output text); [ "$member" = None ]; do sleep 0.1; done
into() {
    aws sts assume-root --target-principal "$member" --task-policy-arn "arn=arn:aws:iam::aws:policy/root-task/$1" \
        --query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]' --output text
}
session() {
    credentials=$(into "$1")
    set -- $credentials
    AWS_ACCESS_KEY_ID=$1 AWS_SECRET_ACCESS_KEY=$2 AWS_SESSION_TOKEN=$3 as
}
as() { aws sts get-caller-identity --query Arn --output text | sed "s/$member/MEMBER/"; aws iam get-login-profile 2>&1 | grep -o NoSuchEntity; }
session IAMAuditRootUserCredentials
as() { aws iam create-login-profile --query LoginProfile.UserName --output text; }
session IAMCreateRootUserPassword
as() { aws iam delete-login-profile; aws iam list-access-keys --query AccessKeyMetadata --output text; aws iam list-mfa-devices --query 'length(MFADevices)'; }
session IAMDeleteRootUserCredentials
aws iam disable-organizations-root-sessions --query EnabledFeatures --output text
into IAMAuditRootUserCredentials 2>&1 | grep -o AccessDenied
