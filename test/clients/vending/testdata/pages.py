"""Walks a list with every paginator that boto3 has for organizations, and says
which entries have to come out, in which order.

Endpoint, region and credentials come from the environment.
"""

import math
import time

import boto3

MANY = 45
management = boto3.client("organizations")
by_account = {}


def call_as(account):
    """The client with which an account calls."""
    if account not in by_account:
        by_account[account] = boto3.client("organizations", aws_access_key_id=account, aws_secret_access_key="any")
    return by_account[account]


walked = set()


def walk(operation, member, key, want, client=management, default=20, sizes=(20, 7), **arguments):
    """Reads a list with the server's own size of a page and with others, and in
    two parts, and compares the keys of its entries with those that are wanted."""
    paginator = client.get_paginator(operation)
    walked.add(operation)
    for size in (None, *sizes):
        pages = list(paginator.paginate(PaginationConfig={"PageSize": size}, **arguments))
        got = [key(entry) for page in pages for entry in page[member]]
        assert got == want, f"{operation} in pages of {size}: {got}, want {want}"
        lengths = [len(page[member]) for page in pages]
        full = size or default
        whole = math.ceil(len(want) / full)
        assert lengths == [full] * (whole - 1) + [len(want) - full * (whole - 1)], f"{operation} in pages of {size}: {lengths}"
        assert all("NextToken" in page for page in pages[:-1]) and "NextToken" not in pages[-1]

    # The way on is kept in a token of boto3, from which others go on later.
    first = paginator.paginate(PaginationConfig={"MaxItems": max(1, len(want) - 8)}, **arguments)
    got = [key(entry) for entry in first.build_full_result()[member]]
    if first.resume_token:
        rest = paginator.paginate(PaginationConfig={"StartingToken": first.resume_token}, **arguments)
        got += [key(entry) for entry in rest.build_full_result()[member]]
    assert got == want, f"{operation} in two parts: {got}"


def by(name):
    return lambda entry: entry[name]


def numbered(text):
    """Texts that do not sort as they were made."""
    return [f"{text} {n * 7 % MANY:02}" for n in range(MANY)]


organization = management.create_organization()["Organization"]
(root,) = management.list_roots()["Roots"]
root_id = root["Id"]
me = organization["MasterAccountId"]

# Units.
parent = management.create_organizational_unit(ParentId=root_id, Name="Many")["OrganizationalUnit"]["Id"]
units = [
    management.create_organizational_unit(ParentId=parent, Name=name)["OrganizationalUnit"]["Id"]
    for name in numbered("unit")
]
walk("list_organizational_units_for_parent", "OrganizationalUnits", by("Id"), units, ParentId=parent)
walk("list_children", "Children", by("Id"), units, ParentId=parent, ChildType="ORGANIZATIONAL_UNIT")

# Accounts and the requests that made them.
requests, accounts = [], []
for n, name in enumerate(numbered("account")):
    status = management.create_account(AccountName=name, Email=f"account-{n}@example.com")["CreateAccountStatus"]
    end = time.monotonic() + 30
    while status["State"] == "IN_PROGRESS" and time.monotonic() < end:
        status = management.describe_create_account_status(CreateAccountRequestId=status["Id"])["CreateAccountStatus"]
    assert status["State"] == "SUCCEEDED", status
    requests.append(status["Id"])
    accounts.append(status["AccountId"])
walk("list_create_account_status", "CreateAccountStatuses", by("Id"), requests[::-1])
walk("list_create_account_status", "CreateAccountStatuses", by("Id"), requests[::-1], States=["SUCCEEDED", "FAILED"])
walk("list_accounts", "Accounts", by("Id"), [me] + accounts)
for account in accounts:
    management.move_account(AccountId=account, SourceParentId=root_id, DestinationParentId=parent)
walk("list_accounts_for_parent", "Accounts", by("Id"), accounts, ParentId=parent)
walk("list_children", "Children", by("Id"), accounts, ParentId=parent, ChildType="ACCOUNT")

# Tags come in one page of 50; more than that only where the quota is raised.
tags = [{"Key": key, "Value": "x"} for key in numbered("tag")]
management.tag_resource(ResourceId=units[0], Tags=tags)
walk("list_tags_for_resource", "Tags", by("Key"), [tag["Key"] for tag in tags], default=50, sizes=(), ResourceId=units[0])
more = tags + [{"Key": f"more {n}", "Value": ""} for n in range(MANY)]
management.tag_resource(ResourceId=units[1], Tags=more)
walk("list_tags_for_resource", "Tags", by("Key"), [tag["Key"] for tag in more], default=50, sizes=(), ResourceId=units[1])

# Policies and attachments.
management.enable_policy_type(RootId=root_id, PolicyType="TAG_POLICY")
policies = [
    management.create_policy(Name=name, Description="", Type="TAG_POLICY", Content='{"tags":{}}')["Policy"]["PolicySummary"]["Id"]
    for name in numbered("policy")
]
walk("list_policies", "Policies", by("Id"), policies, Filter="TAG_POLICY")
for policy in policies[::-1]:
    management.attach_policy(PolicyId=policy, TargetId=parent)
walk("list_policies_for_target", "Policies", by("Id"), policies[::-1], TargetId=parent, Filter="TAG_POLICY")
targets = units[:22] + accounts[:22]
for target in targets:
    management.attach_policy(PolicyId=policies[0], TargetId=target)
walk("list_targets_for_policy", "Targets", by("TargetId"), [parent] + targets, PolicyId=policies[0])

# Services and those who administer them.
services = [f"{name.replace(' ', '-')}.amazonaws.com" for name in numbered("service")]
for service in services:
    management.enable_aws_service_access(ServicePrincipal=service)
walk("list_aws_service_access_for_organization", "EnabledServicePrincipals", by("ServicePrincipal"), services)
for account in accounts:
    management.register_delegated_administrator(AccountId=account, ServicePrincipal=services[0])
walk("list_delegated_administrators", "DelegatedAdministrators", by("Id"), accounts)
walk("list_delegated_administrators", "DelegatedAdministrators", by("Id"), accounts, ServicePrincipal=services[0])
for service in services[1:]:
    management.register_delegated_administrator(AccountId=accounts[0], ServicePrincipal=service)
walk("list_delegated_services_for_account", "DelegatedServices", by("ServicePrincipal"), services, AccountId=accounts[0])

# Effective policies that are not valid: plans without what a plan needs.
management.enable_policy_type(RootId=root_id, PolicyType="BACKUP_POLICY")
plans = ",".join(f'"plan{n:02}":{{"regions":{{"@@assign":["us-east-1"]}}}}' for n in range(MANY))
unfinished = management.create_policy(
    Name="unfinished", Description="", Type="BACKUP_POLICY", Content=f'{{"plans":{{{plans}}}}}'
)["Policy"]["PolicySummary"]["Id"]
management.attach_policy(PolicyId=unfinished, TargetId=parent)
walk("list_accounts_with_invalid_effective_policy", "Accounts", by("Id"), accounts, PolicyType="BACKUP_POLICY")
walk(
    "list_effective_policy_validation_errors",
    "EffectivePolicyValidationErrors",
    by("PathToError"),
    # Rules are missing, and selections.
    [path for n in range(MANY) for path in [f"plans/plan{n:02}"] * 2],
    AccountId=accounts[0],
    PolicyType="BACKUP_POLICY",
)

# Handshakes: of one organization to many accounts, and of many to one.
sent = [
    management.invite_account_to_organization(Target={"Type": "ACCOUNT", "Id": f"{222222222200 + n}"})["Handshake"]["Id"]
    for n in range(MANY)
]
walk("list_handshakes_for_organization", "Handshakes", by("Id"), sent[::-1])
walk("list_handshakes_for_organization", "Handshakes", by("Id"), sent[::-1], Filter={"ActionType": "INVITE"})
received = []
for n in range(MANY):
    other = call_as(f"{333333333300 + n}")
    other.create_organization()
    received.append(
        other.invite_account_to_organization(Target={"Type": "ACCOUNT", "Id": "444444444444"})["Handshake"]["Id"]
    )
walk("list_handshakes_for_account", "Handshakes", by("Id"), received[::-1], client=call_as("444444444444"))

# Of these there is one each.
walk("list_roots", "Roots", by("Id"), [root_id], sizes=(20, 1))
walk("list_parents", "Parents", by("Id"), [parent], sizes=(20, 1), ChildId=accounts[0])

# boto3 knows what it can page; none of it is left out.
pageable = {name for name in dir(management) if name.startswith("list_") and management.can_paginate(name)}
assert walked == pageable, walked ^ pageable
