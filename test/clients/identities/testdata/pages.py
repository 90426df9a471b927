"""Pages, waiters and exceptions, as boto3 has them for IAM."""

import json

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, WaiterError

client = boto3.client("iam", config=Config(retries={"max_attempts": 1}))
ALLOW = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]})
TRUST = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]})
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
NAMES = [f"name{n}" for n in range(5)]

# What a page has to hold, with the call that lists it and what it needs.
for name in NAMES:
    client.create_user(UserName=name)
    client.create_group(GroupName=name)
    client.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)
    client.create_instance_profile(InstanceProfileName=name)
    policy = client.create_policy(PolicyName=name, PolicyDocument=ALLOW)["Policy"]["Arn"]
    client.add_user_to_group(GroupName=name, UserName="name0")
    client.add_user_to_group(GroupName="name0", UserName=name)
    client.add_role_to_instance_profile(InstanceProfileName=name, RoleName="name0")
    for kind in ("user", "group", "role"):
        named = {f"{kind.capitalize()}Name": "name0"}
        getattr(client, f"put_{kind}_policy")(**named, PolicyName=name, PolicyDocument=ALLOW)
        getattr(client, f"attach_{kind}_policy")(**named, PolicyArn=policy)
        getattr(client, f"attach_{kind}_policy")(**{f"{kind.capitalize()}Name": name}, PolicyArn=READ_ONLY)
    for tag, named in (("tag_user", {"UserName": "name0"}), ("tag_role", {"RoleName": "name0"}),
                       ("tag_policy", {"PolicyArn": "arn:aws:iam::111111111111:policy/name0"}),
                       ("tag_instance_profile", {"InstanceProfileName": "name0"})):
        getattr(client, tag)(**named, Tags=[{"Key": name, "Value": name}])
    if name != "name0":
        client.create_policy_version(PolicyArn="arn:aws:iam::111111111111:policy/name0", PolicyDocument=ALLOW)

OF = {"list_groups_for_user": ("UserName",), "get_group": ("GroupName",), "list_instance_profiles_for_role": ("RoleName",)}
EXTRA = {"list_policies": {"Scope": "Local"}, "list_entities_for_policy": {"PolicyArn": READ_ONLY},
         "list_policy_versions": {"PolicyArn": "arn:aws:iam::111111111111:policy/name0"},
         "list_policy_tags": {"PolicyArn": "arn:aws:iam::111111111111:policy/name0"},
         "get_account_authorization_details": {}}
EXPECTED = {"list_entities_for_policy": 15, "list_attached_user_policies": 6, "list_attached_group_policies": 6,
            "list_attached_role_policies": 6, "list_access_keys": 0, "list_account_aliases": 0,
            "get_account_authorization_details": 21}
HERE = ["list_users", "list_groups", "list_roles", "list_instance_profiles", "list_policies", "list_groups_for_user", "get_group",
        "list_instance_profiles_for_role", "list_user_policies", "list_group_policies", "list_role_policies",
        "list_attached_user_policies", "list_attached_group_policies", "list_attached_role_policies", "list_entities_for_policy",
        "list_policy_versions", "list_user_tags", "list_role_tags", "list_policy_tags", "list_instance_profile_tags",
        "list_access_keys", "list_account_aliases", "get_account_authorization_details"]
for name in HERE:
    shape = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[name]).input_shape
    parameters = EXTRA.get(name) or {m: "name0" for m in shape.required_members}
    keys = [k for k in client.meta.service_model.operation_model(client.meta.method_to_api_mapping[name]).output_shape.members
            if k not in ("IsTruncated", "Marker", "Group")]
    sizes, found, marker = [], [], {}
    while True:
        page = getattr(client, name)(**parameters, MaxItems=2, **marker)
        entries = [json.dumps(e, default=str, sort_keys=True) for k in keys for e in page[k]]
        sizes.append(len(entries))
        found += entries
        assert page["IsTruncated"] == ("Marker" in page), page
        if not page["IsTruncated"]:
            break
        marker = {"Marker": page["Marker"]}
    assert all(s == 2 for s in sizes[:-1]) and sizes[-1] <= 2, (name, sizes)
    assert len(found) == len(set(found)) == EXPECTED.get(name, 5), (name, len(found), found)
    if client.can_paginate(name):
        pages = client.get_paginator(name).paginate(**parameters, PaginationConfig={"PageSize": 3, "MaxItems": 4}).build_full_result()
        # Of several lists in a page, boto3 shortens the first one alone.
        assert min(4, len(found)) <= sum(len(pages.get(k, [])) for k in keys) <= (4 if len(keys) == 1 else 6), (name, pages)

# Waiters see what is there at once, and give up on what is not.
for waiter, parameters in (("user_exists", {"UserName": "name0"}), ("role_exists", {"RoleName": "name0"}),
                           ("policy_exists", {"PolicyArn": "arn:aws:iam::111111111111:policy/name0"}),
                           ("instance_profile_exists", {"InstanceProfileName": "name0"})):
    client.get_waiter(waiter).wait(**parameters, WaiterConfig={"Delay": 1, "MaxAttempts": 1})
    try:
        client.get_waiter(waiter).wait(**{k: v + "absent" for k, v in parameters.items()}, WaiterConfig={"Delay": 0, "MaxAttempts": 2})
        raise SystemExit(f"{waiter} sees what is not there")
    except WaiterError as e:
        assert "Max attempts exceeded" in str(e), e

# Exceptions have classes, codes and texts.
e = client.exceptions
MADE = "arn:aws:iam::111111111111:policy/name0"
for exception, text, call in (
        (e.NoSuchEntityException, "The user with name absent cannot be found.", lambda: client.get_user(UserName="absent")),
        (e.EntityAlreadyExistsException, "User with name NAME0 already exists.", lambda: client.create_user(UserName="NAME0")),
        (e.DeleteConflictException, "Cannot delete entity, must detach all policies first.", lambda: client.delete_role(RoleName="name1")),
        (e.DeleteConflictException, "Cannot delete a policy attached to entities.", lambda: client.delete_policy(PolicyArn=MADE)),
        (e.LimitExceededException, "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.",
         lambda: client.create_policy_version(PolicyArn=MADE, PolicyDocument=ALLOW)),
        (e.MalformedPolicyDocumentException, "Syntax errors in policy.", lambda: client.create_policy(PolicyName="x", PolicyDocument="{")),
        (e.InvalidInputException, "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
         lambda: client.tag_user(UserName="name0", Tags=[{"Key": "a", "Value": "1"}, {"Key": "A", "Value": "2"}])),
        (e.PolicyNotAttachableException, "Cannot attach a Service Role Policy to a Customer Role.",
         lambda: client.attach_role_policy(RoleName="name1", PolicyArn="arn:aws:iam::aws:policy/aws-service-role/AutoScalingServiceRolePolicy")),
):
    try:
        call()
        raise SystemExit(f"no {exception.__name__}")
    except exception as error:
        assert error.response["Error"]["Message"] == text, error
        assert error.response["Error"]["Type"] == "Sender", error.response
for parameters, code in (({"MaxItems": 0}, "ValidationError"), ({"MaxItems": 1001}, "ValidationError"), ({"Marker": "x"}, "ValidationError")):
    try:
        boto3.client("iam", config=Config(parameter_validation=False)).list_users(**parameters)
        raise SystemExit(f"{parameters} is taken")
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error

# The role of Organizations stays while the organization has all features. [AWS: service-linked roles]
boto3.client("organizations").create_organization(FeatureSet="ALL")
task = client.delete_service_linked_role(RoleName="AWSServiceRoleForOrganizations")["DeletionTaskId"]
status = client.get_service_linked_role_deletion_status(DeletionTaskId=task)
assert status["Status"] == "FAILED" and status["Reason"]["Reason"], status
client.get_role(RoleName="AWSServiceRoleForOrganizations")
