import assert from "node:assert/strict";
import { test } from "node:test";
import { openPage } from "../support/fake-browser.mjs";

test("a beacon is a plain-text POST that outlives its page and carries no cookie", () => {
  const [request] = openPage().requests;
  assert.equal(request.way, "fetch");
  assert.equal(request.method, "POST");
  assert.equal(request.keepalive, true);
  assert.equal(request.credentials, "omit");
  // A string body without a header of its own goes as text/plain, so there is no preflight.
  assert.equal(typeof request.body, "string");
  assert.equal(request.headers, undefined);
});

/** Each case: how fetch and sendBeacon behave, and the way on which the pageview arrives. */
const failures = [
  ["works", "works", ["fetch"]],
  ["rejects", "works", ["sendBeacon"]],
  ["throws", "works", ["sendBeacon"]],
  ["missing", "works", ["sendBeacon"]],
  ["returns nothing", "works", []],
  ["rejects", "refuses", []],
  ["rejects", "throws", []],
  ["throws", "missing", []],
  ["missing", "missing", []],
];

for (const [fetch, sendBeacon, arrives] of failures) {
  test(`fetch ${fetch}, sendBeacon ${sendBeacon}: silence`, async () => {
    const page = openPage({ fetch, sendBeacon });
    page.window.footfall("signup", { plan: "pro" });
    page.scrollTo(100);
    page.window.history.pushState({}, "", "/cart");
    page.advance(1000);
    page.hide();
    page.dispatch("pagehide");
    await page.settled(); // a rejection that nobody handled would fail this test

    const ways = page.requests.filter((request) => !request.failed).map((request) => request.way);
    assert.deepEqual([...new Set(ways)], arrives);
    assert.equal(page.named("pageview").length, arrives.length ? 2 : 0);
    assert.deepEqual(page.touched, []);
  });
}

test("what is sent the second way is the same beacon, number and all", async () => {
  const page = openPage({ fetch: "rejects" });
  await page.settled();
  const [first, second] = page.requests;
  assert.equal(first.failed, true);
  assert.equal(second.way, "sendBeacon");
  assert.equal(second.body, first.body);
});
