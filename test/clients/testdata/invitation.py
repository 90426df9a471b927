"""The scenario of an invitation, with boto3.

The variables that `accord serve` prints are set. All answers are written as one
JSON object.
"""

import json
import sys

import boto3

MANAGEMENT, MEMBER = "111111111111", "222222222222"


def client(service, account):
    return boto3.client(service, aws_access_key_id=account, aws_secret_access_key="anything")


management, member = client("organizations", MANAGEMENT), client("organizations", MEMBER)
scenario = {}
scenario["caller"] = client("sts", MEMBER).get_caller_identity()
scenario["organization"] = management.create_organization()
scenario["invitation"] = management.invite_account_to_organization(
    Target={"Type": "EMAIL", "Id": "member@example.com"}, Notes="Join us"
)

scenario["received"] = member.list_handshakes_for_account()
handshake = scenario["received"]["Handshakes"][0]["Id"]
scenario["described"] = member.describe_handshake(HandshakeId=handshake)
scenario["accepted"] = member.accept_handshake(HandshakeId=handshake)

try:
    member.accept_handshake(HandshakeId=handshake)
except member.exceptions.HandshakeAlreadyInStateException as error:
    scenario["again"] = error.response["Error"]["Code"]

pages = management.get_paginator("list_accounts").paginate(PaginationConfig={"PageSize": 1})
scenario["accounts"] = {"Accounts": [account for page in pages for account in page["Accounts"]]}

for answer in scenario.values():
    if isinstance(answer, dict):
        answer.pop("ResponseMetadata", None)
json.dump(scenario, sys.stdout, default=lambda instant: instant.timestamp())
