// Pictures of forms that the API refuses, at each width, light and dark.
import { base, launch, visit } from "./browser.mjs";

const folder = process.argv[2];
const browser = await launch();
for (const colorScheme of ["light", "dark"]) {
  for (const width of [1440, 1024, 390]) {
    const page = await visit(browser, { colorScheme, viewport: { width, height: 900 } });
    await page.goto(base + "/console/handshakes?as=111111111111");
    await page.getByLabel("Account ID or email address").fill("not an address");
    await page.getByLabel("Notes").fill("Join us");
    await page.getByRole("button", { name: "Invite" }).click();
    await page.screenshot({ path: `${folder}/refused-${width}-${colorScheme}.png`, fullPage: true });
    await page.goto(base + "/console/time");
    await page.getByLabel("Advance by", { exact: true }).fill("soon");
    await page.getByRole("button", { name: "Advance" }).click();
    await page.screenshot({ path: `${folder}/refused-time-${width}-${colorScheme}.png`, fullPage: true });
    await page.goto(base + "/console/policies/new?as=666666666666");
    await page.getByLabel("Name", { exact: true }).fill("Guardrails");
    await page.getByRole("textbox", { name: /^Content/ }).fill('{\n  "Version": "2012-10-17",\n  "Statement": [{"Effect": "Denny", "Action": "*", "Resource": "*"}]\n}');
    await page.getByRole("button", { name: "Create the policy" }).click();
    await page.screenshot({ path: `${folder}/refused-policy-${width}-${colorScheme}.png`, fullPage: true });
    await page.context().close();
  }
}
await browser.close();
