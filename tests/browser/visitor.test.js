import assert from "node:assert/strict";
import { test } from "node:test";
import { BASE, DESK, NARROW, PHONE, SPREAD, axe, visit } from "./browser.js";

const FOUR = "/compare?codes=2000000000855,2000000000923,2000000000817,2000000000824";
const PAGES = [
  "/", "/search?q=chocolate", "/search?q=qqqqzzzz", "/search?q=cola+zzqzz", SPREAD, `${SPREAD}/substitutes`,
  `${SPREAD}/substitutes?without=nuts&diet=vegan&country=fr`, "/compare?codes=2000000000855,2000000000879",
  "/categories/en:colas", "/about", "/legal", "/products/4006381333931", "/products/nonsense", "/nowhere",
  "/search?q=a&grade=z", "/search?q=chocolate&page=90", FOUR,
];

test("everything works without scripts", () =>
  visit({ javaScriptEnabled: false }, async (page) => {
    await page.goto("/");
    await page.locator("#q").fill("chocolate hazelnut spread");
    await page.getByRole("button", { name: "Search" }).click();
    await page.getByRole("link", { name: "Chocolate hazelnut spread", exact: true }).click();
    await page.getByRole("link", { name: "See what to buy instead" }).click();
    await page.locator("summary").click();
    await page.getByLabel("Vegan").check();
    await page.getByRole("button", { name: "Show" }).click();
    await page.waitForURL(/diet=vegan/);
    assert.match(await page.locator(".chips").innerText(), /Vegan/);
  }));

test("everything is reached with the keyboard, and the focus is always seen", () =>
  visit({}, async (page) => {
    for (const path of ["/", SPREAD, `${SPREAD}/substitutes`]) {
      await page.goto(path);
      await page.locator("body").press("Tab");
      assert.equal(await page.evaluate(() => document.activeElement?.className), "skip", "the first stop skips the head");
      const reached = new Set();
      for (let step = 0; step < 120; step += 1) {
        const stop = await page.evaluate(() => {
          const element = document.activeElement;
          if (!element || element === document.body) return null;
          const style = getComputedStyle(element);
          const box = element.closest(".search-box, .choice") ?? element;
          return {
            key: `${element.tagName} ${element.getAttribute("href") ?? ""} ${element.textContent?.trim() ?? ""} ${element.id}`,
            seen: style.outlineStyle !== "none" || getComputedStyle(box).outlineStyle !== "none",
          };
        });
        if (!stop) break;
        assert.ok(stop.seen, `no visible focus on ${stop.key}`);
        reached.add(stop.key);
        await page.keyboard.press("Tab");
      }
      assert.ok(reached.size >= 6, path);
    }
    await page.goto(SPREAD);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement?.id), "content");
  }));

test("the browser's language is spoken, another can be chosen, and the choice is kept", () =>
  visit({ locale: "fr-FR" }, async (page) => {
    await page.goto("/");
    assert.equal(await page.locator("html").getAttribute("lang"), "fr");
    assert.match(await page.locator("h1").innerText(), /Que souhaitez.vous remplacer/);
    await page.goto(`${SPREAD}/substitutes?without=milk`);
    assert.match(await page.locator("main").innerText(), /en moins/);
    await page.getByRole("link", { name: "English" }).click();
    assert.equal(await page.locator("html").getAttribute("lang"), "en");
    assert.match(page.url(), /without=milk/, "the rest of the address is kept");
    await page.goto("/");
    assert.equal(await page.locator("html").getAttribute("lang"), "en");
    const cookies = await page.context().cookies();
    assert.deepEqual(cookies.map(({ name, sameSite, httpOnly }) => ({ name, sameSite, httpOnly })), [
      { name: "lang", sameSite: "Lax", httpOnly: true },
    ]);
  }));

test("no page is wider than a phone, and every target is large enough", () =>
  visit({ viewport: PHONE, hasTouch: true }, async (page) => {
    for (const lang of ["fr", "en"]) {
      for (const path of PAGES) {
        await page.goto(`${path}${path.includes("?") ? "&" : "?"}lang=${lang}`);
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(width <= PHONE.width, `${path} in ${lang} is ${width} px wide`);
        const small = await page.evaluate(() =>
          [...document.querySelectorAll("a, button, summary, select")]
            .filter((element) => !element.closest("p:not([class]), .skip") && element.getClientRects().length > 0)
            .map((element) => ({ text: element.textContent?.trim(), box: element.getBoundingClientRect() }))
            .filter(({ box }) => box.height < 24 || box.width < 24)
            .map(({ text, box }) => `${text} ${box.width}x${box.height}`));
        assert.deepEqual(small, [], path);
      }
    }
  }));

test("nothing scrolls sideways at 320 px, where a page at 400 % zoom ends up", () =>
  visit({ viewport: NARROW }, async (page) => {
    for (const lang of ["fr", "en"]) {
      for (const path of PAGES) {
        await page.goto(`${path}${path.includes("?") ? "&" : "?"}lang=${lang}`);
        for (const closed of await page.locator("details:not([open]) > summary").all()) await closed.click();
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(width <= NARROW.width, `${path} in ${lang} is ${width} px wide`);
      }
    }
  }));

test("four foods side by side keep their words whole, and what a row is stays in sight", () =>
  visit({ viewport: PHONE }, async (page) => {
    for (const lang of ["fr", "en"]) {
      await page.goto(`${FOUR}&lang=${lang}`);
      const broken = await page.evaluate(() => {
        const words = document.createRange();
        return [...document.querySelectorAll(".compare tbody td, .compare thead a")].flatMap((cell) => {
          const text = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
          const cut = [];
          while (text.nextNode()) {
            const node = text.currentNode;
            for (const word of node.nodeValue?.matchAll(/[^\s\u00AD-]+/g) ?? []) {
              words.setStart(node, word.index);
              words.setEnd(node, word.index + word[0].length);
              const lines = new Set([...words.getClientRects()].map(({ top }) => top));
              if (lines.size > 1) cut.push(word[0]);
            }
          }
          return cut;
        });
      });
      assert.deepEqual(broken, [], lang);
      const table = page.getByRole("region");
      await table.evaluate((element) => element.scrollTo(element.scrollWidth, 0));
      const [row, region] = [await page.locator(".compare tbody th").first().boundingBox(), await table.boundingBox()];
      assert.equal(Math.round(row?.x ?? -1), Math.round(region?.x ?? -2));
    }
  }));

test("axe finds nothing on any page, light on a phone and dark on a desk", async () => {
  const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  for (const [colorScheme, viewport] of /** @type {const} */ ([["light", PHONE], ["dark", DESK]])) {
    // The tool is brought in past the site's policy, which would refuse it as it should.
    await visit({ colorScheme, viewport, bypassCSP: true }, async (page) => {
      for (const path of PAGES) {
        await page.goto(path);
        for (const closed of await page.locator("details:not([open]) > summary").all()) await closed.click();
        assert.deepEqual(await axe(page, rules), [], `${path} ${colorScheme} ${viewport.width}`);
      }
    });
  }
});

test("suggestions are accessible too", () =>
  visit({ bypassCSP: true }, async (page) => {
    await page.goto("/");
    await page.locator("#q").pressSequentially("cola zzqzz ", { delay: 10 });
    await page.locator(".suggestions-note").waitFor();
    await page.keyboard.press("ArrowDown");
    assert.deepEqual(await axe(page), []);
  }));

test("nothing jumps while a page loads", () =>
  visit({ viewport: PHONE }, async (page) => {
    for (const path of ["/", "/search?q=chocolate", SPREAD, `${SPREAD}/substitutes`]) {
      await page.goto(path, { waitUntil: "networkidle" });
      const shift = await page.evaluate(() => new Promise((resolve) => {
        let sum = 0;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) sum += /** @type {PerformanceEntry & { value: number }} */ (entry).value;
        }).observe({ type: "layout-shift", buffered: true });
        setTimeout(() => resolve(sum), 200);
      }));
      assert.ok(Number(shift) < 0.01, `${path} shifts by ${shift}`);
    }
  }));

test("the first page with its style is under 30 KB", async () => {
  // `fetch` hands over what was inflated, so the length that was sent is asked for by itself.
  /** @param {string} path */
  const sent = async (path) => {
    const answer = await fetch(BASE + path, { headers: { "accept-encoding": "gzip" } });
    await answer.arrayBuffer();
    return Number(answer.headers.get("content-length"));
  };
  const html = await (await fetch(`${BASE}/`)).text();
  const style = html.match(/\/assets\/site\.[0-9a-f]+\.css/)?.[0] ?? "";
  const [page, sheet] = [await sent("/"), await sent(style)];
  assert.ok(page > 500 && sheet > 1000, `${page} and ${sheet} bytes`);
  assert.ok(page + sheet < 30_000, `${page + sheet} bytes`);
});
