# shellcheck shell=bash disable=SC2034 # what is set here is used where it is read in
# What the benchmarks of folds and queries share: traffic, measuring, and the table's rows.
#
# Sets `binary`, the release binary's path, from the caller's first argument; `bench`, the program
# that makes traffic; `python` with DuckDB; `day`, yesterday; and `work`, a folder that goes at the end.

binary=${1:-.build/release/footfall}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for tool in goaccess sqlite3 python3; do
    command -v "$tool" >/dev/null || {
        echo "This benchmark needs $tool: apt-get install -y goaccess sqlite3 python3-venv" >&2
        exit 77
    }
done

swift build -c release --product TrafficBench >&2
bench="$(swift build -c release --show-bin-path)/TrafficBench"
day=$(date -u -d yesterday +%F)

# DuckDB, from PyPI, at the version that the figures in docs/performance.md are of.
venv=$PWD/.build/bench-venv
if [ ! -x "$venv/bin/python" ]; then
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet 'duckdb==2.0.0' >&2
fi
python=$venv/bin/python

traffic() { # NAME EVENTS SITES PAGES
    local log=()
    [ "$3" -ne 1 ] || log=(--log "$work/$1.log")
    "$bench" traffic --data "$work/$1" --day "$day" --events "$2" --visitors $(($2 / 5)) \
        --sites "$3" --pages "$4" "${log[@]}" >&2
}

# Notes what a command took: `CPU-seconds wall-seconds peak-MiB`.
measure() { # NAME COMMAND…
    local name=$1
    shift
    SWIFT_BACKTRACE=enable=no python3 Benchmarks/support/measure.py "$@" \
        >>"$work/$name.figures" 2>"$work/said" || {
        cat "$work/said" >&2
        return 1
    }
}

median() { sort -g | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

row() { # TITLE NAME COUNT
    local cpu wall peak
    cpu=$(cut -d' ' -f1 "$work/$2.figures" | median)
    wall=$(cut -d' ' -f2 "$work/$2.figures" | median)
    peak=$(cut -d' ' -f3 "$work/$2.figures" | median)
    awk -v title="$1" -v count="$3" -v cpu="$cpu" -v wall="$wall" -v peak="$peak" 'BEGIN {
        printf "%-34s %14d %9.2f %9.2f %9d\n", title, count / cpu, cpu, wall, peak }'
}

short() { # NUMBER
    if [ "$1" -ge 1000000 ]; then echo "$(($1 / 1000000)) M"; else echo "$(($1 / 1000)) k"; fi
}
