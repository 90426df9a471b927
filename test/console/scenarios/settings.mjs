// Settings: what differs is found, a quota of an organization is set, refused and given back; by
// mouse, by keyboard alone, or with JavaScript off.
import { base, call, check, done, launch, visit } from "./browser.mjs";

const way = process.argv[2];
await call("111111111111", "CreateOrganization");
const { Organization: { Id: organization } } = await call("111111111111", "DescribeOrganization");
const browser = await launch();
const page = await visit(browser, { javaScriptEnabled: way !== "without JavaScript" });

const reach = async (element) => {
  const target = await element.elementHandle();
  for (let n = 0; n < 400; n++) {
    if (await target.evaluate((e) => e === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`the keyboard does not reach ${element}`);
};
const keyboard = way === "keyboard";
const press = async (e) => { if (keyboard) { await reach(e); await page.keyboard.press("Enter"); } else await e.click(); };
const enter = async (e, text) => { if (keyboard) { await reach(e); await page.keyboard.press("Control+A"); await page.keyboard.type(text || "x"); if (!text) await page.keyboard.press("Backspace"); } else await e.fill(text); };
const go = async (e) => { await Promise.all([page.waitForEvent("domcontentloaded"), press(e)]); };
const link = (name) => page.getByRole("link", { name, exact: true });
const button = (name) => page.getByRole("button", { name, exact: true });
const row = (name) => page.locator(`#${name}`);
const shows = async (locator, text) => {
  const content = await locator.innerText();
  check(content.includes(text), `${page.url()} does not show ${text}:\n${content}`);
};

await page.goto(`${base}/console/`);
await go(link("All settings, and where each was set"));
await shows(row("wire-style"), "behavior fidelity");
await go(link("Only what differs"));
check(await row("create-account").count() === 0, "what has its default is shown");
await shows(row("fidelity"), "flag --fidelity");
await go(link("Server"));
await shows(row("clock"), "flag --clock");
await go(link("Quotas"));
await shows(row("unit-depth"), "flag --quota");
if (keyboard) {
  await reach(page.getByLabel("Of", { exact: true }));
  await page.keyboard.press("ArrowDown");
} else {
  await page.getByLabel("Of", { exact: true }).selectOption(organization);
}
await go(button("Show"));
await enter(page.getByLabel("unit-depth", { exact: true }), "1e9");
await go(button("Save unit-depth"));
await shows(row("unit-depth"), "a whole number of 0 or more, or unlimited");
check(await page.getByLabel("unit-depth", { exact: true }).inputValue() === "1e9", "the field is not filled in again");
await enter(page.getByLabel("unit-depth", { exact: true }), "0");
await go(button("Save unit-depth"));
await shows(row("unit-depth"), "this organization, at run time");
const { Roots: [{ Id: root }] } = await call("111111111111", "ListRoots");
const refused = await call("111111111111", "CreateOrganizationalUnit", { ParentId: root, Name: "A" }).then(() => "made", (e) => e.message);
check(refused.includes("OU_DEPTH_LIMIT_EXCEEDED"), `the quota does not hold: ${refused}`);
await go(button("Back to the server's unit-depth"));
await shows(row("unit-depth"), "flag --quota");
await call("111111111111", "CreateOrganizationalUnit", { ParentId: root, Name: "A" });
await done(page);
await browser.close();
