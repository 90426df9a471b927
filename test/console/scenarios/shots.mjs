// Pictures of pages: a folder, and for each further argument NAME=PATH a picture at each
// width, light and dark; with WIDTHS and SCHEMES others.
import { base, launch, visit } from "./browser.mjs";

const [folder, ...pages] = process.argv.slice(2);
const widths = (process.env.WIDTHS ?? "1440,1024,390").split(",").map(Number);
const schemes = (process.env.SCHEMES ?? "light,dark").split(",");
const browser = await launch();
for (const colorScheme of schemes) {
  for (const width of widths) {
    const page = await visit(browser, { colorScheme, viewport: { width, height: Number(process.env.HEIGHT ?? 900) } });
    for (const each of pages) {
      const cut = each.indexOf("=");
      await page.goto(base + each.slice(cut + 1));
      await page.waitForTimeout(150);
      await page.screenshot({ path: `${folder}/${each.slice(0, cut)}-${width}-${colorScheme}.png`, fullPage: process.env.WHOLE !== "off" });
    }
    await page.context().close();
  }
}
await browser.close();
