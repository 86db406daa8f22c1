#!/usr/bin/env bash
# deploy/compose/collector-healthy.sh says whether the collector answers.
. "$(dirname "$0")/harness.sh"

command -v python3 >/dev/null || cannot_run "python3 isn't installed"
healthy=$root/deploy/compose/collector-healthy.sh

# A server that answers one request with the given status, on a port that it writes down.
cat >"$work/server.py" <<'PYTHON'
import http.server, pathlib, sys

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(int(sys.argv[1]) if self.path == "/healthz" else 404)
        self.end_headers()

    def log_message(self, *_):
        pass

server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.handle_request()
PYTHON

answered_with() { # STATUS
    local pid port
    mkfifo "$work/port"
    python3 "$work/server.py" "$1" >"$work/port" &
    pid=$!
    read -r port <"$work/port"
    rm "$work/port"
    FOOTFALL_PORT=$port capture "$healthy"
    wait "$pid"
}

answered_with 200
check "200: healthy" is "$status" 0
answered_with 503
check "503: not" test "$status" -ne 0
FOOTFALL_PORT=1 capture "$healthy"
check "nobody there: not" test "$status" -ne 0

finish
