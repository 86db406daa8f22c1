import assert from "node:assert/strict";
import { test } from "node:test";
import { openPage } from "../support/fake-browser.mjs";

const MINUTE = 60_000;

/** Each case: what happens on a page 4,000 px high in a window of 800, and the [e, sd] told. */
const visits = [
  ["a visit that leaves by hiding", {}, (page) => {
    page.advance(5000);
    page.hide();
  }, [[5000, 20]]],
  ["a visit that leaves by pagehide", {}, (page) => {
    page.advance(5000);
    page.dispatch("pagehide");
  }, [[5000, 20]]],
  ["pagehide and hiding together, told once", {}, (page) => {
    page.advance(5000);
    page.dispatch("pagehide");
    page.hide();
  }, [[5000, 20]]],
  ["the shortest visit, told all the same", {}, (page) => page.hide(), [[0, 20]]],
  ["a second look too short to tell", {}, (page) => {
    page.advance(5000);
    page.hide();
    page.show();
    page.advance(2999);
    page.hide();
  }, [[5000, 20]]],
  ["short looks that add up", {}, (page) => {
    page.hide();
    for (let i = 0; i < 3; i++) {
      page.show();
      page.advance(1000);
      page.hide();
    }
  }, [[0, 20], [3000, 20]]],
  ["a short second look that scrolls further", {}, (page) => {
    page.advance(5000);
    page.hide();
    page.show();
    page.advance(500);
    page.scrollTo(1200);
    page.hide();
  }, [[5000, 20], [500, 50]]],
  ["time hidden is not time engaged", {}, (page) => {
    page.advance(2000);
    page.hide();
    page.advance(MINUTE);
    page.show();
    page.advance(3000);
    page.hide();
  }, [[2000, 20], [3000, 20]]],
  ["time in another window is not time engaged", {}, (page) => {
    page.advance(2000);
    page.blur();
    page.advance(MINUTE);
    page.focus();
    page.advance(1000);
    page.hide();
  }, [[3000, 20]]],
  ["a page visible but never focused was seen, not used", { focused: false }, (page) => {
    page.advance(MINUTE);
    page.hide();
  }, [[0, 20]]],
  ["a page opened in the background and never seen", { visible: false, focused: false },
    (page) => {
      page.advance(MINUTE);
      page.dispatch("pagehide");
    }, []],
  ["a page opened in the background, seen later", { visible: false }, (page) => {
    page.advance(MINUTE);
    page.show();
    page.advance(4000);
    page.hide();
  }, [[4000, 20]]],
  ["the deepest place counts, not the last", {}, (page) => {
    page.scrollTo(2000);
    page.scrollTo(0);
    page.advance(1000);
    page.hide();
  }, [[1000, 70]]],
  ["the bottom is 100 %, however far it bounces", {}, (page) => {
    page.scrollTo(3400);
    page.hide();
  }, [[0, 100]]],
  ["a page shorter than the window", { pageHeight: 600 }, (page) => page.hide(), [[0, 100]]],
  ["a page that grew while it loaded", { pageHeight: 1000 }, (page) => {
    page.document.documentElement.scrollHeight = 8000;
    page.hide();
  }, [[0, 10]]],
  ["long reading, told every ten minutes", {}, (page) => {
    for (let minute = 0; minute < 25; minute++) {
      page.advance(MINUTE);
      page.dispatch("keydown");
    }
    page.hide();
  }, [[10 * MINUTE, 20], [10 * MINUTE, 20], [5 * MINUTE, 20]]],
  ["a page left open with nobody there", {}, (page) => {
    page.advance(MINUTE);
    page.scrollTo(0);
    page.advance(600 * MINUTE);
    page.hide();
  }, [[10 * MINUTE, 20], [MINUTE, 20]]],
  ["a machine that sleeps with the page open", {}, (page) => {
    page.advance(MINUTE);
    page.dispatch("click");
    page.now += 600 * MINUTE; // no timer fires in a sleep
    page.dispatch("click");
    page.advance(MINUTE);
    page.hide();
  }, [[11 * MINUTE, 20], [MINUTE, 20]]],
  ["a clock set back", {}, (page) => {
    page.advance(5000);
    page.dispatch("click");
    page.now -= 60 * MINUTE;
    page.dispatch("click");
    page.advance(3000);
    page.hide();
  }, [[8000, 20]]],
];

for (const [name, options, act, expected] of visits) {
  test(name, () => {
    const page = openPage(options);
    act(page);
    const told = page.named("engagement").map((beacon) => [beacon.e, beacon.sd]);
    assert.deepEqual(told, expected);
  });
}

test("an engagement update is a beacon of its view, without the referrer", () => {
  const page = openPage({ referrer: "https://a.example/", webdriver: true });
  page.advance(1000);
  page.hide();
  const [{ r, k: first, ...view }, { k: second, ...update }] = page.beacons;
  assert.equal(r, "https://a.example/");
  assert.notEqual(first, second);
  assert.deepEqual(update, { ...view, n: "engagement", e: 1000, sd: 20 });
});
