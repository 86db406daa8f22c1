#!/usr/bin/env bash
# Events folded a second and core, beside DuckDB and GoAccess on the same traffic:
#
#   ROUNDS=3 EVENTS=1000000 Benchmarks/fold.sh [BINARY]
#
# Traffic of one day, seeded: EVENTS and ten times as many on one site (2,000 pages, 50 sources, a
# fifth as many visitors), and ten times as many shared by 500 sites. `aggregate` folds all
# dimensions and writes the rollups; "totals" is the same without dimensions, nothing written. DuckDB
# finds sessions and tells four of their values and pages apart, on one thread; GoAccess reads the
# pageviews as a log, as `import log` does. CPU time counts; medians.
set -euo pipefail
cd "$(dirname "$0")/.."

# shellcheck source=Benchmarks/support/fold.sh
. Benchmarks/support/fold.sh

events=${EVENTS:-1000000}
rounds=${ROUNDS:-3}

fold_of() { # NAME EVENTS SITES
    local name=$1 count=$2 sites=$3 pages=2000
    [ "$sites" -eq 1 ] || pages=200
    traffic "$name" "$count" "$sites" "$pages"
    for _ in $(seq "$rounds"); do
        rm -rf "$work/copy"
        cp -r "$work/$name" "$work/copy"
        measure "$name.whole" "$binary" aggregate --quiet --data "$work/copy"
        measure "$name.totals" "$bench" totals --data "$work/$name" --day "$day"
    done
    row "$name, all dimensions" "$name.whole" "$count" events
    row "$name, totals alone" "$name.totals" "$count" events
}

printf '%-34s %14s %9s %9s %9s\n' '' 'a second, core' 'CPU s' 'wall s' 'peak MiB'
fold_of "$(short "$events")" "$events" 1
fold_of "$(short $((events * 10)))" $((events * 10)) 1
fold_of "$(short $((events * 10))) of 500 sites" $((events * 10)) 500

small=$(short "$events")
"$python" Benchmarks/support/duck.py load "$work/$small/events/$day.sqlite" "$work/duck.db"
for _ in $(seq "$rounds"); do
    read -r cpu peak sessions < <("$python" Benchmarks/support/duck.py fold "$work/duck.db")
    echo "$cpu $cpu $peak" >>"$work/duck.figures"
done
row "DuckDB, 5 tables, $sessions sessions" duck "$events" events

lines=$(wc -l <"$work/$small.log")
for _ in $(seq "$rounds"); do
    rm -rf "$work/copy"
    "$binary" site add site0.test --timezone UTC --data "$work/copy" >/dev/null 2>&1
    measure import "$binary" import log site0.test "$work/$small.log" --data "$work/copy"
    measure goaccess goaccess "$work/$small.log" --log-format=COMBINED --no-progress \
        --output "$work/report.json"
done
row "import log, $lines lines" import "$lines" lines
row 'GoAccess, the same' goaccess "$lines" lines
