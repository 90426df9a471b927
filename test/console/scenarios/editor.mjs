// The editor of policies: what is wrong is marked while one types, by keyboard alone; without
// JavaScript the text area does it.
import { base, call, check, done, launch, violations, visit } from "./browser.mjs";

const account = "111111111111";
const create = `${base}/console/policies/new?as=${account}&type=SERVICE_CONTROL_POLICY`;
const policy = (action) => `{"Version": "2012-10-17",\n"Statement": {"Effect": "Deny", "Action": "${action}", "Resource": "*"}}`;

await call(account, "CreateOrganization");
const browser = await launch();

const open = async (options) => {
  const page = await visit(browser, options);
  await page.goto(create);
  return page;
};
const parts = (page) => ({
  editor: page.getByRole("textbox", { name: /^Content/ }), area: page.locator("textarea[name=content]"),
  status: page.locator("[data-editor-status]"), ranges: page.locator(".cm-lintRange-error"), markers: page.locator(".cm-lint-marker-error"),
});
const says = async (page, text) => {
  const { status } = parts(page);
  await status.getByText(text, { exact: false }).waitFor().catch(async () => {
    throw new Error(`the status is ${JSON.stringify(await status.innerText())}, not ${text}`);
  });
};
// Each line break is typed without the spaces that the editor would put behind it.
const type = async (page, text) => {
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText(text);
};

// While one types, by keyboard alone.
{
  const page = await open();
  const { editor, area, ranges, markers } = parts(page);
  await says(page, "No problem found.");
  check(!await area.isVisible(), "the text area is shown beside the editor");
  for (let n = 0; !await editor.evaluate((e) => e === e.getRootNode().activeElement); n++) {
    check(n < 60, "Tab does not reach the editor");
    await page.keyboard.press("Tab");
  }
  await type(page, policy("s3"));
  await says(page, `Line 2, column 43: the action "s3" has no service prefix`);
  check(await ranges.allInnerTexts().then((all) => all.join()) === `"s3"`, "another place is marked than the action");
  check(await markers.count() === 1, "the line is not marked");
  check(await editor.getAttribute("aria-invalid") === "true", "the editor is not invalid");
  await page.keyboard.press("F8");
  await page.keyboard.press("ArrowRight");
  for (const _ of "s3\"") await page.keyboard.press("Backspace");
  await page.keyboard.insertText(`s3:Get*"`);
  await says(page, "No problem found.");
  check(await ranges.count() === 0 && await markers.count() === 0, "what is mended stays marked");
  check(await area.inputValue() === policy("s3:Get*"), `the text area has ${await area.inputValue()}`);
  await says(page, "96 of 10,240 characters.");

  await type(page, `{"Version": "2012-10-17",\n}`);
  await says(page, "Line 1, column 25: unexpected comma before the closing brace");
  check(await ranges.allInnerTexts().then((all) => all.join()) === ",", "the comma is not marked");
  await type(page, `{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}`);
  await says(page, "the document ends");
  check(await ranges.count() > 0, "an end that is missing is not marked");
  await type(page, `{"Version": "2012-10-17", "Statement": [\n{"Action": "*", "Resource": "*"}]}`);
  await says(page, "Line 2, column 1: the statement needs Effect");
  await type(page, policy("😀"));
  await says(page, "Line 2, column 43:");
  check(await ranges.allInnerTexts().then((all) => all.join()) === `"😀"`, "a character of two units moves the mark");
  await type(page, policy(`s3:${"x".repeat(10_240)}`));
  await says(page, "10,332 of 10,240 characters. You have exceeded the maximum policy size.");

  // Formatting changes white space alone, also where a text means nothing, and is undone.
  const line = `{"Version":"2012-10-17","Statement":[{"Sid":"\\u0041{,}","Effect" "Deny","Effect":[],"Action":"*",}]}`;
  const lines = `{\n  "Version": "2012-10-17",\n  "Statement": [\n    {\n      "Sid": "\\u0041{,}",\n      "Effect" "Deny",\n      "Effect": [],\n      "Action": "*",\n    }\n  ]\n}`;
  await type(page, line);
  await page.keyboard.press("Shift+Alt+F");
  check(await area.inputValue() === lines, `formatted, it is ${await area.inputValue()}`);
  await page.keyboard.press("Control+Z");
  check(await area.inputValue() === line, "formatting is not undone");
  await page.getByRole("button", { name: "Format" }).click();
  check(await area.inputValue() === lines, "the button does not format");
  await type(page, `{"a": "b`);
  await page.keyboard.press("Shift+Alt+F");
  check(await area.inputValue() === `{"a": "b`, "a text that is not closed is formatted");

  await type(page, policy("s3:*"));
  await page.keyboard.press("Tab");
  check((await area.inputValue()).includes("  "), "Tab does not indent");
  await page.keyboard.press("Control+Z");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Tab");
  check(!await editor.evaluate((e) => e === e.getRootNode().activeElement), "Escape and Tab do not leave the editor");
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Tab");
  check(await editor.evaluate((e) => e === e.getRootNode().activeElement), "the editor does not indent again once one is back");
  await page.keyboard.press("Control+Z");
  check((await editor.getAttribute("aria-describedby")).includes("help") && (await page.locator("#help").textContent()).includes("Escape, then Tab"), "the way out is not described");
  await says(page, "No problem found.");
  await page.getByLabel("Name", { exact: true }).fill("typed");
  await page.keyboard.press("Enter");
  await page.waitForURL(/policies\/p-/);
  await done(page);
  const { Policies } = await call(account, "ListPolicies", { Filter: "SERVICE_CONTROL_POLICY" });
  const { Policy } = await call(account, "DescribePolicy", { PolicyId: Policies.find((p) => p.Name === "typed").Id });
  check(Policy.Content === policy("s3:*"), `${Policy.Content} is stored`);
}

// Questions that newer keys have overtaken are given up, and what they answer is ignored.
{
  const page = await open();
  await says(page, "No problem found.");
  let asked = 0;
  await page.route("**/policies/check**", async (route) => {
    if (++asked === 1) await new Promise((resolve) => { setTimeout(resolve, 1500); });
    await route.continue().catch(() => undefined);
  });
  const given = page.waitForEvent("requestfailed");
  await page.locator("label[for=content]").click();
  await type(page, "{");
  while (asked === 0) await page.waitForTimeout(20);
  await type(page, policy("s3:*"));
  await says(page, "No problem found.");
  check((await given).url().includes("/policies/check"), "the first question goes on");
  await page.waitForTimeout(1600);
  await says(page, "No problem found.");
  check(asked === 2, `the server was asked ${asked} times`);
  await page.unrouteAll({ behavior: "ignoreErrors" });
  await page.route("**/policies/check**", (route) => route.fulfill({ status: 403, json: { error: "This form is not from a page of your session." } }));
  await type(page, "{}");
  await says(page, "Not checked: This form is not from a page of your session.");
  await page.route("**/policies/check**", (route) => route.abort());
  await type(page, "[]");
  await says(page, "Not checked: the server does not answer.");
  page.problems.splice(0, page.problems.length, ...page.problems.filter((p) => !p.includes("ERR_FAILED")));
  await type(page, " ".repeat(300_000));
  await says(page, "300,000 of 10,240 characters.");
  await done(page);
}

// Light and dark, with a problem, what is searched for, and in a narrow window.
for (const colorScheme of ["light", "dark"]) {
  const page = await open({ colorScheme });
  await page.locator("label[for=content]").click();
  await type(page, policy("s3"));
  await says(page, "Line 2");
  await type(page, `${"\n".repeat(200)}{"Version": nul}`);
  await says(page, "Line 201, column 13");
  const long = await violations(page);
  check(long.length === 0, `${colorScheme}, a long document: ${long.join("\n")}`);
  await type(page, policy("s3"));
  await says(page, "Line 2");
  await parts(page).ranges.first().hover();
  await page.locator(".cm-tooltip").first().waitFor();
  await page.keyboard.press("Control+F");
  await page.locator(".cm-search").waitFor();
  await page.keyboard.type("Deny");
  const found = await violations(page);
  check(found.length === 0, `${colorScheme}: ${found.join("\n")}`);
  const style = await page.evaluate(() => getComputedStyle(document.querySelector("textarea[name=content]").previousElementSibling.shadowRoot.querySelector(".cm-editor")).backgroundColor);
  check(style !== "rgba(0, 0, 0, 0)", `the editor has no style: ${style}`);
  await page.setViewportSize({ width: 390, height: 844 });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  check(wide <= 0, `${wide} pixels wider than the window`);
  if (process.argv[2]) {
    await page.screenshot({ path: `${process.argv[2]}/editor-390-${colorScheme}.png`, fullPage: true });
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.screenshot({ path: `${process.argv[2]}/editor-1440-${colorScheme}.png`, fullPage: true });
  }
  await done(page);
}

// Without JavaScript.
{
  const page = await open({ javaScriptEnabled: false });
  const { area } = parts(page);
  await area.fill(policy("s3"));
  await page.getByLabel("Name", { exact: true }).fill("plain");
  await page.getByRole("button", { name: "Create the policy" }).click();
  check((await page.locator("main").innerText()).includes("Line 2, column 43"), "the refusal does not say where");
  check(await area.inputValue() === policy("s3"), "the text area is not filled in again");
  await area.fill(policy("s3:*"));
  await page.getByRole("button", { name: "Create the policy" }).click();
  check(/policies\/p-/.test(page.url()), `no policy was made: ${page.url()}`);
  await done(page);
}
await browser.close();
