#!/usr/bin/env bash
# Runs the suites and sums them up:
#
#     scripts/test.sh [--long] [SUITE…]
#
# Every suite runs, whatever the one before it did. The last line is `N passed, N failed`; the exit
# code is non-zero if anything failed. With CI=true a suite that can't run is a failure; elsewhere
# the table says that it was skipped, and why.
set -uo pipefail
cd "$(dirname "$0")/.." || exit
# shellcheck source=scripts/suites.sh
. scripts/suites.sh

total_passed=0
total_failed=0
rows=()

add_row() { # SUITE RESULT PASSED FAILED SECONDS
    rows+=("$(printf '%-18s %-8s %8s %8s %7ss' "$@")")
}

# The numbers of the last `N passed, N failed` in a suite's output; none when it has none.
counts_in() { # LOG
    sed -nE 's/^.*\b([0-9]+) passed, ([0-9]+) failed\b.*$/\1 \2/p' "$1" | tail -n 1
}

note_result() { # SUITE STATUS LOG SECONDS
    local suite=$1 status=$2 log=$3 seconds=$4 passed failed counts result=passed
    counts=$(counts_in "$log")
    read -r passed failed <<<"${counts:-0 0}"
    if [ "$status" -eq 77 ] && [ "${CI:-}" != true ]; then
        add_row "$suite" skipped - - "$seconds"
        rows+=("    $(tail -n 1 "$log")")
        return
    fi
    # A suite that failed without naming a test, or ran none at all, is a failure of its own.
    if [ "$failed" -eq 0 ] && { [ "$status" -ne 0 ] || [ "$passed" -eq 0 ]; }; then failed=1; fi
    if [ "$failed" -ne 0 ]; then result=FAILED; fi
    add_row "$suite" "$result" "$passed" "$failed" "$seconds"
    if [ "$status" -eq 77 ]; then rows+=("    $(tail -n 1 "$log")"); fi
    total_passed=$((total_passed + passed))
    total_failed=$((total_failed + failed))
}

run_suite() { # SUITE
    local suite=$1 log status started=$SECONDS
    log=$(mktemp)
    printf '\n== %s\n' "$suite"
    (set +e; "suite_$suite") </dev/null 2>&1 | tee "$log"
    status=${PIPESTATUS[0]}
    note_result "$suite" "$status" "$log" $((SECONDS - started))
    rm -f "$log"
}

main() {
    local suites=("${short_suites[@]}") suite
    if [ "${1:-}" = --long ]; then
        suites=("${long_suites[@]}")
        shift
    fi
    if [ $# -gt 0 ]; then suites=("$@"); fi
    for suite in "${suites[@]}"; do
        if ! declare -F "suite_$suite" >/dev/null; then
            echo "There is no suite '$suite'. There are: ${short_suites[*]} ${long_suites[*]}." >&2
            return 64
        fi
    done
    # What is missing is told here; the suites that need it then say that they can't run.
    scripts/install-test-needs.sh
    for suite in "${suites[@]}"; do run_suite "$suite"; done

    printf '\n%-18s %-8s %8s %8s %8s\n' suite result passed failed time
    printf '%s\n' "${rows[@]}"
    printf '%d passed, %d failed\n' "$total_passed" "$total_failed"
    [ "$total_failed" -eq 0 ]
}

main "$@"
