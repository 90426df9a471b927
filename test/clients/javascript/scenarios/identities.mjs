// A deployment is given its own identity: a role with a policy, in an account that was
// vended, and a user of the management account that enters it.

import assert from "node:assert/strict";
import {
  DeleteConflictException,
  EntityAlreadyExistsException,
  IAM,
  MalformedPolicyDocumentException,
  NoSuchEntityException,
  paginateListRoles,
  waitUntilRoleExists,
} from "@aws-sdk/client-iam";
import { STS } from "@aws-sdk/client-sts";

const account = "111111111111";
const root = new IAM({ credentials: { accessKeyId: account, secretAccessKey: "anything" } });
const document = (statement) => JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });

// A user that may enter the role, and nothing else.
await root.createUser({ UserName: "deployer", Path: "/ci/", Tags: [{ Key: "team", Value: "ci" }] });
const { AccessKey: key } = await root.createAccessKey({ UserName: "deployer" });
const { User: user } = await root.getUser({ UserName: "Deployer" });
assert.equal(user.Arn, `arn:aws:iam::${account}:user/ci/deployer`);
assert.deepEqual(user.Tags, [{ Key: "team", Value: "ci" }]);
assert.ok(user.CreateDate instanceof Date);

// The role.
const trust = document({ Principal: { AWS: user.Arn }, Action: "sts:AssumeRole" });
const { Role: role } = await root.createRole({ RoleName: "Deploy", AssumeRolePolicyDocument: trust });
await waitUntilRoleExists({ client: root, maxWaitTime: 60 }, { RoleName: "Deploy" });
assert.equal(decodeURIComponent(role.AssumeRolePolicyDocument), trust);
const { Policy: policy } = await root.createPolicy({
  PolicyName: "Look",
  PolicyDocument: document({ Action: "iam:List*", Resource: "*" }),
});
await root.attachRolePolicy({ RoleName: "Deploy", PolicyArn: policy.Arn });
const { AttachedPolicies: attached } = await root.listAttachedRolePolicies({ RoleName: "Deploy" });
assert.deepEqual(attached, [{ PolicyName: "Look", PolicyArn: policy.Arn }]);

// The user enters it, and does what the policy of the role says.
const sts = new STS({ credentials: { accessKeyId: key.AccessKeyId, secretAccessKey: key.SecretAccessKey } });
assert.equal((await sts.getCallerIdentity({})).UserId, user.UserId);
const { Credentials: session } = await sts.assumeRole({ RoleArn: role.Arn, RoleSessionName: "javascript" });
const deploy = new IAM({
  credentials: { accessKeyId: session.AccessKeyId, secretAccessKey: session.SecretAccessKey, sessionToken: session.SessionToken },
});
const roles = [];
for await (const page of paginateListRoles({ client: deploy, pageSize: 1 }, {})) roles.push(...page.Roles.map((r) => r.RoleName));
assert.deepEqual(roles, ["Deploy"]);
await assert.rejects(deploy.deleteRole({ RoleName: "Deploy" }), (e) => {
  assert.equal(e.name, "AccessDenied");
  assert.equal(e.$metadata.httpStatusCode, 403);
  return true;
});

// Exceptions have classes.
for (const [call, exception, status] of [
  [() => root.getRole({ RoleName: "absent" }), NoSuchEntityException, 404],
  [() => root.createUser({ UserName: "DEPLOYER" }), EntityAlreadyExistsException, 409],
  [() => root.deleteRole({ RoleName: "Deploy" }), DeleteConflictException, 409],
  [() => root.createPolicy({ PolicyName: "x", PolicyDocument: "{" }), MalformedPolicyDocumentException, 400],
]) {
  await assert.rejects(call(), (e) => {
    assert.ok(e instanceof exception, `${e.name}: ${e.message}`);
    assert.equal(e.$metadata.httpStatusCode, status);
    assert.notEqual(e.message, "");
    return true;
  });
}
