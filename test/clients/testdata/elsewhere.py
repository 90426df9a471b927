"""Calls services that the server does not have, and prints the errors as JSON."""

import json

import boto3
from botocore.exceptions import ClientError

calls = {
    "account": lambda c: c.get_contact_information(),
    "cloudformation": lambda c: c.list_stacks(),
    "cloudwatch": lambda c: c.list_metrics(),
    "dynamodb": lambda c: c.list_tables(),
    "ec2": lambda c: c.describe_regions(),
    "resourcegroupstaggingapi": lambda c: c.get_resources(),
    "route53": lambda c: c.list_hosted_zones(),
    "s3": lambda c: c.list_buckets(),
    "sqs": lambda c: c.list_queues(),
    "sso-admin": lambda c: c.list_instances(),
}

seen = {}
for name, call in calls.items():
    try:
        call(boto3.client(name))
    except ClientError as error:
        metadata = error.response["ResponseMetadata"]
        seen[name] = {
            "code": error.response["Error"]["Code"],
            "message": error.response["Error"]["Message"],
            "retries": metadata["RetryAttempts"],
        }
print(json.dumps(seen))
