// The control of the other scenarios: a page with what must not be there is noticed.
import { base, check, launch, violations, visit } from "./browser.mjs";

const browser = await launch();
const page = await visit(browser);
await page.goto(`${base}/console/`);
await page.evaluate(() => {
  document.querySelector("h1").insertAdjacentHTML("afterend", "<input><img src='https://other.example/x.png'><button></button>");
  console.error("an error");
  const script = document.createElement("script");
  script.textContent = "document.title = 'run'";
  document.body.append(script);
});
const found = await violations(page);
check(found.some((v) => v.startsWith("label")) && found.some((v) => v.startsWith("button-name")), `axe-core finds ${found}`);
check(page.problems.some((p) => p.includes("an error")), "an error of the console is not noticed");
check(page.problems.some((p) => p.includes("other.example")), `another origin is not noticed: ${page.problems}`);
check(await page.title() !== "run", "a script of the page's own text runs");
await browser.close();
