#!/usr/bin/env bash
# Beacons a second into a day's partition that holds 20 million events, beside an empty one, in
# turns. The rows are copies of real ones, spread over the day.
#
#   ROWS=20000000 ROUNDS=3 SECONDS_EACH=10 Benchmarks/ingest_large.sh [BINARY]
set -euo pipefail
cd "$(dirname "$0")/.."

# shellcheck source=Benchmarks/support/ingest.sh
. Benchmarks/support/ingest.sh

rows=${ROWS:-20000000}
add_site "$work/empty"
add_site "$work/large"
start_footfall "$work/large"
load "$footfall_port" "$footfall_pid" 5 >/dev/null
stop_footfall

fill() { # PARTITION
    sqlite3 "$1" >/dev/null <<SQL
PRAGMA synchronous = OFF;
PRAGMA journal_mode = MEMORY;
WITH RECURSIVE
    known(n) AS (SELECT max(seq) FROM event),
    number(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM number WHERE i < $rows)
INSERT INTO event
SELECT (SELECT n FROM known) + i, site, visitor, (i * 4) % 86400000, name, page, acquisition,
    profile, engaged_ms, scroll_depth, retry_key
FROM number JOIN event ON seq = 1 + i % (SELECT n FROM known);
UPDATE books SET count = (SELECT count(*) FROM event) WHERE reason = 'received';
SQL
}

began=$SECONDS
fill "$work"/large/events/*.sqlite
printf 'filled with %d events in %d s\n\n' "$(rows "$work/large")" $((SECONDS - began))

printf '%-10s %10s %8s %8s %10s %7s\n' '' 'requests/s' 'p50 ms' 'p99 ms' 'CPU µs' errors
for round in $(seq "${ROUNDS:-3}"); do
    for who in empty large; do
        start_footfall "$work/$who"
        read -r rate p50 p99 cpu errors _ < <(
            load "$footfall_port" "$footfall_pid" "${SECONDS_EACH:-10}")
        stop_footfall
        [ "$who" = large ] || rm -f "$work"/empty/events/*
        printf '%-10s %10s %8s %8s %10s %7s\n' "$who $round" "$rate" "$p50" "$p99" "$cpu" "$errors"
        echo "$rate" >>"$work/$who.rate"
    done
done
awk -v e="$(median <"$work/empty.rate")" -v l="$(median <"$work/large.rate")" 'BEGIN {
    printf "\nmedians: %d/s into the large partition, %d/s into an empty one: ratio %.2f\n", l, e, l / e }'
