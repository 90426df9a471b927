// Pages of a server with much on it: how long a person waits for each, and how much is sent and
// shown. The times are printed; what fails is a page that asks for more, sends more or shows more
// than its bounds, which no busy machine changes. The arguments are the bounds and the pages, as JSON.
import { base, check, done, launch, visit } from "./browser.mjs";

const { bounds, pages } = JSON.parse(process.argv[2]);
const browser = await launch();
const found = [];
const ms = (t) => `${Math.round(t)} ms`;
console.log("| page | answered | loaded | largest paint | requests | sent | elements |\n|---|---|---|---|---|---|---|");
for (const { name, path } of pages) {
  // Each in a context of its own: nothing is in a cache, as at a first visit.
  const page = await visit(browser);
  let requests = 0;
  page.on("request", () => { requests++; });
  await page.goto(base + path, { waitUntil: "load" });
  const m = await page.evaluate(() => new Promise((resolve) => {
    const report = (paint) => {
      const [n] = performance.getEntriesByType("navigation");
      resolve({
        paint, answered: n.responseEnd - n.requestStart, loaded: n.loadEventEnd, elements: document.querySelectorAll("*").length,
        sent: n.decodedBodySize + performance.getEntriesByType("resource").reduce((sum, r) => sum + r.decodedBodySize, 0),
      });
    };
    new PerformanceObserver((list) => report(list.getEntries().at(-1).startTime)).observe({ type: "largest-contentful-paint", buffered: true });
    // A page that is never painted has no entry.
    setTimeout(() => report(0), 20_000);
  }));
  console.log(`| ${name} | ${ms(m.answered)} | ${ms(m.loaded)} | ${ms(m.paint)} | ${requests} | ${Math.round(m.sent / 1000)} kB | ${m.elements} |`);
  for (const [what, value] of Object.entries({ requests, sent: m.sent, elements: m.elements })) {
    if (value > bounds[what]) found.push(`${name}: ${what} ${value}, at most ${bounds[what]}`);
  }
  check(m.elements > 50, `${name} shows nothing`);
  await done(page);
}
await browser.close();
check(found.length === 0, found.join("\n"));
