#!/usr/bin/env bash
# scripts/suites.sh reads the counts of Swift's and node's own runners truly.
. "$(dirname "$0")/harness.sh"

cd "$work" || exit
# shellcheck source=scripts/suites.sh
. "$root/scripts/suites.sh"

cat >tests.xml <<'XML'
<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite name="TestResults" errors="0" tests="4" failures="3" skipped="1" time="0.7">
    <testcase classname="A" name="good()" time="0.1" />
    <testcase classname="A" name="bad()" time="0.1">
      <failure message="one" />
      <failure message="two" />
    </testcase>
    <testcase classname="A" name="alsoBad()" time="0.1">
      <failure message="three" />
    </testcase>
    <testcase classname="A" name="left()" time="0.1">
      <skipped />
    </testcase>
    <testcase classname="A" name="fine()" time="0.1" />
  </testsuite>
</testsuites>
XML
check "a test with two issues is one failure, a skip is none" \
    is "$(swift_counts tests.xml)" "2 passed, 2 failed"

stand_in swift <<'SCRIPT'
if [ "$1" = build ]; then exit "${build_status:-0}"; fi
if [ -n "${sleeps:-}" ]; then exec sleep 60; fi
while [ $# -gt 0 ]; do
    if [ "$1" = --xunit-output ] && [ -n "${report:-}" ]; then cp "$report" "$2"; fi
    shift
done
exit "${swift_status:-0}"
SCRIPT
export report swift_status build_status sleeps
report=tests.xml swift_status=1
capture run_swift_tests 1m -c debug
check "swift: the counts are told" says "2 passed, 2 failed"
check "swift: its exit code is kept" is "$status" 1
report='' swift_status=139
capture run_swift_tests 1m -c debug
check "swift: a crash before any report is a failure" says "0 passed, 1 failed"
sleeps=yes
capture run_swift_tests 0.1s -c debug
check "swift: a test that waits for ever is ended" says "swift test was ended after 0.1s."
check "swift: and is a failure" test "$status" -ne 0
build_status=1 sleeps=''
capture run_swift_tests 1m -c debug
check "swift: a build that fails is a failure" is "$status" 1

mkdir -p tracker-js/test
cat >tracker-js/test/a.test.js <<'JS'
const test = require("node:test");
const assert = require("node:assert");
test("good", () => {});
test("bad", () => assert.equal(1, 2));
JS
if command -v node >/dev/null; then
    echo exit | stand_in esbuild
    capture suite_tracker
    check "node: the counts are told" is "$(tail -n 1 <<<"$output")" "1 passed, 1 failed"
    check "node: its exit code is kept" test "$status" -ne 0
else
    cannot_run "node isn't installed"
fi
rm tracker-js/test/a.test.js
capture suite_tracker
check "node: no test at all is a failure" is "$status" 1

(PATH=$stand_ins; require shoes) >"$work/output"
check "what is missing makes a suite say that it can't run" is "$?" 77

finish
