#!/usr/bin/env bash
# What a question costs with a long history, in ms of CPU, the start of the process included:
#
#   ROUNDS=9 DAYS=760 PAGES=2000 Benchmarks/query.sh [BINARY]
#
# One site, each of whose pages is viewed every day, imported from a log of DAYS days and aggregated;
# asked for the same tables after 1, 3, 12 and 25 months of history. Beside it the sqlite3 shell with
# one equivalent question to the same daily rows.
set -euo pipefail
cd "$(dirname "$0")/.."

# shellcheck source=Benchmarks/support/fold.sh
. Benchmarks/support/fold.sh

rounds=${ROUNDS:-9}
site=history.test
data=$work/data

milliseconds() { # TITLE NAME COMMAND…
    local title=$1 name=$2 _
    shift 2
    for _ in $(seq "$rounds"); do measure "$name" "$@"; done
    awk -v title="$title" -v cpu="$(cut -d' ' -f1 "$work/$name.figures" | median)" 'BEGIN {
        printf "%-56s %8.1f ms\n", title, cpu * 1000 }'
}

history() { # DAYS
    rm -rf "$data" "$work"/*.figures
    "$bench" history --day "$day" --days "$1" --pages "${PAGES:-2000}" "$work/history.log"
    "$binary" site add "$site" --timezone UTC --data "$data" >/dev/null 2>&1
    "$binary" import log "$site" "$work/history.log" --data "$data" >/dev/null 2>&1
    "$binary" aggregate --quiet --data "$data"
    rm "$work/history.log"
}

for days in 30 90 365 "${DAYS:-760}"; do
    history "$days"
    printf '\n%s days of history, %s pages a day: %s bytes a day\n' "$days" "${PAGES:-2000}" \
        $(($(stat -c %s "$data/footfall.sqlite") / days))
    milliseconds '12 months by page' page "$binary" query "$site" --period 12mo \
        --metrics visitors,pageviews --dimension page --limit 20 --data "$data"
    milliseconds '12 months by source' source "$binary" query "$site" --period 12mo \
        --metrics visitors,sessions --dimension source --limit 20 --data "$data"
    milliseconds 'the overview of 30 days' overview "$binary" dashboard "$site" --data "$data"
    milliseconds 'the overview of 12 months' year "$binary" dashboard "$site" --period 12mo \
        --data "$data"
done

first=$(($(date -u -d "$day" +%s) / 86400 - 364))
milliseconds "sqlite3, one year's daily rows by page" shell sqlite3 "$data/footfall.sqlite" "
    SELECT t.text, sum(r.visitors), sum(r.pageviews) AS views
    FROM rollup AS r JOIN term AS t ON t.id = r.term
    WHERE r.site = 1 AND r.day >= $first AND r.dimension = 22
    GROUP BY r.term ORDER BY views DESC LIMIT 20"
milliseconds 'the start alone (footfall --version)' start "$binary" --version
