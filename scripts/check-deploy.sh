#!/usr/bin/env bash
# Checks the files of deploy/ with the programs that will read them, and for what they promise:
#
#     scripts/check-deploy.sh FOLDER
#
# A program that isn't there is a failure with CI=true, and is told otherwise. Exit code 1 when
# anything is wrong.
set -uo pipefail

deploy=${1:?usage: scripts/check-deploy.sh FOLDER}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
wrong=0

complain() { # WHAT
    echo "deploy: $1" >&2
    wrong=1
}

have() { # COMMAND WHAT-FOR
    command -v "$1" >/dev/null 2>&1 && return
    if [ "${CI:-}" = true ]; then
        complain "$1 isn't installed, so $2 can't be checked."
    else
        echo "deploy: $1 isn't installed: $2 is not checked." >&2
    fi
    return 1
}

# The lines of a file that are no comment.
settings() { grep -vE '^[[:space:]]*(#|$)' "$1"; }

expect_line() { # FILE LINE
    settings "$deploy/$1" | sed 's/^[[:space:]]*//' | grep -qxF -- "$2" ||
        complain "$1 lacks the line '$2'."
}

check_nginx() {
    expect_line nginx.conf 'access_log off;'
    expect_line nginx.conf 'error_log /dev/null emerg;'
    # shellcheck disable=SC2016 # nginx's variable
    expect_line nginx.conf 'proxy_set_header X-Forwarded-For $remote_addr;'
    if settings "$deploy/nginx.conf" | grep -E 'access_log|log_format' | grep -qv 'access_log off;'; then
        complain "nginx.conf writes an access log."
    fi
    have nginx nginx.conf || return
    # A socket of its own: port 80 may be taken, or not ours to ask for.
    sed -e '/listen \[::\]/d' -e "s,listen 80;,listen unix:$work/nginx.sock;," \
        "$deploy/nginx.conf" >"$work/snippet.conf"
    cat >"$work/nginx.conf" <<CONF
pid $work/nginx.pid;
error_log stderr;
events {}
http {
    client_body_temp_path $work/body;
    proxy_temp_path $work/proxy;
    fastcgi_temp_path $work/fastcgi;
    uwsgi_temp_path $work/uwsgi;
    scgi_temp_path $work/scgi;
    include $work/snippet.conf;
}
CONF
    nginx -q -t -p "$work" -c "$work/nginx.conf" || complain "nginx doesn't accept nginx.conf."
}

check_caddy() { # FILE
    have caddy "$1" || return
    export STATS_HOST=stats.example.com XDG_DATA_HOME=$work XDG_CONFIG_HOME=$work
    caddy validate --adapter caddyfile --config "$deploy/$1" >"$work/caddy.log" 2>&1 || {
        complain "caddy doesn't accept $1:"
        tail -n 1 "$work/caddy.log" >&2
        return
    }
    caddy fmt "$deploy/$1" >"$work/formatted" 2>/dev/null
    cmp -s "$deploy/$1" "$work/formatted" || complain "$1 isn't in Caddy's own format."
    caddy adapt --adapter caddyfile --config "$deploy/$1" 2>/dev/null >"$work/caddy.json"
    python3 - "$work/caddy.json" <<'PYTHON' || complain "$1 may log visitors' addresses."
import json, sys
config = json.load(open(sys.argv[1]))
servers = config["apps"]["http"]["servers"].values()
excluded = config.get("logging", {}).get("logs", {}).get("default", {}).get("exclude", [])
quiet = {"http.log.error", "http.handlers.reverse_proxy"} <= set(excluded)
sys.exit(0 if quiet and not any("logs" in server for server in servers) else 1)
PYTHON
}

check_units() {
    local unit
    for unit in footfall.service footfall-aggregate.service; do
        expect_line "systemd/$unit" 'User=footfall'
        expect_line "systemd/$unit" 'LimitCORE=0'
        expect_line "systemd/$unit" 'Environment=SWIFT_BACKTRACE=enable=no'
        expect_line "systemd/$unit" 'Environment=FOOTFALL_DATA=/var/lib/footfall'
        expect_line "systemd/$unit" 'StateDirectory=footfall'
        expect_line "systemd/$unit" 'RuntimeDirectory=footfall'
        expect_line "systemd/$unit" 'RuntimeDirectoryPreserve=yes'
    done
    expect_line systemd/footfall.service 'Sockets=footfall.socket'
    expect_line systemd/footfall.service 'Requires=footfall.socket'
    # Where the proxy files look for the collector.
    expect_line systemd/footfall.socket 'ListenStream=127.0.0.1:8080'
    have systemd-analyze "systemd/" || return
    mkdir "$work/units"
    cp "$deploy"/systemd/*.service "$deploy"/systemd/*.socket "$deploy"/systemd/*.timer "$work/units/"
    # The binary isn't installed where this runs.
    sed -i 's,/usr/local/bin/footfall,/bin/true,' "$work"/units/*.service
    # It says nothing when all is well; a key that it doesn't know is only a warning to it.
    systemd-analyze verify --man=no "$work"/units/* >"$work/units.log" 2>&1 || true
    if [ -s "$work/units.log" ]; then
        complain "systemd complains about the units:"
        cat "$work/units.log" >&2
    fi
    systemd-analyze --help | grep -q -- --offline || return
    for unit in "$work"/units/*.service; do
        # 2.0 of 10: what is left is the network and the user that the collector needs.
        systemd-analyze security --offline=yes --threshold=20 --no-pager "$unit" >/dev/null 2>&1 ||
            complain "$(basename "$unit") is more exposed than it need be."
    done
}

check_settings() {
    expect_line footfall.yaml 'secret: /run/footfall'
    expect_line footfall.yaml 'trusted-proxy: [127.0.0.1/32, "::1/128"]'
    expect_line footfall.yaml 'host: 127.0.0.1'
    expect_line footfall.crontab 'FOOTFALL_DATA=/var/lib/footfall'
    expect_line footfall.crontab 'SWIFT_BACKTRACE=enable=no'
}

check_crontab() {
    local field='(\*|[0-9]+(-[0-9]+)?)(/[0-9]+)?' line jobs=0
    while read -r line; do
        if [[ $line =~ ^[A-Z_]+= ]]; then continue; fi
        jobs=$((jobs + 1))
        if ! [[ $line =~ ^(${field}[[:space:]]+){5}([a-z_][a-z0-9_-]*)[[:space:]]+(.+)$ ]]; then
            complain "footfall.crontab: not five times, a user and a command: $line"
            continue
        fi
        [[ ${BASH_REMATCH[6]} != *%* ]] || complain "footfall.crontab: cron cuts a line at '%'."
        sh -n -c "${BASH_REMATCH[6]}" || complain "footfall.crontab: the command is no shell."
        [[ ${BASH_REMATCH[6]} == *"footfall aggregate --quiet"* ]] ||
            complain "footfall.crontab: the job isn't 'footfall aggregate --quiet'."
    done < <(settings "$deploy/footfall.crontab")
    [ "$jobs" -eq 1 ] || complain "footfall.crontab has $jobs jobs; one is meant."
    # cron ignores a last line that doesn't end.
    [ -z "$(tail -c 1 "$deploy/footfall.crontab")" ] ||
        complain "footfall.crontab doesn't end with a newline."
}

check_nginx
check_caddy Caddyfile
check_caddy compose/Caddyfile
check_units
check_settings
check_crontab
exit "$wrong"
