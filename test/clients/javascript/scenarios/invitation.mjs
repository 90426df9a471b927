// Four accounts are invited: one accepts, one declines, one is uninvited, one
// waits for too long. The member leaves, and the organization ends.

import assert from "node:assert/strict";
import {
  AccessDeniedException,
  AWSOrganizationsNotInUseException,
  DuplicateHandshakeException,
  HandshakeAlreadyInStateException,
  HandshakeConstraintViolationException,
  HandshakeNotFoundException,
  InvalidHandshakeTransitionException,
  InvalidInputException,
  OrganizationNotEmptyException,
} from "@aws-sdk/client-organizations";
import { accountsOf, appears, as, pass, fails } from "./actor.mjs";

const management = as("111111111111");
const [bob, carol, dave, erin] = ["222222222222", "333333333333", "444444444444", "555555555555"];
const byId = (id) => ({ Target: { Type: "ACCOUNT", Id: id } });
const day = 24 * 60 * 60 * 1000;

await fails(management.describeOrganization({}), AWSOrganizationsNotInUseException);
const { Organization: organization } = await management.createOrganization({ FeatureSet: "ALL" });
assert.match(organization.Id, /^o-[a-z0-9]{10}$/);
assert.equal(organization.MasterAccountId, "111111111111");

// Invited by its id, with a note and a tag.
const { Handshake: toBob } = await management.inviteAccountToOrganization({
  ...byId(bob),
  Notes: "Join us",
  Tags: [{ Key: "team", Value: "blue" }],
});
assert.equal(toBob.State, "OPEN");
assert.equal(toBob.Action, "INVITE");
assert.ok(toBob.RequestedTimestamp instanceof Date);
assert.equal(toBob.ExpirationTimestamp - toBob.RequestedTimestamp, 15 * day);
assert.deepEqual(
  toBob.Parties.map((party) => party.Type),
  ["ORGANIZATION", "ACCOUNT"],
);
assert.ok(toBob.Resources.some((resource) => resource.Type === "NOTES" && resource.Value === "Join us"));
const [about] = toBob.Resources.filter((resource) => resource.Type === "ORGANIZATION");
assert.equal(about.Value, organization.Id);
assert.deepEqual(
  about.Resources.map((resource) => resource.Type),
  ["MASTER_EMAIL", "MASTER_NAME", "ORGANIZATION_FEATURE_SET"],
);
await fails(management.inviteAccountToOrganization(byId(bob)), DuplicateHandshakeException);
await fails(management.inviteAccountToOrganization(byId("none")), InvalidInputException);

// The invited account finds it, and no other account can answer it.
const received = await as(bob).listHandshakesForAccount({ Filter: { ActionType: "INVITE" } });
assert.deepEqual(received.Handshakes, [toBob]);
await fails(management.acceptHandshake({ HandshakeId: toBob.Id }), AccessDeniedException);
await fails(as(carol).acceptHandshake({ HandshakeId: toBob.Id }), AccessDeniedException);

const accepted = await as(bob).acceptHandshake({ HandshakeId: toBob.Id });
assert.equal(accepted.Handshake.State, "ACCEPTED");
await fails(as(bob).acceptHandshake({ HandshakeId: toBob.Id }), HandshakeAlreadyInStateException);
await fails(management.inviteAccountToOrganization(byId(bob)), HandshakeConstraintViolationException, {
  Reason: "ALREADY_IN_AN_ORGANIZATION",
});
const { Organization: seenByBob } = await as(bob).describeOrganization({});
assert.deepEqual(seenByBob, organization);
const { Tags: tags } = await management.listTagsForResource({ ResourceId: bob });
assert.deepEqual(tags, [{ Key: "team", Value: "blue" }]);

// Invited by its address, and not willing.
await appears(carol);
const { Handshake: toCarol } = await management.inviteAccountToOrganization({
  Target: { Type: "EMAIL", Id: `account-${carol}@example.com` },
});
const declined = await as(carol).declineHandshake({ HandshakeId: toCarol.Id });
assert.equal(declined.Handshake.State, "DECLINED");
await fails(as(carol).acceptHandshake({ HandshakeId: toCarol.Id }), InvalidHandshakeTransitionException);

// Invited in error.
const { Handshake: toDave } = await management.inviteAccountToOrganization(byId(dave));
const canceled = await management.cancelHandshake({ HandshakeId: toDave.Id });
assert.equal(canceled.Handshake.State, "CANCELED");
await fails(as(dave).acceptHandshake({ HandshakeId: toDave.Id }), InvalidHandshakeTransitionException);

// Waits for too long; 30 days later it is deleted.
const { Handshake: toErin } = await management.inviteAccountToOrganization(byId(erin));
await pass("360h");
const { Handshake: expired } = await as(erin).describeHandshake({ HandshakeId: toErin.Id });
assert.equal(expired.State, "EXPIRED");
await fails(as(erin).acceptHandshake({ HandshakeId: toErin.Id }), InvalidHandshakeTransitionException);
const sent = await management.listHandshakesForOrganization({});
assert.deepEqual(
  new Map(sent.Handshakes.map((handshake) => [handshake.Id, handshake.State])),
  new Map([
    [toBob.Id, "ACCEPTED"],
    [toCarol.Id, "DECLINED"],
    [toDave.Id, "CANCELED"],
    [toErin.Id, "EXPIRED"],
  ]),
);
await pass("720h");
await fails(management.describeHandshake({ HandshakeId: toErin.Id }), HandshakeNotFoundException);

// The only member leaves, and the organization ends.
const members = await accountsOf(management);
assert.deepEqual([...members.keys()].sort(), ["111111111111", bob]);
assert.equal(members.get(bob).JoinedMethod, "INVITED");
await fails(management.deleteOrganization({}), OrganizationNotEmptyException);
await as(bob).leaveOrganization({});
await fails(as(bob).describeOrganization({}), AWSOrganizationsNotInUseException);
await management.deleteOrganization({});
await fails(management.listAccounts({}), AWSOrganizationsNotInUseException);
