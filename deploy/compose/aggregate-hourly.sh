#!/bin/sh
# Runs `footfall aggregate` at once and then at seven minutes past each hour, for as long as the
# container lives. A run that fails is told on standard error and tried again at its next time.
set -u

# Passes the signal on to what runs, and ends with it: a fold that is cut short is done again. The
# shell's own $! is set by the time that a trap runs; a variable set from it might not be.
stop() {
    trap - TERM INT
    kill "$!" 2>/dev/null
    wait
    exit 0
}
: & # for $! to name before the first run
trap stop TERM INT

# In the background, since a shell only hears signals between two commands in the foreground.
run() {
    "$@" &
    wait "$!"
}

while :; do
    run footfall aggregate --quiet "$@" || echo "footfall aggregate: exit code $?" >&2
    now=$(date +%s)
    run sleep $((3600 - (now - 420) % 3600))
done
