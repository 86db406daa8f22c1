#!/usr/bin/env bash
# Memory of a collector under ten minutes of load: what it holds after each tenth, and its peak.
#
#   SECONDS_EACH=60 Benchmarks/ingest_soak.sh [BINARY]
set -euo pipefail
cd "$(dirname "$0")/.."

# shellcheck source=Benchmarks/support/ingest.sh
. Benchmarks/support/ingest.sh

seconds=${SECONDS_EACH:-60}
add_site "$work/data"
start_footfall "$work/data"
printf '%8s %12s %10s %10s\n' seconds beacons 'MiB held' 'MiB peak'
answered=0
for part in $(seq 10); do
    read -r _ _ _ _ _ requests < <(load "$footfall_port" "$footfall_pid" "$seconds")
    answered=$((answered + requests))
    printf '%8d %12d %10d %10d\n' $((part * seconds)) "$answered" \
        "$(memory VmRSS)" "$(memory VmHWM)"
done
stop_footfall
stored=$(rows "$work/data")
printf '\n%d answered, %d stored\n' "$answered" "$stored"
[ "$stored" -ge "$answered" ]
