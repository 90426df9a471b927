// Who takes part in a scenario. Endpoint and region come from the environment, as
// `accord serve` prints them.

import assert from "node:assert/strict";
import { Organizations, paginateListAccounts } from "@aws-sdk/client-organizations";
import { STS } from "@aws-sdk/client-sts";

/** Credentials of an account: its id, and any secret. */
const credentials = (account) => ({ accessKeyId: account, secretAccessKey: "anything" });

/** The client with which an account calls. */
export const as = (account) => new Organizations({ credentials: credentials(account) });

/** Lets an account call for the first time, which registers it. */
export async function appears(account) {
  const identity = await new STS({ credentials: credentials(account) }).getCallerIdentity({});
  assert.equal(identity.Account, account);
  assert.equal(identity.Arn, `arn:aws:iam::${account}:root`);
  return as(account);
}

/** The accounts of an organization by their ids, from all pages. */
export async function accountsOf(client) {
  const accounts = new Map();
  for await (const page of paginateListAccounts({ client, pageSize: 2 }, {})) {
    for (const account of page.Accounts) accounts.set(account.Id, account);
  }
  return accounts;
}

/** A call that has to be fails, with an exception of the client and what it holds. */
export async function fails(call, exception, members = {}) {
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof exception, `${error.name}: ${error.message}`);
    assert.equal(error.name, exception.name);
    assert.equal(error.$metadata.httpStatusCode, 400);
    assert.notEqual(error.message, "");
    for (const [name, value] of Object.entries(members)) assert.equal(error[name], value);
    return true;
  });
}

/** Moves the clock of the server, by a duration such as "360h". */
export async function pass(duration) {
  const answer = await fetch(`${process.env.ACCORD_ADMIN}/clock`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ advance: duration }),
  });
  assert.equal(answer.status, 200, await answer.text());
}
