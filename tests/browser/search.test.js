import assert from "node:assert/strict";
import { test } from "node:test";
import { visit } from "./browser.js";

test("results appear while one types, and the last word may be unfinished", () =>
  visit({}, async (page) => {
    await page.goto("/");
    // Suggestions for the first letters may come before those for all of them, which then take their place.
    const last = page.waitForResponse((answer) => answer.url().endsWith("?q=hazelnut%20spr"));
    await page.locator("#q").pressSequentially("hazelnut spr", { delay: 20 });
    await last;
    const options = page.getByRole("option").filter({ hasText: /hazelnut/i });
    await options.first().waitFor();
    assert.match(await page.getByRole("status").innerText(), /suggestion/);
    await options.first().click();
    await page.waitForURL(/\/products\/\d+$/);
  }));

test("a typo is forgiven", () =>
  visit({}, async (page) => {
    await page.goto("/search?q=hazelnutt+spraed");
    assert.match(await page.locator(".cards").innerText(), /hazelnut spread/i);
  }));

test("the suggestions are worked with the keyboard alone", () =>
  visit({}, async (page) => {
    await page.goto("/");
    const field = page.getByRole("combobox");
    await field.focus();
    await page.keyboard.type("cola");
    await page.getByRole("option").first().waitFor();
    assert.equal(await field.getAttribute("aria-expanded"), "true");
    await page.keyboard.press("ArrowDown");
    const first = await page.getByRole("option").first().getAttribute("id");
    assert.equal(await field.getAttribute("aria-activedescendant"), first);
    await page.keyboard.press("ArrowUp");
    assert.equal(await field.getAttribute("aria-activedescendant"), null, "back in the field");
    await page.keyboard.press("Escape");
    assert.equal(await field.getAttribute("aria-expanded"), "false");
    assert.equal(await field.inputValue(), "cola", "Escape keeps what was typed");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/products\/\d+$/);
  }));

test("only the answer to the last letters is shown", () =>
  visit({}, async (page) => {
    await page.route("**/search/suggestions?q=c", async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 400));
      await route.continue().catch(() => {});
    });
    await page.goto("/");
    await page.locator("#q").pressSequentially("c");
    await page.waitForTimeout(150);
    await page.locator("#q").pressSequentially("ola");
    await page.getByRole("option").first().waitFor();
    await page.waitForTimeout(500);
    for (const text of await page.getByRole("option").allInnerTexts()) assert.match(text, /cola/i);
  }));

test("a barcode leads to its product, with or without leading zeros", () =>
  visit({}, async (page) => {
    for (const code of ["2000000000855", "002000000000855", "2000 0000 00855"]) {
      await page.goto(`/search?q=${encodeURIComponent(code)}`);
      assert.equal(new URL(page.url()).pathname, "/products/2000000000855");
    }
  }));

test("the filters of a search stay in the address, and each can be taken away", () =>
  visit({}, async (page) => {
    await page.goto("/search?q=chocolate");
    const all = await page.locator(".cards > li").count();
    await page.locator("summary").click();
    await page.getByLabel("Nutri-Score E").check();
    await page.waitForURL(/grade=e/);
    assert.ok((await page.locator(".cards > li").count()) <= all);
    for (const badge of await page.locator(".cards .grade").allInnerTexts()) assert.match(badge, /E/);
    await page.getByRole("link", { name: /Remove: Nutri-Score E/ }).click();
    await page.waitForURL((address) => !address.search.includes("grade"));
    assert.equal(await page.locator(".cards > li").count(), all);
  }));

test("a search without results proposes what to do", () =>
  visit({}, async (page) => {
    const answer = await page.goto("/search?q=qqqqzzzzqqqq");
    assert.equal(answer?.status(), 200);
    assert.match(await page.locator("main").innerText(), /Nothing found/);
    assert.ok((await page.locator("main a").count()) >= 3);
  }));

test("a word that nothing has is named, on the page and while one types", () =>
  visit({}, async (page) => {
    await page.goto("/");
    await page.locator("#q").fill("cola zzqzz ");
    const note = page.locator(".suggestions-note");
    await note.waitFor();
    assert.match(await note.innerText(), /without “zzqzz”/);
    assert.match(await page.getByRole("status").innerText(), /without “zzqzz”.*suggestion/);
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/search\?q=/);
    assert.match(await page.locator(".notice").innerText(), /without “zzqzz”/);
    assert.match(await page.locator(".cards").innerText(), /cola/i);
  }));
