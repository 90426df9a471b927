// All features with three members to the end, by mouse; the tree by keyboard.
import { base, call, check, done, launch, visit } from "./browser.mjs";

const manager = "111111111111";
const members = ["222222222222", "333333333333", "444444444444"];
await call(manager, "CreateOrganization", { FeatureSet: "CONSOLIDATED_BILLING" });
for (const id of members) {
  const { Handshake } = await call(manager, "InviteAccountToOrganization", { Target: { Type: "ACCOUNT", Id: id } });
  await call(id, "AcceptHandshake", { HandshakeId: Handshake.Id });
}

const browser = await launch();
const page = await visit(browser);
const button = (name) => page.getByRole("button", { name, exact: true });
const go = async (e) => { await Promise.all([page.waitForEvent("domcontentloaded"), e.click()]); };
const shows = async (text) => {
  const content = await page.locator("main").innerText();
  check(content.includes(text), `the page ${page.url()} does not show ${text}:\n${content}`);
};

await page.goto(`${base}/console/handshakes?as=${manager}`);
await go(button("Ask for all features"));
await shows("0 of 3");
const story = page.url();
for (const [n, id] of members.entries()) {
  await page.goto(story);
  await go(page.getByRole("link", { name: id }).first());
  await go(button("Accept").first());
  await shows("It is accepted");
  await page.goto(story);
  await shows(`${n + 1} of 3`);
}
await go(button("Accept").first());
await shows("It is accepted");
await page.goto(`${base}/console/handshakes?as=${manager}`);
await shows("all features");

// What another client does is shown on an open page.
await page.goto(`${base}/console/`);
await page.getByText("Live", { exact: true }).waitFor();
await call(manager, "InviteAccountToOrganization", { Target: { Type: "EMAIL", Id: "live@example.com" } });
await page.locator("[data-happened] .new").first().waitFor();
check((await page.locator("[data-happened] li").first().innerText()).includes("Invite account to organization"), "the page is not live");

// Arrows open a branch, move in it and close it; Enter shows a node.
const { Roots: [{ Id: root }] } = await call(manager, "ListRoots");
const { OrganizationalUnit: unit } = await call(manager, "CreateOrganizationalUnit", { ParentId: root, Name: "Research" });
await call(manager, "CreateOrganizationalUnit", { ParentId: unit.Id, Name: "Laboratory" });
await page.goto(`${base}/console/organization?as=${manager}`);
const focused = () => page.evaluate(() => document.activeElement.innerText.trim());
await page.getByRole("treeitem", { name: "Root" }).focus();
await page.keyboard.press("ArrowDown");
check(await focused() === "Research", `the arrow goes to ${await focused()}`);
await page.keyboard.press("ArrowRight");
await page.getByRole("treeitem", { name: "Laboratory" }).waitFor();
await page.keyboard.press("ArrowRight");
check(await focused() === "Laboratory", `the arrow goes to ${await focused()}`);
await page.keyboard.press("ArrowLeft");
await page.keyboard.press("ArrowLeft");
await page.keyboard.press("ArrowLeft");
check(await focused() === "Root", `the arrow goes to ${await focused()}`);
await page.keyboard.press("End");
await page.keyboard.press("Home");
await page.keyboard.press("ArrowDown");
check(!await page.getByRole("treeitem", { name: "Laboratory" }).isVisible(), "the branch stays open");
await Promise.all([page.waitForEvent("domcontentloaded"), page.keyboard.press("Enter")]);
check(page.url().includes(unit.Id), `Enter leads to ${page.url()}`);
await done(page);
await browser.close();
