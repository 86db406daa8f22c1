#!/usr/bin/env bash
# The proxy files of deploy/ write neither an address nor a User-Agent anywhere, even for a request
# that fails (I3), and tell the collector the address that they see, not one that a visitor made up.
. "$(dirname "$0")/harness.sh"

for program in nginx caddy curl python3; do
    command -v "$program" >/dev/null || cannot_run "$program isn't installed"
done

# A collector's stand-in: writes down which port it has, then the X-Forwarded-For of each request.
cat >"$work/upstream.py" <<'PYTHON'
import http.server, sys

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        print(self.headers["X-Forwarded-For"], flush=True)
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass

server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
PYTHON

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# visit PORT OPTION…: sends one request to a proxy; prints the status of its answer.
visit() {
    local port=$1
    shift
    curl --silent --output /dev/null --write-out '%{http_code}' --max-time 30 "$@" \
        --header 'User-Agent: ShoeBrowser/7' --header 'X-Forwarded-For: 203.0.113.9' \
        --header 'Host: stats.example.com' "http://127.0.0.1:$port/pixel.gif?u=secret-page"
}

traces() { grep -rlE 'ShoeBrowser|203\.0\.113\.9|secret-page' "$1"; }

# try NAME START: START PROXY-PORT COLLECTOR-PORT FOLDER runs the proxy in the foreground.
try() {
    local name=$1 start=$2 folder=$work/$1 port upstream upstream_pid pid answer forwarded
    mkdir -p "$folder"
    mkfifo "$work/upstream"
    python3 "$work/upstream.py" >"$work/upstream" &
    upstream_pid=$!
    exec 3<"$work/upstream"
    read -r upstream <&3
    port=$(free_port)
    "$start" "$port" "$upstream" "$folder" >"$folder/output" 2>&1 &
    pid=$!

    # A proxy that is only starting refuses the connection.
    answer=$(visit "$port" --retry 30 --retry-connrefused --retry-delay 1)
    check "$name: passes a beacon on" is "$answer" 202
    read -r -t 5 forwarded <&3
    check "$name: tells the address that it sees" is "$forwarded" 127.0.0.1

    kill "$upstream_pid"
    wait "$upstream_pid" 2>/dev/null
    exec 3<&-
    answer=$(visit "$port")
    check "$name: fails without a collector" is "$answer" 502
    kill "$pid"
    wait "$pid" 2>/dev/null
    check "$name: leaves no trace of a visitor" fails traces "$folder"
    rm "$work/upstream"
}

start_nginx() {
    sed -e '/listen \[::\]/d' -e "s,listen 80;,listen 127.0.0.1:$1;," \
        -e "s,127.0.0.1:8080,127.0.0.1:$2," "$root/deploy/nginx.conf" >"$3/snippet.conf"
    cat >"$3/nginx.conf" <<CONF
daemon off;
pid $3/nginx.pid;
error_log $3/error.log debug;
events {}
http {
    client_body_temp_path $3/body;
    proxy_temp_path $3/proxy;
    fastcgi_temp_path $3/fastcgi;
    uwsgi_temp_path $3/uwsgi;
    scgi_temp_path $3/scgi;
    access_log $3/access.log;
    include $3/snippet.conf;
}
CONF
    exec nginx -p "$3" -c "$3/nginx.conf"
}

run_caddy() { # FILE FOLDER
    XDG_DATA_HOME=$2 XDG_CONFIG_HOME=$2 HOME=$2 exec caddy run --adapter caddyfile --config "$1"
}

start_caddy() {
    sed -e "s,^stats.example.com,http://stats.example.com:$1," -e "s,127.0.0.1:8080,127.0.0.1:$2," \
        -e '0,/^{/s//{\n\tadmin off/' "$root/deploy/Caddyfile" >"$3/Caddyfile"
    run_caddy "$3/Caddyfile" "$3"
}

start_compose_caddy() {
    sed -e "s,collector:8080,127.0.0.1:$2," -e "s,127.0.0.1:8081,127.0.0.1:$(free_port)," \
        "$root/deploy/compose/Caddyfile" >"$3/Caddyfile"
    STATS_HOST=http://stats.example.com:$1 run_caddy "$3/Caddyfile" "$3"
}

try nginx start_nginx
try caddy start_caddy
try compose-caddy start_compose_caddy

# The search itself: what a default configuration would have written is found.
mkdir "$work/leak"
echo '{"remote_ip":"127.0.0.1","headers":{"User-Agent":["ShoeBrowser/7"]}}' >"$work/leak/log"
check "a trace would be found" test -n "$(traces "$work/leak")"

finish
