// Every page of the table in one state of the server: no violation that axe-core finds, light
// and dark, no error of a script, no request to another origin, and nothing wider than the
// window. The paths are the arguments.
import { base, check, done, launch, violations, visit } from "./browser.mjs";

const browser = await launch();
const found = [];
for (const colorScheme of ["light", "dark"]) {
  const page = await visit(browser, { colorScheme });
  for (const path of process.argv.slice(2)) {
    await page.goto(base + path);
    check(await page.locator("h1").count() === 1, `${path} has no heading`);
    for (const v of await violations(page)) found.push(`${path}, ${colorScheme}: ${v}`);
    for (const width of [1440, 1024, 390]) {
      await page.setViewportSize({ width, height: 900 });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (wide > 0) found.push(`${path} at ${width}: ${wide} pixels wider than the window`);
    }
    await page.setViewportSize({ width: 1440, height: 900 });
  }
  await done(page);
}
await browser.close();
check(found.length === 0, found.join("\n"));
console.log(`${process.argv.length - 2} pages, light and dark`);
