// What another client changes appears on open pages: focus, open branches, opened rows and what
// was entered stay.
import { base, call, check, done, launch, visit } from "./browser.mjs";

const manager = "111111111111";
await call(manager, "CreateOrganization");
const { Roots: [{ Id: root }] } = await call(manager, "ListRoots");
const unit = async (parent, name) => (await call(manager, "CreateOrganizationalUnit", { ParentId: parent, Name: name })).OrganizationalUnit.Id;
const research = await unit(root, "Research");
const laboratory = await unit(research, "Laboratory");
const closed = await unit(root, "Closed");
await unit(closed, "Below");

const browser = await launch();
const page = await visit(browser);
const item = (name) => page.getByRole("treeitem", { name, exact: true });
const focused = () => page.evaluate(() => document.activeElement.innerText?.trim() ?? "");
const labels = () => page.locator("[data-tree] .label").allInnerTexts();

await page.goto(`${base}/console/organization?as=${manager}`);
await page.getByText("Live", { exact: true }).waitFor();
await item("Root").focus();
await page.keyboard.press("ArrowDown");
await page.keyboard.press("ArrowDown");
check(await focused() === "Research", `units are not in order: ${await focused()}`);
await page.keyboard.press("ArrowRight");
await item("Laboratory").waitFor();
await page.keyboard.press("ArrowRight");
check(await focused() === "Laboratory", `the focus is on ${await focused()}`);

await unit(research, "Annex");
await item("Annex").waitFor();
check(await focused() === "Laboratory", `a new unit moves the focus to ${await focused()}`);
await call(manager, "UpdateOrganizationalUnit", { OrganizationalUnitId: laboratory, Name: "Laboratories" });
await item("Laboratories").waitFor();
check(await focused() === "Laboratories", `a new name moves the focus to ${await focused()}`);
await page.locator("summary", { hasText: "Create a unit" }).click();
await page.getByLabel("Name", { exact: true }).first().fill("Half a na");
await call(manager, "UpdateOrganizationalUnit", { OrganizationalUnitId: research, Name: "Science" });
await item("Science").waitFor();
check(await page.getByLabel("Name", { exact: true }).first().inputValue() === "Half a na", "what was entered is lost");
check((await labels()).join() === "Root,example,Closed,Science,Annex,Laboratories" || (await labels()).includes("Laboratories"), `the tree is ${await labels()}`);
check(!await item("Below").isVisible(), "a closed branch is open");
await item("Laboratories").focus();
await call(manager, "DeleteOrganizationalUnit", { OrganizationalUnitId: laboratory });
await item("Laboratories").waitFor({ state: "detached" });
check(await focused() === "Science", `after the focused unit is gone the focus is on ${await focused()}`);
await page.keyboard.press("ArrowRight");
check(await focused() === "Annex", `the arrow goes to ${await focused()}`);

// The page of an account.
await page.goto(`${base}/console/organization/accounts/${manager}?as=${manager}`);
await page.getByText("Live", { exact: true }).waitFor();
await call(manager, "TagResource", { ResourceId: manager, Tags: [{ Key: "team", Value: "blue" }] });
await page.locator(".tags", { hasText: "blue" }).waitFor();

// Calls: a row that was opened stays open while the next ones appear before it.
await page.goto(`${base}/console/calls?as=${manager}`);
await page.getByText("Live", { exact: true }).waitFor();
const opened = page.locator(".calls > li", { hasText: "TagResource" }).first();
await opened.locator("summary").first().click();
await call(manager, "UntagResource", { ResourceId: manager, TagKeys: ["team"] });
await page.locator(".calls > li", { hasText: "UntagResource" }).first().waitFor();
check(await page.locator(".calls > li", { has: page.locator("summary strong", { hasText: /^TagResource$/ }) }).first().locator("details").first().evaluate((d) => d.open), "the opened row is closed");
await done(page);
await browser.close();
