#!/usr/bin/env bash
# Beacons a second, beside nginx that answers 202 and writes nothing: the same wrk script, the same
# machine, in turns; first over connections that stay, then with one for each request
# (`Connection: close`). Prints a row a round, and the medians.
#
#   ROUNDS=3 SECONDS_EACH=15 CONNECTIONS=64 Benchmarks/ingest.sh [BINARY]
set -euo pipefail
cd "$(dirname "$0")/.."

# shellcheck source=Benchmarks/support/ingest.sh
. Benchmarks/support/ingest.sh

answered=0

rounds_of() { # MODE
    local mode=$1 round who port pid rate p50 p99 cpu errors requests
    printf '\n%-10s %10s %8s %8s %10s %7s\n' "$mode" 'requests/s' 'p50 ms' 'p99 ms' 'CPU µs' errors
    for round in $(seq "${ROUNDS:-3}"); do
        for who in nginx footfall; do
            if [ "$who" = nginx ]; then
                port=$nginx_port pid=$nginx_pid
            else
                port=$footfall_port pid=$footfall_pid
            fi
            read -r rate p50 p99 cpu errors requests < <(load "$port" "$pid" "${SECONDS_EACH:-15}")
            printf '%-10s %10s %8s %8s %10s %7s\n' \
                "$who $round" "$rate" "$p50" "$p99" "$cpu" "$errors"
            echo "$rate" >>"$work/$mode.$who.rate"
            echo "$cpu" >>"$work/$mode.$who.cpu"
            echo "$p99" >>"$work/$mode.$who.p99"
            [ "$who" = nginx ] || answered=$((answered + requests))
        done
    done
    awk -v mode="$mode" \
        -v n="$(median <"$work/$mode.nginx.rate")" -v f="$(median <"$work/$mode.footfall.rate")" \
        -v nc="$(median <"$work/$mode.nginx.cpu")" -v fc="$(median <"$work/$mode.footfall.cpu")" \
        -v p="$(median <"$work/$mode.footfall.p99")" 'BEGIN {
            printf "medians, %s: footfall %d/s, nginx %d/s, ratio %.2f; ", mode, f, n, f / n
            printf "CPU %.1f µs against %.1f µs; p99 %.2f ms\n", fc, nc, p }'
}

start_nginx
add_site "$work/data"
start_footfall "$work/data"
FOOTFALL_BENCH_CLOSE=0 rounds_of keep-alive
FOOTFALL_BENCH_CLOSE=1 rounds_of close
peak=$(memory VmHWM)
stop_footfall

stored=$(rows "$work/data")
received=$(sqlite3 "$work"/data/events/*.sqlite \
    "SELECT sum(count) FROM books WHERE reason = 'received'")
bytes=$(cat "$work"/data/events/*.sqlite | wc -c)
# wrk leaves the last request of each connection unanswered when its time is over.
awk -v m="$peak" -v s="$stored" -v b="$bytes" -v a="$answered" -v r="$received" 'BEGIN {
    printf "\npeak memory %d MiB; %d answered, %d received, %d stored; ", m, a, r, s
    printf "%.1f bytes on disk an event\n", b / s }'
if [ "$stored" -lt "$answered" ] || [ "$stored" -ne "$received" ]; then
    echo "Beacons that were answered are not stored, or the books do not balance." >&2
    exit 1
fi
