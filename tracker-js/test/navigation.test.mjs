import assert from "node:assert/strict";
import { test } from "node:test";
import { openPage } from "../support/fake-browser.mjs";

const byHash = { attributes: { site: "shop.example", hash: "" } };
const SETTLED = 100;

/** Each case: what the page does after its load, and the addresses of all pageviews by the end. */
const journeys = [
  ["pushState to another path", {}, (page) => push(page, "/cart"), ["/", "/cart"]],
  ["replaceState to another path", {}, (page) => replace(page, "/cart"), ["/", "/cart"]],
  ["pushState to the same path", {}, (page) => push(page, "/"), ["/"]],
  ["pushState without an address", {}, (page) => push(page, undefined), ["/"]],
  ["a change of the query alone", {}, (page) => replace(page, "/?colour=red"), ["/"]],
  ["a change of the hash alone", {}, (page) => page.goBackTo("#reviews"), ["/"]],
  ["a change of the hash, with data-hash", byHash, (page) => page.goBackTo("#/cart"),
    ["/", "/#/cart"]],
  ["pushState of a hash, with data-hash", byHash, (page) => push(page, "#/cart"),
    ["/", "/#/cart"]],
  ["there and back", {}, (page) => {
    push(page, "/cart");
    page.goBackTo("/");
  }, ["/", "/cart", "/"]],
  ["a router that sends the visitor on at once", {}, (page) => {
    page.window.history.pushState({}, "", "/account");
    page.advance(20);
    replace(page, "/login");
  }, ["/", "/login"]],
  ["a router that kept the browser's own pushState for itself",
    { before: "var push = history.pushState;" }, (page) => {
      page.run("push({}, '', '/cart')");
      page.dispatch("scroll");
      page.advance(SETTLED);
    }, ["/", "/cart"]],
];

function push(page, url) {
  page.window.history.pushState({}, "", url);
  page.advance(SETTLED);
}

function replace(page, url) {
  page.window.history.replaceState({}, "", url);
  page.advance(SETTLED);
}

for (const [name, options, act, expected] of journeys) {
  test(`${name}: ${expected.length} pageviews`, () => {
    const page = openPage(options);
    act(page);
    page.advance(10 * SETTLED);
    const seen = page.named("pageview").map((beacon) => beacon.u);
    assert.deepEqual(seen, expected.map((path) => "https://shop.example" + path));
  });
}

test("a single-page view has no referrer: neither the first one again nor the page itself", () => {
  const page = openPage({ referrer: "https://www.google.com/" });
  push(page, "/cart");
  assert.deepEqual(page.named("pageview").map((beacon) => beacon.r),
    ["https://www.google.com/", undefined]);
});

test("a single-page view has the title that its router sets right after", () => {
  const page = openPage();
  page.window.history.pushState({}, "", "/cart");
  page.document.title = "Cart";
  page.advance(SETTLED);
  assert.equal(page.named("pageview")[1].t, "Cart");
});

test("engagement with the page before is told before the next pageview, of its own address", () => {
  const page = openPage();
  page.advance(1234);
  push(page, "/cart");
  assert.deepEqual(
    page.beacons.map((beacon) => [beacon.n, beacon.u, beacon.t, beacon.e]),
    [
      ["pageview", "https://shop.example/", "Home", undefined],
      ["engagement", "https://shop.example/", "Home", 1234],
      ["pageview", "https://shop.example/cart", "Home", undefined],
    ],
  );
});

test("time and depth of one page are not carried over to the next", () => {
  const page = openPage();
  page.scrollTo(3200);
  page.advance(10_000);
  page.window.history.pushState({}, "", "/cart");
  page.window.scrollY = 0;
  page.advance(SETTLED + 4000);
  page.hide();
  const [home, cart] = page.named("engagement");
  assert.deepEqual([home.e, home.sd], [10_000, 100]);
  assert.deepEqual([cart.e, cart.sd, cart.u], [4000, 20, "https://shop.example/cart"]);
});

for (const [how, leave, expected] of [
  // Hidden before it was there, it was never seen: there is no engagement to tell.
  ["hidden", (page) => page.hide(), ["pageview"]],
  ["left", (page) => page.dispatch("pagehide"), ["pageview", "engagement"]],
]) {
  test(`a page ${how} while it settles is counted`, () => {
    const page = openPage();
    page.window.history.pushState({}, "", "/cart");
    leave(page);
    page.advance(1000);
    const seen = page.beacons.filter((beacon) => beacon.u.endsWith("/cart"));
    assert.deepEqual(seen.map((beacon) => beacon.n), expected);
  });
}

test("an event on a page that settles comes after its pageview, and both once", () => {
  const page = openPage();
  page.window.history.pushState({}, "", "/cart");
  page.window.footfall("add_to_cart");
  page.advance(1000);
  assert.deepEqual(
    page.beacons.slice(2).map((beacon) => [beacon.n, beacon.u]),
    [
      ["pageview", "https://shop.example/cart"],
      ["add_to_cart", "https://shop.example/cart"],
    ],
  );
});

test("pushState gets what it was given, and its errors reach the page", () => {
  const page = openPage({
    before: `history.pushState = function (...given) {
      if (given[2] === "bad") throw new Error("SecurityError");
      window.pushed = [this === history, ...given];
    };`,
  });
  page.window.history.pushState({ a: 1 }, "title", "/cart");
  assert.deepEqual([...page.window.pushed], [true, { a: 1 }, "title", "/cart"]);
  assert.throws(() => page.window.history.pushState({}, "", "bad"), /SecurityError/);
});
