// What all scenarios share: a page of a real Chromium that notes what must not happen.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

export const base = process.env.ACCORD_ADMIN;

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** launch starts the browser that the tests found. */
export const launch = () => chromium.launch({
  executablePath: process.env.CHROMIUM,
  // The sandbox needs rights that root and containers lack; the pages are ours.
  args: ["--no-sandbox", "--disable-dev-shm-usage"],
});

/** visit opens a page, which fails at its end for what must not happen. */
export const visit = async (browser, options = {}) => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  const problems = [];
  page.on("console", (m) => { if (m.type() === "error" && !expected(m.text())) problems.push(`console: ${m.text()}`); });
  page.on("pageerror", (e) => problems.push(`script: ${e.message}`));
  page.on("request", (r) => { if (!r.url().startsWith(base)) problems.push(`another origin: ${r.url()}`); });
  page.problems = problems;
  return page;
};

// Chromium reports the status of a form that was refused as an error.
const expected = (text) => /the server responded with a status of 4\d\d/.test(text);

/** fail ends the scenario if a condition does not hold. */
export const check = (holds, what) => {
  if (!holds) throw new Error(what);
};

/** done closes a page and fails for what it noted. */
export const done = async (page) => {
  await page.context().close();
  check(page.problems.length === 0, page.problems.join("\n"));
};

/** violations are what axe-core finds on a page. */
export const violations = async (page) => {
  // In a world of its own the policy of the page does not forbid it.
  const session = await page.context().newCDPSession(page);
  const { frameTree } = await session.send("Page.getFrameTree");
  const { executionContextId: contextId } = await session.send("Page.createIsolatedWorld", { frameId: frameTree.frame.id });
  await session.send("Runtime.evaluate", { expression: axe, contextId });
  const { result, exceptionDetails } = await session.send("Runtime.evaluate", {
    expression: "axe.run(document, {resultTypes: ['violations']}).then(r => JSON.stringify(r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html + ' ' + n.failureSummary).join(' | '))))",
    contextId, awaitPromise: true, returnByValue: true,
  });
  if (exceptionDetails) throw new Error(`axe: ${JSON.stringify(exceptionDetails)}`);
  return JSON.parse(result.value);
};

/** call calls an operation of Organizations as an account. */
export const call = async (account, operation, input = {}) => {
  const answer = await fetch(process.env.AWS_ENDPOINT_URL_ORGANIZATIONS, {
    method: "POST", body: JSON.stringify(input),
    headers: {
      "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": `AWSOrganizationsV20161128.${operation}`,
      Authorization: `AWS4-HMAC-SHA256 Credential=${account}/20261102/us-east-1/organizations/aws4_request, SignedHeaders=host, Signature=unsigned`,
    },
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${operation} of ${account}: ${text}`);
  return JSON.parse(text);
};

/** admin asks the admin API. */
export const admin = async (method, path, body) => {
  const answer = await fetch(base + path, { method, body: body && JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${text}`);
  return JSON.parse(text);
};
