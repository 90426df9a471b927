// The states of a server: saved, compared, loaded, reset; and an organization that comes from
// another server, and has changed there since. By mouse, by keyboard alone, or with JavaScript off.
import { admin, base, call, check, done, launch, visit } from "./browser.mjs";
import { person } from "./person.mjs";

const [way, other, otherAdmin] = process.argv.slice(2);
const browser = await launch();
const page = await visit(browser, { javaScriptEnabled: way !== "without JavaScript" });

const { enter, go, button, link, field, shows } = person(page, way);
// What another server is asked.
const there = async (f) => {
  const here = process.env.AWS_ENDPOINT_URL_ORGANIZATIONS;
  process.env.AWS_ENDPOINT_URL_ORGANIZATIONS = other;
  try { return await f(); } finally { process.env.AWS_ENDPOINT_URL_ORGANIZATIONS = here; }
};
const organize = async (account) => {
  await call(account, "CreateOrganization");
  return (await call(account, "ListRoots")).Roots[0].Id;
};
const root = await organize("111111111111");

await page.goto(`${base}/console/snapshots`);
await shows("Nothing is saved yet");
await enter(field("Name"), "no name");
await go(button("Save"));
await shows("a name of a snapshot has");
check(await field("Name").inputValue() === "no name", "the field is not filled in again");
await enter(field("Name"), "base");
await go(button("Save"));
await shows("The present state is saved as base");

await call("111111111111", "CreateOrganizationalUnit", { ParentId: root, Name: "Made since" });
await go(link("Compare with now: base"));
await shows("From base to the server now: 1 added");
await shows("Made since");
const difference = page.url();
check(difference.includes("a=base&b=now"), `the address ${difference} does not say what is compared`);

await go(link("Saved"));
await go(link("Load base …"));
await shows("0 added, 1 removed");
await go(button("Load base"));
await shows("Loaded: the server has the state of");
await page.goto(difference);
await shows("No differences.");

await go(link("Reset"));
await shows("A reset deletes all of it");
await go(button("Delete everything"));
await shows("Done. The server has 0 accounts and 0 organizations now.");

const otherRoot = await there(() => organize("222222222222"));
const slow = await fetch(`${otherAdmin}/faults`, { method: "POST", body: JSON.stringify({ operation: "ListAccounts", delay: "3s", next: 1 }) });
check(slow.ok, await slow.text());
await go(link("Import"));
await enter(field("URL"), other);
await enter(field("Account to call as"), "222222222222");
await go(button("Import"));
await page.getByRole("progressbar").waitFor();
await page.getByText("made here.").waitFor();
await shows("1 accounts, 0 units");
check((await admin("GET", "/organizations")).organizations.length === 1, "the organization is not here");

await there(() => call("222222222222", "CreateOrganizationalUnit", { ParentId: otherRoot, Name: "Made there" }));
await go(button("What has changed since?"));
await page.getByText("What has changed at the source: 1 added").waitFor();
await shows("Made there");
await done(page);
await browser.close();
