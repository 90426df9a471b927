"""Calls every operation that a model has, given as a file, as boto3 knows it: with what is
required, with all that there is, and with values that no operation takes. Each call has a
result that boto3 reads, with all required members, or an error that the operation has.
"""

import json
import sys

import boto3
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError

with open(sys.argv[1]) as file:
    here = set(json.load(file)["operations"])

client = boto3.client("iam", config=Config(retries={"max_attempts": 1}, parameter_validation=False))
model = client.meta.service_model

ALLOW = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]})
TRUST = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]})
MADE = "arn:aws:iam::111111111111:policy/probe"
VALUES = {
    "AssumeRolePolicyDocument": TRUST, "PolicyDocument": ALLOW, "PolicyInputList": ALLOW, "PolicyArn": MADE,
    "PermissionsBoundary": "arn:aws:iam::aws:policy/ReadOnlyAccess", "AWSServiceName": "autoscaling.amazonaws.com",
    "AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "VersionId": "v1", "Path": "/team/", "NewPath": "/team/", "PathPrefix": "/",
    "ActionNames": "s3:GetObject", "PolicySourceArn": "arn:aws:iam::111111111111:user/probe",
}
# Of every call, whatever the operation. [AWS: common errors]
COMMON = {"AccessDenied", "ValidationError", "MalformedInput", "InvalidParameterValue"}


def value(name, shape, all_members):
    """A valid value."""
    if shape.type_name == "structure":
        return {n: value(n, s, all_members) for n, s in shape.members.items()
                if n != "Marker" and (all_members or n in shape.required_members)}
    if shape.type_name == "list":
        return [value(name, shape.member, all_members)]
    if name in VALUES:
        return VALUES[name]
    if shape.type_name == "string":
        return shape.enum[0] if shape.enum else "probe".ljust(shape.metadata.get("min", 1), "x")
    if shape.type_name == "boolean":
        return True
    if shape.type_name == "integer":
        return shape.metadata.get("min", 1)
    raise SystemExit(f"{name}: no value for a {shape.type_name}")


def lacking(shape, got, where):
    """The required members that an answer lacks."""
    if shape.type_name == "structure":
        for name in shape.required_members:
            if name not in got:
                yield f"{where}.{name}"
        for name, member in shape.members.items():
            if name in got:
                yield from lacking(member, got[name], f"{where}.{name}")
    elif shape.type_name == "list":
        for entry in got:
            yield from lacking(shape.member, entry, where)


def call(name, parameters):
    """Calls, and returns whether there was a result."""
    operation = model.operation_model(name)
    try:
        answer = getattr(client, xform_name(name))(**parameters)
    except ClientError as e:
        code, status = e.response["Error"]["Code"], e.response["ResponseMetadata"]["HTTPStatusCode"]
        declared = {s.metadata.get("error", {}).get("code", s.name) for s in operation.error_shapes}
        if code not in declared | COMMON or status >= 500 or not e.response["Error"].get("Message"):
            sys.exit(f"{name} {parameters!r:.300}: {status} {e}")
        return False
    if operation.output_shape:
        missing = list(lacking(operation.output_shape, answer, name))
        if missing:
            sys.exit(f"{name} {parameters!r:.300}: the answer lacks {missing}: {answer}")
    return True


def rank(name):
    """What makes comes first, and what deletes last."""
    last = ("Delete", "Detach", "Remove", "Untag", "Update")
    return (0 if name.startswith(("Create", "Add", "Attach", "Put")) else 2 if name.startswith(last) else 1, name)


STRANGE = ["", " ", "a" * 131072, "/", "ünï¢ode", "日本", "\U0001f512", "\x00", "\x1b[0m", "a\nb", "..", "%00", "<x>&amp;", "-1", "9" * 30, "*", "null", "{}"]

ordered = sorted(here, key=rank)
results = set()
for all_members in (False, True):
    for name in ordered:
        shape = model.operation_model(name).input_shape
        if call(name, value("", shape, all_members) if shape else {}):
            results.add(name)
for name in ordered:
    shape = model.operation_model(name).input_shape
    if not shape:
        continue
    valid = value("", shape, False)
    for member, of in shape.members.items():
        for strange in STRANGE:
            if of.type_name == "string":
                call(name, {**valid, member: strange})
            elif of.type_name == "list" and of.member.type_name == "string":
                call(name, {**valid, member: [strange, strange]})
            elif of.type_name == "list" and "Key" in of.member.members:
                call(name, {**valid, member: [{"Key": strange, "Value": strange}]})
print("no result:", *sorted(here - results))
