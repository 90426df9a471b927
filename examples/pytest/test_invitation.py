import subprocess
import sys

import pytest

MEMBER = "222222222222"


def invite(accord):
    accord.register(MEMBER, "member@example.com")
    management = accord.client()
    management.create_organization()
    target = {"Type": "EMAIL", "Id": "member@example.com"}
    return management.invite_account_to_organization(Target=target)["Handshake"]["Id"]


def test_a_member_joins(accord):
    accord.client(MEMBER).accept_handshake(HandshakeId=invite(accord))
    accounts = accord.client().list_accounts()["Accounts"]
    assert MEMBER in [account["Id"] for account in accounts]


def test_an_invitation_expires(accord):
    handshake = invite(accord)
    accord.advance("15d")
    member = accord.client(MEMBER)
    with pytest.raises(member.exceptions.InvalidHandshakeTransitionException):
        member.accept_handshake(HandshakeId=handshake)


def test_a_program_of_ours(accord):
    accord.client().create_organization()
    program = "import boto3; print(boto3.client('organizations').describe_organization()['Organization']['FeatureSet'])"
    printed = subprocess.run([sys.executable, "-c", program], env=accord.environ(), capture_output=True, text=True, check=True)
    assert printed.stdout == "ALL\n"
