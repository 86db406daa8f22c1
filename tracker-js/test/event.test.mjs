import assert from "node:assert/strict";
import { test } from "node:test";
import { openPage } from "../support/fake-browser.mjs";

const STUB =
  "window.footfall = window.footfall || function () " +
  "{ (footfall.q = footfall.q || []).push(arguments) };";

/** Each case: a call, and the keys of its beacon; `undefined` means: no such key. */
const calls = [
  ["a name alone", `footfall("signup")`,
    { n: "signup", u: "https://shop.example/", d: "shop.example", tz: "Europe/Riga",
      p: undefined, $: undefined, i: undefined, r: undefined }],
  ["properties", `footfall("signup", {plan: "pro", seats: 3, trial: true})`,
    { n: "signup", p: { plan: "pro", seats: 3, trial: true } }],
  ["a property called like ours", `footfall("bid", {revenue: "high", interactive: "no"})`,
    { p: { revenue: "high", interactive: "no" }, $: undefined, i: undefined }],
  ["revenue", `footfall("order", {}, {revenue: {currency: "EUR", amount: "49.90"}})`,
    { n: "order", p: {}, $: { currency: "EUR", amount: "49.90" } }],
  ["an event that ends no bounce", `footfall("shown", undefined, {interactive: false})`,
    { n: "shown", p: undefined, i: false }],
  ["another view of the same address", `footfall("pageview", {step: "2"})`,
    { n: "pageview", u: "https://shop.example/", p: { step: "2" } }],
];

for (const [name, call, expected] of calls) {
  for (const [moment, options] of [
    ["after the tracker", {}],
    ["before it, through the stub", { before: STUB + call }],
  ]) {
    test(`${name}, ${moment}`, () => {
      const page = openPage(options);
      if (!options.before) page.run(call);
      assert.equal(page.beacons.length, 2);
      assert.equal(page.beacons[0].n, "pageview");
      for (const [key, value] of Object.entries(expected)) {
        assert.deepEqual(page.beacons[1][key], value, key);
      }
    });
  }
}

test("calls made before the tracker keep their order, and the pageview stays first", () => {
  const page = openPage({ before: `${STUB} footfall("a"); footfall("b", {x: 1});` });
  page.run(`footfall("c")`);
  assert.deepEqual(page.beacons.map((beacon) => beacon.n), ["pageview", "a", "b", "c"]);
});

test("the stub leaves a loaded tracker alone", () => {
  const page = openPage();
  page.run(`${STUB} footfall("late")`);
  assert.equal(page.named("late").length, 1);
});

test("an event carries the address of the view it belongs to", () => {
  const page = openPage();
  page.window.history.pushState({}, "", "/cart");
  page.advance(1000);
  page.run(`footfall("order")`);
  assert.equal(page.named("order")[0].u, "https://shop.example/cart");
});
