"""Simulates policies, as boto3 reads the results."""

import json

import boto3
from botocore.config import Config

client = boto3.client("iam", config=Config(retries={"max_attempts": 1}))


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


ALLOW = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
DENY = {"Effect": "Deny", "Action": "s3:Delete*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
client.create_user(UserName="Ann")
client.put_user_policy(UserName="Ann", PolicyName="own", PolicyDocument=policy(ALLOW, DENY))
ann = "arn:aws:iam::111111111111:user/Ann"

print(*client.get_context_keys_for_principal_policy(PolicySourceArn=ann)["ContextKeyNames"])
print(*client.get_context_keys_for_custom_policy(PolicyInputList=[policy(DENY)])["ContextKeyNames"])

entry = {"ContextKeyName": "aws:SecureTransport", "ContextKeyType": "boolean", "ContextKeyValues": ["false"]}
pages = client.get_paginator("simulate_principal_policy").paginate(
    PolicySourceArn=ann, ActionNames=["s3:GetObject", "s3:DeleteObject", "sqs:SendMessage"], ContextEntries=[entry],
    PaginationConfig={"PageSize": 2})
for page in pages:
    for result in page["EvaluationResults"]:
        print(result["EvalActionName"], result["EvalDecision"], *(s["SourcePolicyId"] for s in result["MatchedStatements"]))

result = client.simulate_custom_policy(
    PolicyInputList=[policy(ALLOW)], PermissionsBoundaryPolicyInputList=[policy(DENY)], ActionNames=["s3:GetObject"],
    ResourceArns=["arn:aws:s3:::b/1", "arn:aws:s3:::b/2"])["EvaluationResults"][0]
print(result["EvalResourceName"], result["EvalDecision"], result["PermissionsBoundaryDecisionDetail"], result["EvalDecisionDetails"],
      [r["EvalResourceName"] for r in result["ResourceSpecificResults"]], result["MissingContextValues"])
for wrong in ({"PolicySourceArn": ann + "a", "ActionNames": ["s3:GetObject"]}, {"PolicySourceArn": ann, "ActionNames": ["GetObject"]}):
    try:
        client.simulate_principal_policy(**wrong)
    except (client.exceptions.NoSuchEntityException, client.exceptions.InvalidInputException) as e:
        print(e.response["Error"]["Code"], e.response["ResponseMetadata"]["HTTPStatusCode"], e.response["Error"]["Message"])
