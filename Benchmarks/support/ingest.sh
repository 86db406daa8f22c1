# shellcheck shell=bash
# What the benchmarks of beacons share: the two servers, the load, and its figures.
#
# Sets `binary`, the release binary's path, from the caller's first argument, and `work`, a folder
# that goes at the end.

binary=${1:-.build/release/footfall}

for tool in wrk nginx sqlite3; do
    command -v "$tool" >/dev/null || {
        echo "This benchmark needs $tool: apt-get install -y wrk nginx-light sqlite3" >&2
        exit 77
    }
done

nginx_port=18101
footfall_port=18102
nginx_pid='' footfall_pid=''
work=$(mktemp -d)
chmod 755 "$work"
site=bench.test

# The rate limit of a site is for floods; this is one on purpose.
export SWIFT_BACKTRACE=enable=no FOOTFALL_LOG_LEVEL=error FOOTFALL_LIMIT_EVENTS_PER_SITE=10000000

finish() {
    [ -z "$footfall_pid" ] || kill "$footfall_pid" 2>/dev/null || true
    [ -z "$nginx_pid" ] || kill "$nginx_pid" 2>/dev/null || true
    wait || true
    rm -rf "$work"
}
trap finish EXIT

start_nginx() {
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
    server {
        listen 127.0.0.1:$nginx_port reuseport backlog=4096;
        location / { return 202; }
    }
}
CONF
    nginx -c "$work/nginx.conf" -p "$work" &
    nginx_pid=$!
}

add_site() { # FOLDER
    "$binary" site add "$site" --timezone UTC --data "$1" >/dev/null 2>&1
}

start_footfall() { # FOLDER
    "$binary" serve --data "$1" --port "$footfall_port" --trusted-proxy 127.0.0.1 \
        2>>"$work/serve.log" &
    footfall_pid=$!
    for _ in $(seq 600); do
        curl -sf -o /dev/null "http://127.0.0.1:$footfall_port/healthz" && return
        sleep 0.1
    done
    echo "footfall serve did not start:" >&2
    cat "$work/serve.log" >&2
    return 1
}

stop_footfall() {
    kill "$footfall_pid"
    wait "$footfall_pid" || true
    footfall_pid=''
}

# User and system time of a process and its children, in clock ticks.
ticks() { # PID
    local pid total=0
    for pid in $1 $(pgrep -P "$1" || true); do
        total=$((total + $(awk '{ print $14 + $15 }' "/proc/$pid/stat")))
    done
    echo "$total"
}

# Prints requests/s, p50 in ms, p99 in ms, server CPU in µs a request, errors and requests.
load() { # PORT PID SECONDS
    local before after out
    before=$(ticks "$2")
    out=$(wrk -t2 -c"${CONNECTIONS:-64}" -d"${3}s" --latency -s Benchmarks/support/beacons.lua \
        "http://127.0.0.1:$1/" | awk '/^RESULT/')
    after=$(ticks "$2")
    echo "$out" | awk -v ticks=$((after - before)) -v hz="$(getconf CLK_TCK)" '{
        printf "%.0f %.2f %.2f %.1f %d %d\n", $2 / ($3 / 1e6), $4 / 1e3, $5 / 1e3,
            ticks / hz * 1e6 / $2, $6, $2 }'
}

median() { # numbers, a line each
    sort -n | awk '{ v[NR] = $1 }
        END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

# A figure of /proc/PID/status in MiB: VmHWM is the peak, VmRSS what is held now.
memory() { # NAME
    awk -v name="$1:" '$1 == name { printf "%.0f", $2 / 1024 }' "/proc/$footfall_pid/status"
}

rows() { # FOLDER
    local file total=0
    for file in "$1"/events/*.sqlite; do
        total=$((total + $(sqlite3 "$file" 'SELECT count(*) FROM event')))
    done
    echo "$total"
}
