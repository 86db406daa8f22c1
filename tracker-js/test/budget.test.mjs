import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { openPage } from "../support/fake-browser.mjs";

const BUDGET = 1000; // bytes, gzip -9
const source = fileURLToPath(new URL("../src/footfall.js", import.meta.url));

/** As the build does it. Without the tool the test is skipped on a desk and fails in CI. */
const missing = spawnSync("esbuild", ["--version"]).error !== undefined;
const skip = missing && process.env.CI !== "true" && "esbuild is not installed";
const minified = () =>
  execFileSync("esbuild", ["--minify", "--target=es2017", source], { encoding: "utf8" }).trim();

test(`minified and gzipped, the tracker is under ${BUDGET} bytes`, { skip }, (t) => {
  const size = gzipSync(minified(), { level: 9 }).length;
  t.diagnostic(`${size} bytes`);
  assert.ok(size < BUDGET, `${size} bytes`);
});

test("minified, the tracker still does its work", { skip }, () => {
  const page = openPage({ script: minified(), referrer: "https://www.google.com/" });
  page.scrollTo(1200);
  page.advance(5000);
  page.run(`footfall("signup", {plan: "pro"}, {interactive: false})`);
  page.window.history.pushState({}, "", "/cart");
  page.advance(1000);
  page.hide();
  assert.deepEqual(
    page.beacons.map((b) => [b.n, b.u.slice(20), b.r, b.e, b.sd, b.p?.plan, b.i]),
    [
      ["pageview", "/", "https://www.google.com/", undefined, undefined, undefined, undefined],
      ["signup", "/", undefined, undefined, undefined, "pro", false],
      ["engagement", "/", undefined, 5000, 50, undefined, undefined],
      ["pageview", "/cart", undefined, undefined, undefined, undefined, undefined],
      ["engagement", "/cart", undefined, 900, 50, undefined, undefined],
    ],
  );
});

test("minified, the tracker leaves no name behind but its own", { skip }, () => {
  const page = openPage({ script: "" });
  const before = new Set(page.run("Object.getOwnPropertyNames(globalThis)"));
  page.run(minified());
  const added = [...page.run("Object.getOwnPropertyNames(globalThis)")];
  assert.deepEqual(added.filter((name) => !before.has(name)), ["footfall"]);
});
