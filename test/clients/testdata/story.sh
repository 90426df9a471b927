#!/bin/sh
# From the key of a root user to a member that cannot leave. In strict mode the environment
# has the key of the first account; in the open sandbox an access key ID of 12 digits is the
# administrator itself. $1 is strict or open.
set -eu
export AWS_PAGER=
say() { sed -n 's/^.*An error occurred (\([A-Za-z]*\)) when calling the [A-Za-z]* operation: \(.*\)$/\1: \2/p'; }
management=$(aws sts get-caller-identity --query Account --output text)
enter() {
	keys=$(aws sts assume-role --role-arn "$1" --role-session-name story \
		--query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]' --output text)
	# shellcheck disable=SC2086
	set -- $keys
	export AWS_ACCESS_KEY_ID="$1" AWS_SECRET_ACCESS_KEY="$2" AWS_SESSION_TOKEN="$3"
}

if [ "$1" = strict ]; then
	aws sts assume-role --role-arn "arn:aws:iam::$management:role/Any" --role-session-name story 2>&1 | say
	aws iam create-user --user-name admin >/dev/null
	aws iam attach-user-policy --user-name admin --policy-arn arn:aws:iam::aws:policy/AdministratorAccess
	keys=$(aws iam create-access-key --user-name admin --query 'AccessKey.[AccessKeyId,SecretAccessKey]' --output text)
	# shellcheck disable=SC2086
	set -- $keys
	unset AWS_SHARED_CREDENTIALS_FILE
	export AWS_ACCESS_KEY_ID="$1" AWS_SECRET_ACCESS_KEY="$2"
fi
echo "administrator: $(aws sts get-caller-identity --query Arn --output text | sed "s/$management/MANAGEMENT/")"

aws organizations create-organization >/dev/null
root=$(aws organizations list-roots --query 'Roots[0].Id' --output text)
aws organizations enable-policy-type --root-id "$root" --policy-type SERVICE_CONTROL_POLICY >/dev/null
account=$(aws organizations create-account --email new@example.com --account-name New \
	--query CreateAccountStatus.AccountId --output text)
policy=$(aws organizations create-policy --type SERVICE_CONTROL_POLICY --name Stay --description '' --query Policy.PolicySummary.Arn --output text \
	--content '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"organizations:LeaveOrganization","Resource":"*"}}')
aws organizations attach-policy --policy-id "${policy##*/}" --target-id "$account"

enter "arn:aws:iam::$account:role/OrganizationAccountAccessRole"
echo "member: $(aws sts get-caller-identity --query Arn --output text | sed "s/$account/MEMBER/")"
aws organizations leave-organization 2>&1 | say | sed "s/$account/MEMBER/g; s|$policy|POLICY|"
aws iam create-user --user-name first --query User.Arn --output text | sed "s/$account/MEMBER/"
