#!/bin/sh
# Creates an account and enters it through its role, as tools for many accounts do:
# with the keys that AssumeRole answers, and with a profile that names the role. The
# variables that `accord serve` prints are set. $1 is a folder for files.
set -eu
folder=$1
export AWS_CONFIG_FILE="$folder/config"

aws organizations create-organization >"$folder/organization.json"
request=$(aws organizations create-account --email new@example.com --account-name New \
	--query CreateAccountStatus.Id --output text)
state=IN_PROGRESS
while [ "$state" = IN_PROGRESS ]; do
	sleep 0.2
	state=$(aws organizations describe-create-account-status --create-account-request-id "$request" \
		--query CreateAccountStatus.State --output text)
done
[ "$state" = SUCCEEDED ]
account=$(aws organizations describe-create-account-status --create-account-request-id "$request" \
	--query CreateAccountStatus.AccountId --output text)
role=arn:aws:iam::$account:role/OrganizationAccountAccessRole

cat >"$AWS_CONFIG_FILE" <<CONFIG
[profile management]
aws_access_key_id = $AWS_ACCESS_KEY_ID
aws_secret_access_key = anything

[profile member]
source_profile = management
role_arn = $role
role_session_name = profile
CONFIG

echo "profile: $(aws --profile member sts get-caller-identity --query Arn --output text | sed "s/$account/ACCOUNT/")"
echo "organization: $(aws --profile member organizations describe-organization --query Organization.MasterAccountId --output text)"

keys=$(aws sts assume-role --role-arn "$role" --role-session-name keys --duration-seconds 900 \
	--query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]' --output text)
# shellcheck disable=SC2086
set -- $keys
export AWS_ACCESS_KEY_ID="$1" AWS_SECRET_ACCESS_KEY="$2" AWS_SESSION_TOKEN="$3"
echo "keys: $(aws sts get-caller-identity --query Arn --output text | sed "s/$account/ACCOUNT/")"
aws organizations list-accounts 2>&1 | sed -n 's/^.*An error occurred (\([A-Za-z]*\)).*/listing: \1/p'
aws organizations leave-organization
aws organizations describe-organization 2>&1 | sed -n 's/^.*An error occurred (\([A-Za-z]*\)).*/left: \1/p'

AWS_SESSION_TOKEN="${AWS_SESSION_TOKEN}x"
aws organizations describe-organization 2>&1 | sed -n 's/^.*An error occurred (\([A-Za-z]*\)).*/altered: \1/p'
unset AWS_SESSION_TOKEN
aws sts get-caller-identity 2>&1 | sed -n 's/^.*An error occurred (\([A-Za-z]*\)).*/without: \1/p'
