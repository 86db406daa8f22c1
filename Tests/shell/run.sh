#!/usr/bin/env bash
# Runs every shell test of this folder, or the named files; the last line is `N passed, N failed`.
# A test that can't run here is a failure with CI=true, and is told otherwise.
set -uo pipefail
cd "$(dirname "$0")" || exit

passed=0
failed=0

run_file() { # FILE
    local log status counts
    log=$(mktemp)
    echo "-- $1"
    "./$1" </dev/null 2>&1 | tee "$log"
    status=${PIPESTATUS[0]}
    counts=$(sed -nE 's/^([0-9]+) passed, ([0-9]+) failed$/\1 \2/p' "$log" | tail -n 1)
    rm -f "$log"
    if [ "$status" -eq 77 ] && [ "${CI:-}" != true ]; then
        echo "skipped: $1"
        return
    fi
    local file_passed=0 file_failed=0
    read -r file_passed file_failed <<<"${counts:-0 0}"
    # A file that ended before its last line, or had no check, has failed as a whole.
    if [ "$file_failed" -eq 0 ] && { [ "$status" -ne 0 ] || [ "$file_passed" -eq 0 ]; }; then
        file_failed=1
    fi
    passed=$((passed + file_passed))
    failed=$((failed + file_failed))
}

files=("$@")
if [ ${#files[@]} -eq 0 ]; then files=(*_test.sh); fi
for file in "${files[@]}"; do run_file "$file"; done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
