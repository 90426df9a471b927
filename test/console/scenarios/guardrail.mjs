// The story of a guardrail, told by mouse, by keyboard alone, or with JavaScript off: a service
// control policy is written with an error and mended, tried, and attached; a call that it denies
// is explained; time passes; the state is saved, deleted, and gone back to.
import { spawnSync } from "node:child_process";
import { base, call, check, done, launch, visit } from "./browser.mjs";
import { person } from "./person.mjs";

const way = process.argv[2];
const manager = "111111111111";
await call(manager, "CreateOrganization");
const { Roots: [{ Id: root }] } = await call(manager, "ListRoots");
const { OrganizationalUnit: unit } = await call(manager, "CreateOrganizationalUnit", { ParentId: root, Name: "Workloads" });
const { CreateAccountStatus: made } = await call(manager, "CreateAccount", { AccountName: "Payments", Email: "payments@example.com" });
await call(manager, "MoveAccount", { AccountId: made.AccountId, SourceParentId: root, DestinationParentId: unit.Id });

const browser = await launch();
const page = await visit(browser, { javaScriptEnabled: way !== "without JavaScript" });

const { press, paste: enter, go, button, link, field, shows: showsAll } = person(page, way);
const content = () => page.getByRole("textbox", { name: /^Content/ });
const shows = (...parts) => showsAll(parts);

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
