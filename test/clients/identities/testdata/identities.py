import json

import boto3
from botocore.exceptions import ClientError

iam = boto3.client("iam")


def document(**statement):
    return json.dumps({"Version": "2012-10-17", "Statement": [dict(Effect="Allow", **statement)]})


trust = document(Principal={"AWS": "arn:aws:iam::111111111111:root"}, Action="sts:AssumeRole")
read = document(Action="s3:Get*", Resource="*")
admin = "arn:aws:iam::aws:policy/AdministratorAccess"
tags = [{"Key": "team", "Value": "red"}]

iam.create_user(UserName="Ann", Path="/team/", Tags=tags)
iam.tag_user(UserName="Ann", Tags=[{"Key": "more", "Value": ""}])
iam.untag_user(UserName="ann", TagKeys=["MORE"])
assert iam.list_user_tags(UserName="Ann")["Tags"] == tags
iam.attach_user_policy(UserName="Ann", PolicyArn=admin)
key = iam.create_access_key(UserName="Ann")["AccessKey"]
session = boto3.Session(aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"])
print("user", session.client("iam").get_user()["User"]["Arn"], "as", session.client("sts").get_caller_identity()["Arn"])
iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])

iam.create_group(GroupName="ops")
iam.add_user_to_group(GroupName="ops", UserName="Ann")
assert [u["UserName"] for u in iam.get_group(GroupName="ops")["Users"]] == ["Ann"]
iam.put_group_policy(GroupName="ops", PolicyName="inline", PolicyDocument=read)
assert iam.get_group_policy(GroupName="ops", PolicyName="inline")["PolicyDocument"] == json.loads(read)

role = iam.create_role(RoleName="Deploy", AssumeRolePolicyDocument=trust, MaxSessionDuration=7200, Tags=tags)["Role"]
print("role", role["Arn"], "trusts", role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["AWS"])
iam.update_role(RoleName="Deploy", Description="Deploys")
iam.create_instance_profile(InstanceProfileName="web")
iam.add_role_to_instance_profile(InstanceProfileName="web", RoleName="Deploy")

policy = iam.create_policy(PolicyName="Reader", PolicyDocument=read)["Policy"]["Arn"]
iam.create_policy_version(PolicyArn=policy, PolicyDocument=read, SetAsDefault=True)
version = iam.get_policy_version(PolicyArn=policy, VersionId="v2")["PolicyVersion"]
print("policy", version["VersionId"], "of", policy, "allows", version["Document"]["Statement"][0]["Action"])
iam.attach_role_policy(RoleName="Deploy", PolicyArn=policy)
iam.put_role_permissions_boundary(RoleName="Deploy", PermissionsBoundary=policy)
assert iam.get_role(RoleName="Deploy")["Role"]["PermissionsBoundary"]["PermissionsBoundaryArn"] == policy

pages = list(iam.get_paginator("get_account_authorization_details").paginate(PaginationConfig={"PageSize": 1}))
count = {name: sum(len(p[name]) for p in pages) for name in ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")}
print("details {UserDetailList} users {GroupDetailList} groups {RoleDetailList} roles {Policies} policies".format(**count))
assert iam.get_account_summary()["SummaryMap"]["Users"] == 1

for call in (lambda: iam.delete_user(UserName="Ann"), iam.list_saml_providers):
    try:
        if call != iam.list_saml_providers:
            iam.remove_user_from_group(GroupName="ops", UserName="Ann")
            iam.delete_access_key(UserName="Ann", AccessKeyId=key["AccessKeyId"])
        call()
    except ClientError as error:
        print(error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"], error.response["Error"]["Message"])

iam.detach_user_policy(UserName="Ann", PolicyArn=admin)
iam.delete_user(UserName="Ann")
iam.delete_group_policy(GroupName="ops", PolicyName="inline")
iam.delete_group(GroupName="ops")
iam.remove_role_from_instance_profile(InstanceProfileName="web", RoleName="Deploy")
iam.delete_instance_profile(InstanceProfileName="web")
iam.delete_role_permissions_boundary(RoleName="Deploy")
iam.detach_role_policy(RoleName="Deploy", PolicyArn=policy)
iam.delete_role(RoleName="Deploy")
iam.delete_policy_version(PolicyArn=policy, VersionId="v1")
iam.delete_policy(PolicyArn=policy)
left = [list(p.values())[0] for p in (iam.list_users(), iam.list_groups(), iam.list_roles(), iam.list_policies(Scope="Local"), iam.list_instance_profiles())]
print("left", sum(left, []))
