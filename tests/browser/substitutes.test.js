import assert from "node:assert/strict";
import { test } from "node:test";
import { SPREAD, visit } from "./browser.js";

test("from a name to a healthier food with its reasons", () =>
  visit({}, async (page) => {
    await page.goto("/");
    await page.locator("#q").fill("chocolate hazelnut spread");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/search\?q=/);
    await page.getByRole("link", { name: "Chocolate hazelnut spread", exact: true }).click();
    await page.getByRole("link", { name: "See what to buy instead" }).click();
    const first = page.locator(".swap").first();
    assert.match(await first.innerText(), /less (sugar|saturated fat|energy)/);
    assert.ok((await first.locator(".reason").count()) >= 1);
    const grades = await first.locator(".swap-grades .grade").allInnerTexts();
    const [from = "", to = ""] = grades.map((text) => text.trim().charAt(0));
    assert.ok(to && to <= from, `${from} becomes ${to}`);
    assert.match(await page.locator(".pinned").innerText(), /Chocolate hazelnut spread/);
  }));

test("wishes stay in the address, hide what does not fit, and say how much", () =>
  visit({}, async (page) => {
    await page.goto(`${SPREAD}/substitutes`);
    await page.locator("summary").click();
    await page.getByLabel("Nuts", { exact: true }).check();
    await page.waitForURL(/without=nuts/);
    assert.match(await page.locator(".hidden-list").innerText(), /hidden/);
    assert.equal(await page.getByLabel("Nuts", { exact: true }).isChecked(), true);
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("value")), "nuts", "focus is kept");
    await page.reload();
    assert.match(page.url(), /without=nuts/);
    assert.equal(await page.getByLabel("Nuts", { exact: true }).isVisible(), false, "the form makes room for the answer");
    await page.getByRole("link", { name: "Show", exact: true }).first().click();
    await page.waitForURL((address) => !address.search.includes("without"));
  }));

test("a product is compared with the original, the better value marked in words", () =>
  visit({}, async (page) => {
    await page.goto(`${SPREAD}/substitutes`);
    await page.locator(".swap").first().getByRole("link", { name: /^Compare/ }).click();
    await page.waitForURL(/\/compare\?codes=2000000000855/);
    assert.ok((await page.locator(".compare .best").count()) >= 1);
    assert.equal(await page.locator(".compare thead th").count(), 3);
  }));

test("a product page explains its grade, and tells unknown from absent", () =>
  visit({}, async (page) => {
    await page.goto(SPREAD);
    const text = await page.locator("main").innerText();
    assert.match(text, /What makes this grade/);
    assert.match(text, /\d+ of 15 points/);
    assert.match(text, /Contains/);
    assert.match(text, /Palm oil|palm oil/);
  }));

test("a category lists the healthiest first", () =>
  visit({}, async (page) => {
    await page.goto("/categories/en:colas");
    const letters = (await page.locator(".cards .grade").allInnerTexts()).map((text) => text.trim()[0]);
    assert.ok(letters.length >= 2);
    assert.deepEqual(letters, [...letters].sort());
  }));
