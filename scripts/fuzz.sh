#!/usr/bin/env bash
# Feeds libFuzzer's inputs to the product's parsers (Tests/Fuzz):
#
#     scripts/fuzz.sh [TARGET…]        targets: beacon, address, log, client, request; all when none
#
# RUNS is how many inputs each gets (10,000,000). Inputs that reach new code are kept in
# .build/fuzz/corpus, one that breaks a property in .build/fuzz. With SEED the same inputs are made
# up each time, from those of Tests/Fuzz/corpus alone: without RUNS about a minute's. The last line is `N passed, N failed`, a target each; exit codes: 0 all hold, 1 not, 77 when this
# toolchain has no libFuzzer.
set -uo pipefail
cd "$(dirname "$0")/.." || exit

build=$PWD/.build/fuzz
all_targets=(beacon address log client request)
# A fifth of a minute's each, on one core of 2.5 GHz.
declare -A minute_runs=([beacon]=700000 [address]=50000 [log]=250000 [client]=300000 [request]=600000)

has_runtime() {
    local resources
    resources=$(swift -print-target-info 2>/dev/null |
        sed -nE 's/.*"runtimeResourcePath": "(.*)".*/\1/p')
    compgen -G "$resources/clang/lib/*/libclang_rt.fuzzer*" >/dev/null ||
        compgen -G "$(dirname "$resources")/clang/*/lib/*/libclang_rt.fuzzer*" >/dev/null
}

fuzz() { # TARGET
    local log status corpus=$build/corpus/$1 seed=0 runs=${RUNS:-10000000}
    log=$(mktemp)
    if [ -n "${SEED:-}" ]; then
        corpus=$(mktemp -d)
        seed=$SEED
        runs=${RUNS:-${minute_runs[$1]}}
    fi
    mkdir -p "$corpus"
    # A crash's own report would stand in the way of libFuzzer's, which keeps the input. Hashes of
    # one seed take one way through a dictionary.
    SWIFT_BACKTRACE=enable=no SWIFT_DETERMINISTIC_HASHING="${SEED:+1}" \
        "$build/release/fuzz" "$1" -seed="$seed" -runs="$runs" -max_len=2048 \
        -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 -artifact_prefix="$build/$1-" \
        "$corpus" "Tests/Fuzz/corpus/$1" >"$log" 2>&1
    status=$?
    [ -z "${SEED:-}" ] || rm -rf "$corpus"
    if [ "$status" -ne 0 ]; then
        echo "FAILED $1:"
        # Swift's message and libFuzzer's lines, without those of its progress.
        grep -E 'Fatal error' "$log"
        grep -vE '^ *#[0-9]+' "$log" | tail -n 8
    fi
    awk -v target="$1" '
        /number_of_executed_units/ { runs = $2 }
        /average_exec_per_sec/ { speed = $2 }
        END { printf "%-8s %10d inputs, %d a second\n", target, runs, speed }' "$log"
    rm -f "$log"
    return "$status"
}

main() {
    local targets=("$@") target passed=0 failed=0
    [ $# -gt 0 ] || targets=("${all_targets[@]}")
    for target in "${targets[@]}"; do
        if [[ " ${all_targets[*]} " != *" $target "* ]]; then
            echo "There is no target '$target': ${all_targets[*]}." >&2
            return 64
        fi
    done
    if ! has_runtime; then
        echo "this Swift has no libFuzzer"
        return 77
    fi
    # Without SwiftPM's warnings of each file of a target's folder that isn't fuzzed.
    swift build -c release --package-path Tests/Fuzz --scratch-path "$build" 2>&1 |
        grep -vE '^warning: .* unhandled|^    /.*/Tests/Fuzz/Product/' >&2
    [ "${PIPESTATUS[0]}" -eq 0 ] || return 1
    for target in "${targets[@]}"; do
        if fuzz "$target"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
    done
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
}

main "$@"
