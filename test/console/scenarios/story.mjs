// The story of an invitation, told by mouse, by keyboard alone, or with JavaScript off.
import { base, check, done, launch, visit } from "./browser.mjs";
import { person } from "./person.mjs";

const way = process.argv[2];
const browser = await launch();
const page = await visit(browser, { javaScriptEnabled: way !== "without JavaScript" });

const { enter, go, button, field, shows } = person(page, way);

await page.goto(base + "/");
check(page.url().endsWith("/console/"), `the root leads to ${page.url()}`);
await shows("No organization yet");
await enter(field("Management account"), "111111111111");
await go(button("Create"));
await shows("Management account of");

await enter(field("Account ID or email address"), "not an address");
await enter(field("Notes"), "Join us, Bob");
await go(button("Invite"));
await shows("InvalidInputException");
check(await field("Account ID or email address").inputValue() === "not an address", "the field is not filled in again");
check(await field("Notes").inputValue() === "Join us, Bob", "the notes are not filled in again");

await enter(field("Account ID or email address"), "bob@example.com");
await go(button("Invite"));
await shows("No account has the address bob@example.com");
const story = page.url();
await go(page.getByRole("link", { name: "Inbox" }));
await shows("Your AWS account has been invited to join an organization");
await go(page.getByRole("link", { name: "Open the handshake" }));
await go(button("Register an account with it"));
check(page.url() !== story, "the new account does not see the handshake as itself");
await go(button("Accept").first());
await shows("It is accepted");
await shows("has joined your organization");

await go(page.getByRole("link", { name: "Time" }));
await go(button("15 days"));
await shows("What happened on the way");
await done(page);
await browser.close();
