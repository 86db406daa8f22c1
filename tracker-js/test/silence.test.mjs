import assert from "node:assert/strict";
import { test } from "node:test";
import { openPage } from "../support/fake-browser.mjs";

const explodes = (what) => () => {
  throw new Error(what);
};

test("nothing is stored, read back or logged in a whole visit", async () => {
  const page = openPage({ referrer: "https://www.google.com/" });
  page.run(`footfall("signup", {plan: "pro"})`);
  page.scrollTo(900);
  page.advance(700_000);
  page.window.history.pushState({}, "", "/cart");
  page.advance(1000);
  page.hide();
  page.dispatch("pagehide", { persisted: true });
  page.dispatch("pageshow", { persisted: true });
  await page.settled();
  assert.ok(page.beacons.length > 5);
  assert.deepEqual(page.touched, []);
});

/** Arguments that a page may hand over by mistake. */
const mistakes = [
  "footfall()",
  "footfall(null, null, null)",
  "footfall('a', {get plan() { throw new Error('mine') }})",
  "footfall('a', {size: 1n})",
  "const loop = {}; loop.loop = loop; footfall('a', loop)",
  "footfall(Symbol('a'))",
];
for (const mistake of mistakes) {
  test(`${mistake}: no error in the page, and the next event is sent`, () => {
    const page = openPage();
    page.run(mistake);
    page.run("footfall('next')");
    assert.equal(page.named("next").length, 1);
    assert.deepEqual(page.touched, []);
  });
}

/** Browsers in which something is missing or broken: the page must not notice. */
const broken = [
  ["no script element (a module)", { before: "document.currentScript = null" }],
  ["a script without an address", { src: "" }],
  ["no Intl", { overrides: { Intl: undefined } }],
  ["no time zone", { timeZone: undefined }],
  ["a stub that is no stub", { before: "window.footfall = {q: 7}" }],
  ["no document element", { before: "document.documentElement = null" }],
  ["no listeners", { overrides: { addEventListener: explodes("no listeners") } }],
  ["a title that is no text (a form field of that name)", { before: "document.title = {}" }],
];
for (const [name, options] of broken) {
  test(`${name}: no error in the page`, async () => {
    const page = openPage(options);
    page.run("window.footfall && footfall.call && footfall('signup')");
    page.scrollTo(10);
    page.window.history.pushState({}, "", "/cart");
    page.advance(700_000);
    page.hide();
    page.dispatch("pagehide");
    await page.settled();
    assert.deepEqual(page.touched, []);
  });
}
