#!/usr/bin/env bash
# deploy/compose/aggregate-hourly.sh runs the job at once and hourly, outlives failures, and ends
# when it is told to.
. "$(dirname "$0")/harness.sh"

calls=$work/calls
export calls work
# Each job notes itself; the third one ends the loop from outside, as `docker stop` would.
stand_in footfall <<'SCRIPT'
echo "footfall $*" >>"$calls"
case $(grep -c footfall "$calls") in
    1) exit 1 ;;
    3) kill -TERM "$PPID" ;;
esac
SCRIPT
stand_in sleep <<'SCRIPT'
echo "sleep $1" >>"$calls"
SCRIPT
stand_in date <<'SCRIPT'
cat "$work/now"
SCRIPT

run_at() { # UNIX-TIME
    echo "$1" >"$work/now"
    : >"$calls"
    capture "$root/deploy/compose/aggregate-hourly.sh" --format json
}

run_at 1800000000 # on the hour
check "starts with a run" is "$(head -n 1 "$calls")" "footfall aggregate --quiet --format json"
check "runs on after one that failed" is "$(grep -c '^footfall' "$calls")" 3
check "tells of the failure" says "footfall aggregate: exit code 1"
check "ends when told to, as a success" is "$status" 0
check "on the hour: seven minutes" is "$(grep -m 1 sleep "$calls")" "sleep 420"
run_at 1800000419
check "just before: a second" is "$(grep -m 1 sleep "$calls")" "sleep 1"
run_at 1800000420
check "at its time: an hour, not none" is "$(grep -m 1 sleep "$calls")" "sleep 3600"

# A job that is under way when the end comes is told too.
stand_in footfall <<'SCRIPT'
trap 'echo "told" >>"$calls"; exit 0' TERM
kill -TERM "$PPID"
read -r _ <"$work/never"
SCRIPT
mkfifo "$work/never"
run_at 1800000000
check "a job under way is told of the end" grep -q told "$calls"
check "a job under way: ends as a success" is "$status" 0

finish
