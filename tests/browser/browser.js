// One browser for a file of tests, and a page that watches itself: any error on the console, any breach of the
// site's own rules and any request to another host makes the test fail.

import assert from "node:assert/strict";
import { after, before } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

export const BASE = process.env.BASE ?? "";
export const SPREAD = "/products/2000000000855";
export const PHONE = { width: 360, height: 740 };
export const NARROW = { width: 320, height: 640 };
export const DESK = { width: 1440, height: 900 };

const SWITCHES = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

/** @type {import("playwright-core").Browser} */
let browser;

before(async () => {
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: SWITCHES });
});
after(() => browser?.close());

/**
 * Runs `steps` on a fresh page, then holds that nothing went wrong behind the visitor's back.
 * @param {import("playwright-core").BrowserContextOptions} options
 * @param {(page: import("playwright-core").Page) => Promise<void>} steps
 */
export async function visit(options, steps) {
  const context = await browser.newContext({ baseURL: BASE, locale: "en-GB", viewport: DESK, ...options });
  const page = await context.newPage();
  /** @type {string[]} */
  const wrong = [];
  page.on("console", (message) => {
    const expected = message.text().includes("the server responded with a status of 4");
    if (message.type() === "error" && !expected) wrong.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => wrong.push(`script: ${error}`));
  page.on("request", (request) => {
    if (!request.url().startsWith(`${BASE}/`)) wrong.push(`elsewhere: ${request.url()}`);
  });
  try {
    await steps(page);
    assert.deepEqual(wrong, []);
  } finally {
    await context.close();
  }
}

/**
 * What axe finds on a page: the rule and the elements that break it. The page's own policy must be bypassed.
 * @param {import("playwright-core").Page} page
 * @param {string[]} [rules] tags of the rules; all rules without them
 */
export async function axe(page, rules) {
  await page.addScriptTag({ path: fileURLToPath(new URL("./node_modules/axe-core/axe.min.js", import.meta.url)) });
  const { violations } = await page.evaluate((runOnly) => {
    const { axe } = /** @type {{ axe: import("axe-core") }} */ (/** @type {unknown} */ (globalThis));
    return axe.run(document, runOnly ? { runOnly } : {});
  }, rules);
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`);
}
