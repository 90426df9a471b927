// Sheets of pictures that are in a folder: for each width and scheme files with as many pictures
// beside each other as can be looked at.
import { readdirSync, readFileSync } from "node:fs";
import { launch } from "./browser.mjs";

const folder = process.argv[2];
const tall = 1400;
const perSheet = { 1440: 4, 1024: 4, 390: 4 };
const browser = await launch();
const page = await browser.newPage({ viewport: { width: 1600, height: tall } });
const kinds = Map.groupBy(readdirSync(folder).filter((f) => /-\d+-(light|dark)\.png$/.test(f)), (f) => f.match(/\d+-(light|dark)\.png$/)[0]);
for (const [kind, files] of kinds) {
  const width = Number.parseInt(kind, 10);
  const shown = width > 700 ? 790 : width;
  for (let n = 0; n * perSheet[width] < files.length; n++) {
    const part = files.slice(n * perSheet[width], (n + 1) * perSheet[width]);
    const figures = part.map((f) => `<figure style="margin: 4px; width: ${shown}px"><figcaption>${f}</figcaption>
      <div style="max-height: ${width > 700 ? 680 : tall - 30}px; overflow: hidden"><img width="${shown}" src="data:image/png;base64,${readFileSync(`${folder}/${f}`, "base64")}"></div></figure>`);
    await page.setContent(`<body style="margin: 0; display: flex; flex-wrap: wrap; align-items: start; background: gray; font: 12px sans-serif">${figures.join("")}`);
    await page.screenshot({ path: `${folder}/sheet-${n}-${kind}`, fullPage: true });
  }
}
await browser.close();
