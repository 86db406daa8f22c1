#!/usr/bin/env bash
# Beacons a second, beside nginx that answers 202 and writes nothing: the same wrk script, the same
# machine, in turns. Prints a row a round and the medians.
#
#   ROUNDS=3 SECONDS_EACH=15 CONNECTIONS=64 Benchmarks/ingest.sh
#   FOOTFALL_BENCH_CLOSE=1 …            each request on a connection of its own
set -euo pipefail
cd "$(dirname "$0")/.."

rounds=${ROUNDS:-3}
seconds=${SECONDS_EACH:-15}
connections=${CONNECTIONS:-64}
binary=${1:-.build/release/footfall}

for tool in wrk nginx sqlite3; do
    command -v "$tool" >/dev/null || {
        echo "bench-ingest needs $tool: apt-get install -y wrk nginx-light sqlite3" >&2
        exit 77
    }
done
[ -x "$binary" ] || swift build -c release --product footfall

work=$(mktemp -d)
nginx_pid='' footfall_pid=''
finish() {
    [ -z "$footfall_pid" ] || kill "$footfall_pid" 2>/dev/null || true
    [ -z "$nginx_pid" ] || kill "$nginx_pid" 2>/dev/null || true
    wait || true
    rm -rf "$work"
}
trap finish EXIT

cat >"$work/nginx.conf" <<CONF
worker_processes 2;
daemon off;
pid $work/nginx.pid;
error_log $work/nginx.log crit;
events { worker_connections 4096; }
http {
    access_log off;
    keepalive_requests 100000000;
    client_body_temp_path $work/body; proxy_temp_path $work/proxy; fastcgi_temp_path $work/fastcgi;
    uwsgi_temp_path $work/uwsgi; scgi_temp_path $work/scgi;
    server { listen 127.0.0.1:18101 reuseport backlog=4096; location / { return 202; } }
}
CONF
chmod 755 "$work"
nginx -c "$work/nginx.conf" -p "$work" &
nginx_pid=$!

# The rate limit of a site is for floods; this is one on purpose.
export SWIFT_BACKTRACE=enable=no FOOTFALL_LOG_LEVEL=error FOOTFALL_LIMIT_EVENTS_PER_SITE=10000000
"$binary" site add bench.test --timezone UTC --data "$work/data" >/dev/null 2>&1
"$binary" serve --data "$work/data" --port 18102 --trusted-proxy 127.0.0.1 2>"$work/serve.log" &
footfall_pid=$!
for _ in $(seq 100); do
    curl -sf -o /dev/null http://127.0.0.1:18102/healthz && break
    sleep 0.1
done

# User and system time of a process and its children, in clock ticks.
ticks() {
    local pid total=0
    for pid in $1 $(pgrep -P "$1" || true); do
        total=$((total + $(awk '{ print $14 + $15 }' "/proc/$pid/stat")))
    done
    echo "$total"
}

load() { # PORT PID
    local before after out
    before=$(ticks "$2")
    out=$(wrk -t2 -c"$connections" -d"${seconds}s" --latency -s Benchmarks/support/beacons.lua \
        "http://127.0.0.1:$1/" | awk '/^RESULT/')
    after=$(ticks "$2")
    # requests/s, p50 ms, p99 ms, CPU µs a request, errors, requests
    echo "$out" | awk -v ticks=$((after - before)) -v hz="$(getconf CLK_TCK)" '{
        printf "%.0f %.2f %.2f %.1f %d %d\n", $2 / ($3 / 1e6), $4 / 1e3, $5 / 1e3,
            ticks / hz * 1e6 / $2, $6, $2 }'
}

median() { sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

printf '%-10s %10s %8s %8s %10s %7s\n' '' 'requests/s' 'p50 ms' 'p99 ms' 'CPU µs' 'errors'
answered=0
for round in $(seq "$rounds"); do
    for who in nginx footfall; do
        if [ "$who" = nginx ]; then port=18101 pid=$nginx_pid; else port=18102 pid=$footfall_pid; fi
        read -r rate p50 p99 cpu errors requests < <(load "$port" "$pid")
        printf '%-10s %10s %8s %8s %10s %7s\n' "$who $round" "$rate" "$p50" "$p99" "$cpu" "$errors"
        echo "$rate" >>"$work/$who.rate"
        echo "$cpu" >>"$work/$who.cpu"
        echo "$p99" >>"$work/$who.p99"
        [ "$who" = nginx ] || answered=$((answered + requests))
    done
done

peak=$(awk '/VmHWM/ { printf "%.0f", $2 / 1024 }' "/proc/$footfall_pid/status")
kill "$footfall_pid"
wait "$footfall_pid" || true
footfall_pid=''
stored=0 bytes=0
for file in "$work"/data/events/*.sqlite; do
    stored=$((stored + $(sqlite3 "$file" 'SELECT count(*) FROM event')))
    bytes=$((bytes + $(stat -c %s "$file")))
done
books=$(sqlite3 "$work"/data/events/*.sqlite "SELECT sum(count) FROM books WHERE reason = 'received'")
awk -v n="$(median <"$work/nginx.rate")" -v f="$(median <"$work/footfall.rate")" \
    -v nc="$(median <"$work/nginx.cpu")" -v fc="$(median <"$work/footfall.cpu")" \
    -v p="$(median <"$work/footfall.p99")" -v m="$peak" -v s="$stored" -v b="$bytes" \
    -v a="$answered" -v r="$books" 'BEGIN {
        printf "\nmedians: footfall %d/s, nginx %d/s, ratio %.2f; CPU %.1f µs against %.1f µs; p99 %.2f ms\n", f, n, f / n, fc, nc, p
        printf "peak memory %d MiB; %d answered, %d received, %d stored; %.1f bytes on disk an event\n", m, a, r, s, b / s }'
