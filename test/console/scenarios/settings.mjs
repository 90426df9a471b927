// Settings: what differs is found, a quota of an organization is set, refused and given back; by
// mouse, by keyboard alone, or with JavaScript off.
import { base, call, check, done, launch, visit } from "./browser.mjs";
import { person } from "./person.mjs";

const way = process.argv[2];
await call("111111111111", "CreateOrganization");
const { Organization: { Id: organization } } = await call("111111111111", "DescribeOrganization");
const browser = await launch();
const page = await visit(browser, { javaScriptEnabled: way !== "without JavaScript" });

const { reach, enter, go, button, link, shows: showsIn } = person(page, way);
const row = (name) => page.locator(`#${name}`);
const shows = (locator, text) => showsIn(text, locator);

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
if (way === "keyboard") {
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
