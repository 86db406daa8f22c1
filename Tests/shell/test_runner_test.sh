#!/usr/bin/env bash
# scripts/test.sh runs every suite, sums up truly, and takes no skip for a pass in CI.
. "$(dirname "$0")/harness.sh"

copy_of_scripts
cd "$work/tree" || exit
printf '#!/bin/sh\n' >scripts/install-test-needs.sh
cat >scripts/suites.sh <<'SUITES'
short_suites=(good bad)
long_suites=(good absent)
suite_good() { echo "working"; echo "7 passed, 0 failed"; }
suite_bad() { echo "1 passed, 0 failed"; echo "5 passed, 2 failed"; return 1; }
suite_absent() { echo "the moon isn't installed"; return 77; }
suite_crash() { echo "4 passed, 0 failed"; return 139; }
suite_empty() { echo "0 passed, 0 failed"; }
suite_mute() { :; }
suite_reader() { cat; echo "1 passed, 0 failed"; }
SUITES

run() { capture scripts/test.sh "$@"; }
last_line() { tail -n 1 "$work/output"; }
row() { grep -E "^$1 " "$work/output" | tr -s ' ' | cut -d ' ' -f 2-4; }

run bad good
check "a suite after one that failed runs" is "$(row good)" "passed 7 0"
check "a suite's last sum counts" is "$(row bad)" "FAILED 5 2"
check "the last line sums up" is "$(last_line)" "12 passed, 2 failed"
check "a failure is the exit code" is "$status" 1

run good
check "all well: exit code 0" is "$status" 0
check "all well: the last line" is "$(last_line)" "7 passed, 0 failed"

run
check "without names, the short suites" is "$(row bad)" "FAILED 5 2"
run --long
check "--long: the long suites" is "$(row absent)" "skipped - -"
check "a skip says why" says "    the moon isn't installed"
check "a skip elsewhere is no failure" is "$status" 0

CI=true run good absent
check "a skip in CI is a failure" is "$(row absent)" "FAILED 0 1"
check "a skip in CI counts" is "$(last_line)" "7 passed, 1 failed"
check "a skip in CI is the exit code" is "$status" 1

run crash
check "a crash after good news is a failure" is "$(last_line)" "4 passed, 1 failed"
run empty
check "a suite without a test is a failure" is "$(last_line)" "0 passed, 1 failed"
run mute
check "a suite that says nothing is a failure" is "$(last_line)" "0 passed, 1 failed"
run reader
check "a suite has no standard input to wait for" is "$(last_line)" "1 passed, 0 failed"
run good shoes
check "no such suite: a usage error, nothing is run" is "$status" 64

finish
