#!/bin/sh
# Runs `footfall aggregate` at once and then at seven minutes past each hour, for as long as the
# container lives. A run that fails is told on standard error and tried again at its next time.
set -u

child=

# Passes the signal on to what runs, and ends with it: a fold that is cut short is done again.
stop() {
    trap - TERM INT
    [ -z "$child" ] || kill "$child" 2>/dev/null
    wait
    exit 0
}
trap stop TERM INT

# In the background, since a shell only hears signals between two commands in the foreground.
run() {
    "$@" &
    child=$!
    wait "$child"
}

while :; do
    run footfall aggregate --quiet "$@" || echo "footfall aggregate: exit code $?" >&2
    now=$(date +%s)
    run sleep $((3600 - (now - 420) % 3600))
done
