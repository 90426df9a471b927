#!/bin/sh
# The scenario of an invitation, with the AWS CLI. The variables that `accord
# serve` prints are set. Each answer becomes a file of the folder $1.
set -eu
answers=$1
management=111111111111
member=222222222222

as() {
	AWS_ACCESS_KEY_ID=$1
	export AWS_ACCESS_KEY_ID
	shift
	aws --output json "$@"
}

as $member sts get-caller-identity >"$answers/caller.json"
as $management organizations create-organization >"$answers/organization.json"
as $management organizations invite-account-to-organization \
	--target Type=EMAIL,Id=member@example.com --notes "Join us" >"$answers/invitation.json"

as $member organizations list-handshakes-for-account >"$answers/received.json"
handshake=$(as $member --output text --query 'Handshakes[0].Id' organizations list-handshakes-for-account)
as $member organizations describe-handshake --handshake-id "$handshake" >"$answers/described.json"
as $member organizations accept-handshake --handshake-id "$handshake" >"$answers/accepted.json"

if as $member organizations accept-handshake --handshake-id "$handshake" 2>"$answers/error"; then
	echo "the handshake was accepted twice" >&2
	exit 1
fi
sed -n 's/^An error occurred (\([A-Za-z]*\)).*/"\1"/p' "$answers/error" >"$answers/again.json"

as $management organizations list-accounts >"$answers/accounts.json"
