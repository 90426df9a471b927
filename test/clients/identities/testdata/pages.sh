set -eu
trust='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111111111111"},"Action":"sts:AssumeRole"}]}'
for name in a b c d e; do
	aws iam create-user --user-name $name --query User.UserName --output text
	aws iam create-role --role-name $name --assume-role-policy-document "$trust" >/dev/null
done
token=$(aws iam list-users --max-items 2 --output json | sed -n 's/.*"NextToken": "\(.*\)".*/\1/p')
aws iam list-users --max-items 2 --starting-token "$token" --query 'Users[].UserName' --output text
aws iam list-users --page-size 2 --query 'Users[].UserName' --output text
aws iam list-roles --page-size 2 --query 'length(Roles)'
aws iam list-policies --scope AWS --page-size 1000 --query 'length(Policies) > `1000`'
aws iam wait user-exists --user-name a
aws iam get-user --user-name absent 2>&1 || true
aws iam create-user --user-name A 2>&1 || true
aws iam create-user --user-name 'a b' 2>&1 || true
aws iam put-user-policy --user-name a --policy-name p --policy-document '{}' 2>&1 || true
aws iam get-role --role-name a --query 'Role.[AssumeRolePolicyDocument.Version,MaxSessionDuration]' --output text
task=$(aws iam create-service-linked-role --aws-service-name ecs.amazonaws.com --query Role.RoleName --output text)
task=$(aws iam delete-service-linked-role --role-name "$task" --query DeletionTaskId --output text)
aws iam get-service-linked-role-deletion-status --deletion-task-id "$task" --query Status --output text
