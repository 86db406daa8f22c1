# shellcheck shell=bash
# The suites of `make test` and `make test-long`, one function each; scripts/test.sh runs them.
#
# A suite says on its last line how many tests passed and failed, as `N passed, N failed`. It
# returns 0 when all is well, 77 when it can't run here (its last line then says why), and anything
# else when it failed. It reads no standard input.

# shellcheck disable=SC2034 # read by test.sh
short_suites=(swift tracker shell fuzz acceptance journey)
# shellcheck disable=SC2034 # read by test.sh
long_suites=(
    swift_long swift_threads swift_addresses tracker shell fuzz_long acceptance_long journey
)

# Which build `swift test` uses. Debug keeps the assertions; release shares the build of `make run`.
test_configuration=${FOOTFALL_TEST_CONFIGURATION:-debug}

# Seeds a property test runs in `make test-long`; in `make test` each has its own small number.
long_seeds=${FOOTFALL_SEEDS:-1000}

cannot_run() { # WHY
    echo "$1"
    return 77
}

require() { # COMMAND…
    local name
    for name in "$@"; do
        command -v "$name" >/dev/null 2>&1 || cannot_run "$name isn't installed" || return
    done
}

# The release binary's path, built if need be.
release_binary() {
    swift build -c release --product footfall >&2 || return
    echo "$(swift build -c release --show-bin-path)/footfall"
}

# Counts from the file that `swift test --xunit-output` writes for Swift Testing.
swift_counts() { # XUNIT
    awk '
        /<testcase / { cases++; failed = 0; if ($0 ~ /\/>/) next; inside = 1 }
        inside && /<skipped/ { skipped++ }
        inside && /<failure/ && !failed { failed = 1; failures++ }
        /<\/testcase>/ { inside = 0 }
        END { printf "%d passed, %d failed\n", cases - failures - skipped, failures }' "$1"
}

# Built first and without a limit, as a cold build takes what it takes; the tests then have one, so
# that one that waits for ever is a failure that is told, not a run that somebody has to end.
run_swift_tests() { # LIMIT OPTION…
    local limit=$1 folder xunit status=0
    shift
    require swift || return
    swift build --build-tests "$@" || return 1
    folder=$(mktemp -d)
    # KILL, and the whole group: the tests' process does not heed TERM.
    SWIFT_BACKTRACE=enable=no timeout --signal=KILL "$limit" swift test --skip-build \
        --disable-xctest --xunit-output "$folder/tests.xml" "$@" || status=$?
    if [ "$status" -eq 137 ]; then echo "swift test was ended after $limit."; fi
    for xunit in "$folder"/*.xml; do
        if [ -e "$xunit" ]; then
            swift_counts "$xunit"
        else
            echo "0 passed, 1 failed"
        fi
    done
    rm -rf "$folder"
    return "$status"
}

suite_swift() { run_swift_tests 15m -c "$test_configuration"; }

# Optimized, as a thousand seeds take hours otherwise; in a folder of its own, as all is built to be
# looked into.
suite_swift_long() {
    FOOTFALL_SEEDS=$long_seeds run_swift_tests 2h -c release -Xswiftc -enable-testing \
        --scratch-path .build/tested-release
}

# A sanitizer changes every object file, hence folders of their own.
suite_swift_threads() {
    TSAN_OPTIONS="suppressions=$PWD/Tests/thread-sanitizer.txt" run_swift_tests 2h --sanitize=thread --scratch-path .build/thread-sanitizer
}

# What a process holds until its end is no leak that anybody would miss, and fails the build's tools.
suite_swift_addresses() {
    ASAN_OPTIONS=detect_leaks=0 run_swift_tests 2h --sanitize=address --scratch-path .build/address-sanitizer
}

suite_tracker() {
    require node esbuild || return
    local files log status=0
    files=$(find tracker-js/test -name '*.test.*js' | sort)
    [ -n "$files" ] || { echo "tracker-js/test holds no *.test.js"; return 1; }
    log=$(mktemp)
    # shellcheck disable=SC2086 # one name a word: none of ours holds a space
    node --test --test-reporter=spec $files | tee "$log" || status=$?
    awk '$2 == "pass" { passed = $3 } $2 == "fail" { failed = $3 }
        END { printf "%d passed, %d failed\n", passed, failed }' "$log"
    rm -f "$log"
    return "$status"
}

# Without a binary the tests that need one say so, and the others run.
suite_shell() {
    FOOTFALL_BINARY=$(release_binary) || FOOTFALL_BINARY=
    export FOOTFALL_BINARY
    Tests/shell/run.sh
}

# The same inputs each time: what `make test` says of a change is about the change.
suite_fuzz() { require swift && SEED=1 scripts/fuzz.sh; }

suite_fuzz_long() { require swift && RUNS=${FOOTFALL_FUZZ_RUNS:-10000000} scripts/fuzz.sh; }

run_acceptance() { # OPTION…
    local footfall
    require swift python3 sqlite3 strace || return
    footfall=$(release_binary) || return 1
    SWIFT_BACKTRACE=enable=no PYTHONUNBUFFERED=1 python3 Tests/acceptance/run.py "$footfall" "$@"
}

suite_acceptance() { run_acceptance; }

suite_acceptance_long() { run_acceptance --long; }

suite_journey() {
    local footfall
    require swift python3 chromium || return
    footfall=$(release_binary) || return 1
    SWIFT_BACKTRACE=enable=no PYTHONUNBUFFERED=1 Tests/journey/run.sh "$footfall"
}
