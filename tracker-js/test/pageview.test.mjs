import assert from "node:assert/strict";
import { test } from "node:test";
import { openPage } from "../support/fake-browser.mjs";

/** What each case opens, and what its one pageview must hold; `undefined` means: no such key. */
const loads = [
  ["tells address, site, title, time zone and width", {}, {
    n: "pageview", u: "https://shop.example/", d: "shop.example", t: "Home",
    tz: "Europe/Riga", w: 1280, h: 0,
  }],
  ["sends the query, which the collector cleans",
    { url: "https://shop.example/a?utm_source=x&q=1" },
    { u: "https://shop.example/a?utm_source=x&q=1" }],
  ["tells the referrer", { referrer: "https://www.google.com/" },
    { r: "https://www.google.com/" }],
  ["has no referrer where there is none", {}, { r: undefined }],
  ["leaves the fragment on the page", { url: "https://shop.example/a#token=secret" },
    { u: "https://shop.example/a", h: 0 }],
  ["sends the fragment with data-hash",
    { url: "https://shop.example/#/cart", attributes: { site: "shop.example", hash: "" } },
    { u: "https://shop.example/#/cart", h: 1 }],
  ["leaves the site to the address without data-site", { attributes: {} }, { d: undefined }],
  ["passes several sites on", { attributes: { site: "a.example,b.example" } },
    { d: "a.example,b.example" }],
  ["cuts an address at 2,000", { url: "https://shop.example/?" + "x".repeat(3000) },
    { u: "https://shop.example/?" + "x".repeat(2000 - 22) }],
  ["cuts a title at 300", { title: "x".repeat(400) }, { t: "x".repeat(300) }],
  ["cuts a title between characters", { title: "x".repeat(299) + "🛒🛒" },
    { t: "x".repeat(299) + "🛒" }],
  ["says nothing of webdriver in a person's browser", { webdriver: false }, { wd: undefined }],
  ["says nothing of webdriver where it is unknown", { webdriver: undefined }, { wd: undefined }],
  ["owns up to webdriver", { webdriver: true }, { wd: 1 }],
  ["counts a page opened in the background", { visible: false, focused: false },
    { n: "pageview" }],
  ["counts a page on a machine's own address", { url: "http://127.0.0.1:8080/demo/" },
    { u: "http://127.0.0.1:8080/demo/" }],
];

for (const [promise, options, expected] of loads) {
  test(`a load ${promise}`, () => {
    const page = openPage(options);
    assert.equal(page.beacons.length, 1);
    for (const [key, value] of Object.entries(expected)) {
      assert.deepEqual(page.beacons[0][key], value, key);
    }
  });
}

for (const url of ["file:///home/me/page.html", "about:blank", "data:text/html,hello"]) {
  test(`nothing is sent from ${url}`, () => {
    const page = openPage({ url });
    page.window.footfall("signup");
    page.advance(5000);
    page.scrollTo(500);
    page.hide();
    page.dispatch("pagehide");
    assert.deepEqual(page.beacons, []);
  });
}

const collectors = [
  ["the script's origin", {}, "https://stats.example/api/event"],
  ["the script's origin, whatever its path", { src: "https://cdn.example:8443/a/b.js?v=2" },
    "https://cdn.example:8443/api/event"],
  ["data-api", { attributes: { api: "https://shop.example/s/e" } }, "https://shop.example/s/e"],
];
for (const [name, options, expected] of collectors) {
  test(`beacons go to ${name}`, () => {
    assert.equal(openPage(options).requests[0].url, expected);
  });
}

test("each beacon has a random number of its own", () => {
  const page = openPage();
  for (let i = 0; i < 50; i++) page.window.footfall("press");
  const numbers = page.beacons.map((beacon) => beacon.k);
  assert.ok(numbers.every((k) => Number.isSafeInteger(k) && k >= 0));
  assert.equal(new Set(numbers).size, 51);
});

test("a prerendered page counts when it is activated, and not before", () => {
  const page = openPage({ prerendering: true, visible: false, referrer: "https://a.example/" });
  page.window.footfall("shown", { by: "page" });
  page.advance(60_000);
  page.scrollTo(10);
  assert.deepEqual(page.beacons, []);

  page.document.prerendering = false;
  page.document.hidden = false;
  page.dispatch("prerenderingchange");
  assert.deepEqual(page.beacons.map((beacon) => beacon.n), ["pageview", "shown"]);
  assert.equal(page.beacons[0].r, "https://a.example/");

  page.advance(4000);
  page.hide();
  assert.equal(page.named("engagement")[0].e, 4000);
});

test("a prerendered page that nobody visits counts for nothing", () => {
  const page = openPage({ prerendering: true, visible: false });
  page.dispatch("pagehide");
  assert.deepEqual(page.beacons, []);
});

test("a page restored from the back/forward cache counts again, without its referrer", () => {
  const page = openPage({ referrer: "https://www.google.com/" });
  page.dispatch("pageshow", { persisted: false });
  assert.equal(page.named("pageview").length, 1);

  page.dispatch("pagehide", { persisted: true });
  page.hide();
  page.advance(3_600_000);
  page.document.hidden = false;
  page.dispatch("pageshow", { persisted: true });
  page.dispatch("visibilitychange");
  const views = page.named("pageview");
  assert.equal(views.length, 2);
  assert.equal(views[0].r, "https://www.google.com/");
  assert.equal("r" in views[1], false);

  page.advance(3000);
  page.hide();
  const engaged = page.named("engagement").map((beacon) => beacon.e);
  assert.deepEqual(engaged, [0, 3000], "the hour in the cache is nobody's");
});
