// An account is vended as automation does it: create it, wait for the end of the
// work, move it to its unit, tag it, put a guardrail on it, and look again.

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import {
  AccountNotFoundException,
  ConstraintViolationException,
  DuplicateAccountException,
  DuplicateOrganizationalUnitException,
  DuplicatePolicyAttachmentException,
  MalformedPolicyDocumentException,
  PolicyInUseException,
  PolicyTypeNotEnabledException,
  paginateListOrganizationalUnitsForParent,
  paginateListPoliciesForTarget,
} from "@aws-sdk/client-organizations";
import { accountsOf, as, fails } from "./actor.mjs";

const management = as("111111111111");

/** Creates an account and waits until the request has ended. */
async function create(request) {
  let { CreateAccountStatus: status } = await management.createAccount(request);
  assert.equal(status.State, "IN_PROGRESS");
  assert.equal(status.AccountId, undefined);
  for (const began = Date.now(); status.State === "IN_PROGRESS"; await sleep(50)) {
    assert.ok(Date.now() - began < 30_000, "the request does not end");
    ({ CreateAccountStatus: status } = await management.describeCreateAccountStatus({
      CreateAccountRequestId: status.Id,
    }));
  }
  assert.ok(status.CompletedTimestamp >= status.RequestedTimestamp);
  return status;
}

// The landing zone: an organization with guardrails, and a unit for each stage.
const { Organization: organization } = await management.createOrganization({});
assert.equal(organization.FeatureSet, "ALL");
const { Roots: [root] } = await management.listRoots({});
const units = new Map();
for (const name of ["Development", "Production", "Sandbox"]) {
  const { OrganizationalUnit: unit } = await management.createOrganizationalUnit({
    ParentId: root.Id,
    Name: name,
    Tags: [{ Key: "stage", Value: name.toLowerCase() }],
  });
  units.set(name, unit.Id);
}
await fails(
  management.createOrganizationalUnit({ ParentId: root.Id, Name: "Sandbox" }),
  DuplicateOrganizationalUnitException,
);
const listed = [];
for await (const page of paginateListOrganizationalUnitsForParent({ client: management, pageSize: 1 }, { ParentId: root.Id })) {
  listed.push(...page.OrganizationalUnits.map((unit) => unit.Name));
}
assert.deepEqual(listed, [...units.keys()]);

const guardrail = {
  Name: "StayInTheOrganization",
  Description: "Members do not leave",
  Type: "SERVICE_CONTROL_POLICY",
  Content: JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Deny", Action: "organizations:LeaveOrganization", Resource: "*" }],
  }),
};
const { Policy: policy } = await management.createPolicy(guardrail);
assert.equal(policy.Content, guardrail.Content);
assert.equal(policy.PolicySummary.AwsManaged, false);
await fails(
  management.createPolicy({ ...guardrail, Name: "Broken", Content: '{"Statement": {}' }),
  MalformedPolicyDocumentException,
);
const PolicyId = policy.PolicySummary.Id;

// The account.
const status = await create({
  AccountName: "Payments",
  Email: "payments@example.com",
  RoleName: "Administrator",
  IamUserAccessToBilling: "DENY",
  Tags: [{ Key: "cost-center", Value: "1234" }],
});
assert.equal(status.State, "SUCCEEDED");
const AccountId = status.AccountId;
assert.match(AccountId, /^\d{12}$/);
const again = await create({ AccountName: "Payments", Email: "PAYMENTS@example.com" });
assert.equal(again.State, "FAILED");
assert.equal(again.FailureReason, "EMAIL_ALREADY_EXISTS");
assert.equal(again.AccountId, undefined);
const { CreateAccountStatuses: failures } = await management.listCreateAccountStatus({ States: ["FAILED"] });
assert.deepEqual(failures.map((failure) => failure.Id), [again.Id]);

// Its place.
const { Parents: [first] } = await management.listParents({ ChildId: AccountId });
assert.deepEqual(first, { Id: root.Id, Type: "ROOT" });
const move = { AccountId, SourceParentId: root.Id, DestinationParentId: units.get("Production") };
await management.moveAccount(move);
await fails(
  management.moveAccount({ ...move, SourceParentId: units.get("Production") }),
  DuplicateAccountException,
);
await fails(
  management.moveAccount({ ...move, DestinationParentId: units.get("Sandbox") }),
  AccountNotFoundException,
);

// Its tags.
await management.tagResource({
  ResourceId: AccountId,
  Tags: [
    { Key: "cost-center", Value: "5678" },
    { Key: "owner", Value: "payments" },
  ],
});

// Its guardrail: first the type has to be there.
await fails(management.attachPolicy({ PolicyId, TargetId: AccountId }), PolicyTypeNotEnabledException);
await management.enablePolicyType({ RootId: root.Id, PolicyType: "SERVICE_CONTROL_POLICY" });
await management.attachPolicy({ PolicyId, TargetId: AccountId });
await fails(management.attachPolicy({ PolicyId, TargetId: AccountId }), DuplicatePolicyAttachmentException);

// What everybody sees of it.
const { Account: account } = await management.describeAccount({ AccountId });
assert.equal(account.Name, "Payments");
assert.equal(account.Email, "payments@example.com");
assert.equal(account.JoinedMethod, "CREATED");
assert.equal(account.State, "ACTIVE");
assert.ok(account.JoinedTimestamp instanceof Date);
assert.equal(account.Arn, `arn:aws:organizations::111111111111:account/${organization.Id}/${AccountId}`);
assert.deepEqual(account.Paths, [`${organization.Id}/${root.Id}/${units.get("Production")}/${AccountId}/`]);
const { Accounts: inProduction } = await management.listAccountsForParent({ ParentId: units.get("Production") });
assert.deepEqual(inProduction, [account]);
assert.deepEqual([...(await accountsOf(management)).keys()], ["111111111111", AccountId]);
const { Tags: tags } = await management.listTagsForResource({ ResourceId: AccountId });
assert.deepEqual(tags, [
  { Key: "cost-center", Value: "5678" },
  { Key: "owner", Value: "payments" },
]);
const attached = [];
for await (const page of paginateListPoliciesForTarget(
  { client: management, pageSize: 1 },
  { TargetId: AccountId, Filter: "SERVICE_CONTROL_POLICY" },
)) {
  attached.push(...page.Policies.map((summary) => summary.Name));
}
assert.deepEqual(attached, ["FullAWSAccess", "StayInTheOrganization"]);
const { Targets: targets } = await management.listTargetsForPolicy({ PolicyId });
assert.deepEqual(targets, [{ TargetId: AccountId, Arn: account.Arn, Name: "Payments", Type: "ACCOUNT" }]);

// The way back.
await fails(management.deletePolicy({ PolicyId }), PolicyInUseException);
await management.detachPolicy({ PolicyId, TargetId: AccountId });
await fails(
  management.detachPolicy({ PolicyId: "p-FullAWSAccess", TargetId: AccountId }),
  ConstraintViolationException,
  { Reason: "MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED" },
);
await management.deletePolicy({ PolicyId });
await management.removeAccountFromOrganization({ AccountId });
for (const unit of units.values()) await management.deleteOrganizationalUnit({ OrganizationalUnitId: unit });
await management.deleteOrganization({});
