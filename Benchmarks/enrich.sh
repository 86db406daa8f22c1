#!/usr/bin/env bash
# What the recognition of a beacon costs: page, source, client, bot and place, known and never seen,
# in microseconds of CPU; also with a database of places by addresses and lists of networks and spam;
# beside it ua-parser (uap-core's expressions, Python) on the same user agents.
#
#   ROUNDS=3 BEACONS=100000 Benchmarks/enrich.sh [BINARY]
set -euo pipefail
cd "$(dirname "$0")/.."

# shellcheck source=Benchmarks/support/fold.sh
. Benchmarks/support/fold.sh
"$venv/bin/pip" install --quiet 'ua-parser==1.0.2' 'ua-parser-builtins==202610' >&2

# Some 256 places, each with many networks, as GeoLite2-City has them.
PYTHONPATH=Tests/acceptance "$python" - "$work/places.mmdb" <<'PLACES'
import sys
from support import mmdb
mmdb.write(sys.argv[1], {
    f"81.198.{number}.0/24": mmdb.place("LV", f"Novads {number // 8}", f"Pilsēta {number}")
    for number in range(256)})
PLACES

beacons=${BEACONS:-100000}
rounds=${ROUNDS:-3}
for _ in $(seq "$rounds"); do
    "$bench" enrich --beacons "$beacons" --agents "$work/agents" --places "$work/places.mmdb" \
        >>"$work/enrich"
    head -n 2000 "$work/agents" >"$work/some"
    echo "ua-parser	$("$python" Benchmarks/support/agents.py "$work/some")" >>"$work/enrich"
done
printf '%-28s %12s\n' '' 'µs a beacon'
cut -f1 "$work/enrich" | awk '!seen[$0]++' | while read -r kind; do
    printf '%-28s %12s\n' "$kind" "$(awk -F'\t' -v kind="$kind" '$1 == kind { print $2 }' "$work/enrich" | median)"
done
