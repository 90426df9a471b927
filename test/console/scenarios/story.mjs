// The story of an invitation, told by mouse, by keyboard alone, or with JavaScript off.
import { base, check, done, launch, visit } from "./browser.mjs";

const way = process.argv[2];
const browser = await launch();
const page = await visit(browser, { javaScriptEnabled: way !== "without JavaScript" });

// How a person reaches a control. Each element is named as a person names it.
const reach = async (element) => {
  const target = await element.elementHandle();
  for (let n = 0; n < 200; n++) {
    if (await target.evaluate((e) => e === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`the keyboard does not reach ${element}`);
};
const ways = {
  mouse: { press: (e) => e.click(), enter: (e, text) => e.fill(text) },
  keyboard: {
    press: async (e) => { await reach(e); await page.keyboard.press("Enter"); },
    enter: async (e, text) => { await reach(e); await page.keyboard.press("Control+A"); await page.keyboard.type(text); },
  },
  "without JavaScript": { press: (e) => e.click(), enter: (e, text) => e.fill(text) },
};
const { press, enter } = ways[way];
const button = (name) => page.getByRole("button", { name, exact: true });
const field = (name) => page.getByLabel(name, { exact: true });
const go = async (e) => { await Promise.all([page.waitForEvent("domcontentloaded"), press(e)]); };
const shows = async (text) => {
  const content = await page.locator("main").innerText();
  check(content.includes(text), `the page ${page.url()} does not show ${text}:\n${content}`);
};

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
