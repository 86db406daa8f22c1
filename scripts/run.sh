#!/usr/bin/env bash
# Builds Footfall and starts it with a demo site, in the foreground: `make run`.
#
#     scripts/run.sh [PORT] [DATA]        by default 8080 and ./data
#
# Ctrl-C ends it. Running it again keeps what was counted.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "$0")/.."

port=${1:-8080}
data=${2:-./data}
demo=demo.test

# Swift's crash report prints registers and the memory they point to, where a visitor's address may
# stand (docs/threat-model.md).
export SWIFT_BACKTRACE=enable=no

say() { printf '%s\n' "$*"; }

require_swift() {
    command -v swift >/dev/null 2>&1 && return
    say "Footfall needs Swift 6.3 or newer, and 'swift' isn't on the path." >&2
    say "Install it from https://www.swift.org/install/linux/ and run this again." >&2
    exit 1
}

# The release binary's path, after building it.
build() {
    swift build -c release --product footfall >&2 </dev/null
    say "$(swift build -c release --show-bin-path </dev/null)/footfall"
}

# Adds the demo site to a folder that doesn't have it. The token is shown only then: only its hash
# is kept.
register_demo() { # FOOTFALL
    local sites
    sites=$("$1" site list --format json --data "$data")
    case "$sites" in
        *"\"$demo\""*) return ;;
    esac
    "$1" site add "$demo" --timezone Europe/Riga --data "$data" >&2
    "$1" token create "$demo" --data "$data"
}

announce() { # FOOTFALL TOKEN
    local here="http://127.0.0.1:$port"
    say ""
    say "The demo shop, which embeds the real tracker:"
    say "    $here/demo/"
    say "Its dashboard, in another terminal:"
    say "    ${1#"$PWD"/} dashboard $demo --data $data"
    say "The same over HTTP:"
    if [ -n "$2" ]; then
        say "    curl -H 'Authorization: Bearer $2' $here/$demo.txt"
        say "    (The token is shown this once.)"
    else
        say "    curl -H 'Authorization: Bearer TOKEN' $here/$demo.txt"
        say "    (TOKEN was shown at the first run. A new one: ${1#"$PWD"/} token create $demo --data $data)"
    fi
    say "To count a website of yours, first"
    say "    ${1#"$PWD"/} site add example.com --data $data"
    say "then paste this line into its pages, with the address by which browsers reach this machine:"
    say "    <script defer data-site=\"example.com\" src=\"$here/footfall.js\"></script>"
    say ""
    say "Ctrl-C ends it."
    say ""
}

main() {
    local footfall token
    scripts/install-needs.sh run
    require_swift
    footfall=$(build)
    (umask 077 && mkdir -p "$data")
    token=$(register_demo "$footfall")
    announce "$footfall" "$token"
    # Signals reach the collector itself, which drains and ends.
    exec "$footfall" serve --host 127.0.0.1 --port "$port" --data "$data"
}

main
