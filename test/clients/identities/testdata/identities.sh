set -eu
trust='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111111111111"},"Action":"sts:AssumeRole"}]}'
read='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}'
admin=arn:aws:iam::aws:policy/AdministratorAccess
iam() { aws iam "$@" --output text; }

iam create-user --user-name Ann --path /team/ --tags Key=team,Value=red --query 'User.[UserName,Path]'
key=$(iam create-access-key --user-name Ann --query AccessKey.AccessKeyId)
iam update-access-key --user-name Ann --access-key-id "$key" --status Inactive
iam list-access-keys --user-name Ann --query 'AccessKeyMetadata[].Status'
iam create-group --group-name ops --query Group.GroupName
iam add-user-to-group --group-name ops --user-name Ann
iam create-role --role-name Deploy --assume-role-policy-document "$trust" --max-session-duration 7200 --query 'Role.[RoleName,MaxSessionDuration]'
iam attach-role-policy --role-name Deploy --policy-arn $admin
iam list-attached-role-policies --role-name Deploy --query 'AttachedPolicies[].PolicyName'
iam put-role-policy --role-name Deploy --policy-name inline --policy-document "$read"
iam list-role-policies --role-name Deploy --query PolicyNames
policy=$(iam create-policy --policy-name Reader --policy-document "$read" --query Policy.Arn)
iam create-policy-version --policy-arn "$policy" --policy-document "$read" --set-as-default --query 'PolicyVersion.[VersionId,IsDefaultVersion]'
iam create-account-alias --account-alias acme
iam list-account-aliases --query AccountAliases
iam get-account-summary --query SummaryMap.Roles
iam list-entities-for-policy --policy-arn $admin --query 'PolicyRoles[].RoleName'

iam delete-account-alias --account-alias acme
iam delete-policy-version --policy-arn "$policy" --version-id v1
iam delete-policy --policy-arn "$policy"
iam delete-role-policy --role-name Deploy --policy-name inline
iam detach-role-policy --role-name Deploy --policy-arn $admin
iam delete-role --role-name Deploy
iam remove-user-from-group --group-name ops --user-name Ann
iam delete-group --group-name ops
iam delete-access-key --user-name Ann --access-key-id "$key"
iam delete-user --user-name Ann
echo "left:$(iam list-users --query 'Users[].UserName')$(iam list-roles --query 'Roles[].RoleName')"
