"""An account is vended as automation does it: create it, wait for the end of the
work, move it to its unit, tag it, put a guardrail on it, and look again.

Endpoint, region and credentials come from the environment.
"""

import json
import re
import time

import boto3

management = boto3.client("organizations")
errors = management.exceptions

# boto3 has no waiter for this service: what is asynchronous has to be polled.
assert management.waiter_names == [], management.waiter_names


def fails(exception, call, **arguments):
    """Makes a call that has to fail, and returns what boto3 says of it."""
    try:
        call(**arguments)
    except exception as e:
        assert e.response["ResponseMetadata"]["HTTPStatusCode"] == 400
        assert e.response["Error"]["Message"]
        return e.response
    raise AssertionError(f"{exception.__name__} did not come")


def create(**request):
    """Creates an account and waits until the request has ended."""
    status = management.create_account(**request)["CreateAccountStatus"]
    assert status["State"] == "IN_PROGRESS" and "AccountId" not in status, status
    end = time.monotonic() + 30
    while status["State"] == "IN_PROGRESS":
        assert time.monotonic() < end, "the request does not end"
        time.sleep(0.05)
        status = management.describe_create_account_status(CreateAccountRequestId=status["Id"])["CreateAccountStatus"]
    assert status["CompletedTimestamp"] >= status["RequestedTimestamp"]
    return status


def everything(operation, member, **arguments):
    """Reads all pages of a list, in pages of one entry."""
    pages = management.get_paginator(operation).paginate(PaginationConfig={"PageSize": 1}, **arguments)
    return [entry for page in pages for entry in page[member]]


# The landing zone: an organization with guardrails, and a unit for each stage.
organization = management.create_organization()["Organization"]
assert organization["FeatureSet"] == "ALL"
(root,) = management.list_roots()["Roots"]
units = {}
for name in ["Development", "Production", "Sandbox"]:
    unit = management.create_organizational_unit(
        ParentId=root["Id"], Name=name, Tags=[{"Key": "stage", "Value": name.lower()}]
    )["OrganizationalUnit"]
    units[name] = unit["Id"]
fails(
    errors.DuplicateOrganizationalUnitException,
    management.create_organizational_unit,
    ParentId=root["Id"],
    Name="Sandbox",
)
listed = everything("list_organizational_units_for_parent", "OrganizationalUnits", ParentId=root["Id"])
assert [unit["Name"] for unit in listed] == list(units)

guardrail = {
    "Name": "StayInTheOrganization",
    "Description": "Members do not leave",
    "Type": "SERVICE_CONTROL_POLICY",
    "Content": json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Deny", "Action": "organizations:LeaveOrganization", "Resource": "*"}],
        },
        indent=2,
    ),
}
policy = management.create_policy(**guardrail)["Policy"]
assert policy["Content"] == guardrail["Content"]
assert policy["PolicySummary"]["AwsManaged"] is False
policy_id = policy["PolicySummary"]["Id"]
fails(
    errors.MalformedPolicyDocumentException,
    management.create_policy,
    **{**guardrail, "Name": "Broken", "Content": '{"Statement": {}'},
)

# The account.
status = create(
    AccountName="Payments",
    Email="payments@example.com",
    RoleName="Administrator",
    IamUserAccessToBilling="DENY",
    Tags=[{"Key": "cost-center", "Value": "1234"}],
)
assert status["State"] == "SUCCEEDED", status
account_id = status["AccountId"]
assert re.fullmatch(r"\d{12}", account_id)
again = create(AccountName="Payments", Email="PAYMENTS@example.com")
assert again["State"] == "FAILED" and again["FailureReason"] == "EMAIL_ALREADY_EXISTS", again
assert "AccountId" not in again
failures = everything("list_create_account_status", "CreateAccountStatuses", States=["FAILED"])
assert [failure["Id"] for failure in failures] == [again["Id"]]

# Its place.
assert management.list_parents(ChildId=account_id)["Parents"] == [{"Id": root["Id"], "Type": "ROOT"}]
move = {"AccountId": account_id, "SourceParentId": root["Id"], "DestinationParentId": units["Production"]}
management.move_account(**move)
fails(
    errors.DuplicateAccountException,
    management.move_account,
    **{**move, "SourceParentId": units["Production"]},
)
fails(
    errors.AccountNotFoundException,
    management.move_account,
    **{**move, "DestinationParentId": units["Sandbox"]},
)

# Its tags.
management.tag_resource(
    ResourceId=account_id,
    Tags=[{"Key": "cost-center", "Value": "5678"}, {"Key": "owner", "Value": "payments"}],
)

# Its guardrail: first the type has to be there.
attachment = {"PolicyId": policy_id, "TargetId": account_id}
fails(errors.PolicyTypeNotEnabledException, management.attach_policy, **attachment)
management.enable_policy_type(RootId=root["Id"], PolicyType="SERVICE_CONTROL_POLICY")
management.attach_policy(**attachment)
fails(errors.DuplicatePolicyAttachmentException, management.attach_policy, **attachment)

# What everybody sees of it.
account = management.describe_account(AccountId=account_id)["Account"]
joined = account["JoinedTimestamp"]
assert joined.utcoffset() is not None
assert account == {
    "Id": account_id,
    "Arn": f"arn:aws:organizations::111111111111:account/{organization['Id']}/{account_id}",
    "Email": "payments@example.com",
    "Name": "Payments",
    "Status": "ACTIVE",
    "State": "ACTIVE",
    "Paths": [f"{organization['Id']}/{root['Id']}/{units['Production']}/{account_id}/"],
    "JoinedMethod": "CREATED",
    "JoinedTimestamp": joined,
}, account
assert everything("list_accounts_for_parent", "Accounts", ParentId=units["Production"]) == [account]
assert [a["Id"] for a in everything("list_accounts", "Accounts")] == ["111111111111", account_id]
assert management.list_tags_for_resource(ResourceId=account_id)["Tags"] == [
    {"Key": "cost-center", "Value": "5678"},
    {"Key": "owner", "Value": "payments"},
]
attached = everything("list_policies_for_target", "Policies", TargetId=account_id, Filter="SERVICE_CONTROL_POLICY")
assert [p["Name"] for p in attached] == ["FullAWSAccess", "StayInTheOrganization"]
assert everything("list_targets_for_policy", "Targets", PolicyId=policy_id) == [
    {"TargetId": account_id, "Arn": account["Arn"], "Name": "Payments", "Type": "ACCOUNT"}
]

# The way back.
fails(errors.PolicyInUseException, management.delete_policy, PolicyId=policy_id)
management.detach_policy(**attachment)
last = fails(
    errors.ConstraintViolationException,
    management.detach_policy,
    PolicyId="p-FullAWSAccess",
    TargetId=account_id,
)
assert last["Reason"] == "MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED", last
management.delete_policy(PolicyId=policy_id)
management.remove_account_from_organization(AccountId=account_id)
for unit in units.values():
    management.delete_organizational_unit(OrganizationalUnitId=unit)
management.delete_organization()
