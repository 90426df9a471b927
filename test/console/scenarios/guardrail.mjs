// The story of a guardrail, told by mouse, by keyboard alone, or with JavaScript off: a service
// control policy is written with an error and mended, tried, and attached; a call that it denies
// is explained; time passes; the state is saved, deleted, and gone back to.
import { spawnSync } from "node:child_process";
import { base, call, check, done, launch, visit } from "./browser.mjs";

const way = process.argv[2];
const manager = "111111111111";
await call(manager, "CreateOrganization");
const { Roots: [{ Id: root }] } = await call(manager, "ListRoots");
const { OrganizationalUnit: unit } = await call(manager, "CreateOrganizationalUnit", { ParentId: root, Name: "Workloads" });
const { CreateAccountStatus: made } = await call(manager, "CreateAccount", { AccountName: "Payments", Email: "payments@example.com" });
await call(manager, "MoveAccount", { AccountId: made.AccountId, SourceParentId: root, DestinationParentId: unit.Id });

const browser = await launch();
const page = await visit(browser, { javaScriptEnabled: way !== "without JavaScript" });

// How a person reaches a control. Each element is named as a person names it.
const reach = async (element) => {
  for (let n = 0; n < 200; n++) {
    // An editor takes the place of a text area once its script has run.
    if (await element.evaluate((e) => e === e.getRootNode().activeElement)) return;
    // In the editor Tab indents, unless Escape is before it.
    await page.keyboard.press("Escape");
    await page.keyboard.press("Tab");
  }
  throw new Error(`the keyboard does not reach ${element}`);
};
const ways = {
  // What a mouse marks is replaced by what is pasted.
  mouse: {
    press: (e) => e.click(),
    enter: async (e, text) => { await e.click(); await page.keyboard.press("Control+A"); await page.keyboard.insertText(text); },
  },
  keyboard: {
    press: async (e) => { await reach(e); await page.keyboard.press("Enter"); },
    // A document is pasted: an editor may complete what is typed.
    enter: async (e, text) => { await reach(e); await page.keyboard.press("Control+A"); await page.keyboard.insertText(text); },
  },
  "without JavaScript": { press: (e) => e.click(), enter: (e, text) => e.fill(text) },
};
const { press, enter } = ways[way];
const button = (name, within = page) => within.getByRole("button", { name, exact: true });
const link = (name) => page.getByRole("link", { name, exact: true });
const field = (name) => page.getByLabel(name, { exact: true });
const content = () => page.getByRole("textbox", { name: /^Content/ });
const go = async (e) => { await Promise.all([page.waitForEvent("domcontentloaded"), press(e)]); };
const text = () => page.locator("main").innerText();
const shows = async (...parts) => {
  const shown = await text();
  for (const part of parts) check(shown.includes(part), `the page ${page.url()} does not show ${part}:\n${shown}`);
};

await page.goto(`${base}/console/?as=${manager}`);
await go(link("Policies"));
await shows("Service control policies", "not enabled");
await go(button("What would change?"));
await shows("Nothing changes");
await go(button("Enable now"));
await shows("Disable the type", "FullAWSAccess");

// Written with an error, which stands at the content, and mended.
const document = `{
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "Stay", "Effect": "Deny", "Action": "organizations:LeaveOrganization", "Resource": "*"}
  ]
}`;
await go(link("New service control policy"));
await enter(field("Name"), "Nobody leaves");
await enter(content(), document.replace("Action", "Actoin"));
await go(button("Create the policy"));
await shows("MalformedPolicyDocumentException", "Line 4, column");
check(await field("Name").inputValue() === "Nobody leaves", "the name is not filled in again");
await enter(content(), document);
await enter(field("Try it on"), "Workloads");
await go(button("What would change?"));
await shows("1 would be denied", "Payments", "organizations:LeaveOrganization", "Stay");
check(await field("Name").inputValue() === "Nobody leaves", "what was tried is not filled in again");
await go(button("Create it now"));
await shows("Nobody leaves", "Nothing.");

// Attached, after another look at what would change.
const attach = page.locator("form", { has: page.getByLabel("Attach it to") });
check(await field("Attach it to").inputValue() === unit.Id, "the target is not that which it was tried on");
await enter(field("Attach it to"), "workloads");
await go(button("What would change?", attach));
await shows("1 would be denied", "Payments");
await go(button("Attach now"));
await shows("Attached to Workloads");

// A member is denied, and its denial explained.
const leave = spawnSync("aws", ["organizations", "leave-organization"], { encoding: "utf8", env: { ...process.env, AWS_ACCESS_KEY_ID: made.AccountId, AWS_SECRET_ACCESS_KEY: "any" } });
check(leave.status !== 0 && leave.stderr.includes("AccessDenied"), `the AWS CLI says ${leave.stdout} ${leave.stderr}`);
await go(link("Calls"));
await press(page.locator("summary", { hasText: "LeaveOrganization" }));
await shows("AccessDenied");
await go(link("Explain why it was denied"));
await shows("organizations:LeaveOrganization", "denied", "Nobody leaves", "Stay", "What would change it");

await page.goto(`${base}/console/policies?as=${manager}`);
await go(link("Nobody leaves"));
await shows("Root / Workloads");

// Fifteen days later the state is saved, deleted, and gone back to.
await go(link("Time"));
await go(button("15 days"));
await shows("What happened on the way");
await go(link("Snapshots"));
await enter(field("Name"), "guarded");
await go(button("Save"));
await shows("guarded", "the state of");
await go(link("Reset"));
await go(button("Delete everything"));
await shows("0 accounts and 0 organizations");
await go(button("What would change?"));
await go(button("Reset to guarded"));
await shows("Done.", "1 organization");
await page.goto(`${base}/console/policies?as=${manager}`);
await go(link("Nobody leaves"));
await shows("Root / Workloads");
await done(page);
await browser.close();
