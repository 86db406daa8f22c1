#!/usr/bin/env bash
# Runs the benchmarks of Benchmarks/, all or the named ones, each with the release binary's path as
# its first argument:
#
#     scripts/bench.sh [NAME…]        NAME is a file Benchmarks/NAME.sh
set -euo pipefail
cd "$(dirname "$0")/.."

benchmarks=()
if [ $# -eq 0 ]; then
    for file in Benchmarks/*.sh; do
        if [ -x "$file" ]; then benchmarks+=("$file"); fi
    done
fi
for name in "$@"; do
    if [ ! -x "Benchmarks/$name.sh" ]; then
        echo "There is no benchmark '$name': Benchmarks/$name.sh isn't there, or can't be run." >&2
        exit 64
    fi
    benchmarks+=("Benchmarks/$name.sh")
done
if [ ${#benchmarks[@]} -eq 0 ]; then
    echo "Benchmarks/ holds no script that can be run." >&2
    exit 1
fi

scripts/install-needs.sh run bench
swift build -c release --product footfall >&2
footfall="$(swift build -c release --show-bin-path)/footfall"

failed=()
for file in "${benchmarks[@]}"; do
    printf '\n== %s\n' "$file"
    SWIFT_BACKTRACE=enable=no "$file" "$footfall" || failed+=("$file")
done
if [ ${#failed[@]} -gt 0 ]; then
    printf '\nFailed: %s\n' "${failed[*]}"
    exit 1
fi
