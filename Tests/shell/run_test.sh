#!/usr/bin/env bash
# scripts/run.sh builds, adds the demo site once, says where things are, and starts the collector.
. "$(dirname "$0")/harness.sh"

copy_of_scripts
cd "$work/tree" || exit
echo exit | stand_in install-needs
cp "$stand_ins/install-needs" scripts/install-needs.sh

# A compiler that finds the binary built, and a binary that notes what it is asked.
calls=$work/calls
export calls work
stand_in swift <<'SCRIPT'
echo "swift $*" >>"$calls"
case "$*" in *--show-bin-path) echo "$PWD/bin" ;; esac
exit "${build_status:-0}"
SCRIPT
mkdir bin
cat >bin/footfall <<'SCRIPT'
#!/bin/bash
echo "footfall $* [$SWIFT_BACKTRACE]" >>"$calls"
case "$1 $2" in
    "site list") cat "$work/sites" ;;
    "token create") echo t0ken ;;
    "serve --host") exit "${serve_status:-0}" ;;
esac
SCRIPT
chmod +x bin/footfall

start() { # SITES
    echo "$1" >"$work/sites"
    : >"$calls"
}

start '[]'
capture scripts/run.sh 8090 "$work/data"
check "first run: ends as the collector does" is "$status" 0
check "first run: builds a release" grep -qx "swift build -c release --product footfall" "$calls"
check "first run: adds the demo site" grep -qxF \
    "footfall site add demo.test --timezone Europe/Riga --data $work/data [enable=no]" "$calls"
check "first run: serves on this machine alone" is "$(tail -n 1 "$calls")" \
    "footfall serve --host 127.0.0.1 --port 8090 --data $work/data [enable=no]"
check "first run: the data folder is its owner's" is "$(stat -c %a "$work/data")" 700
check "says where the demo page is" says "http://127.0.0.1:8090/demo/"
check "says how to look at the dashboard" says "bin/footfall dashboard demo.test --data $work/data"
check "shows the token once" says \
    "curl -H 'Authorization: Bearer t0ken' http://127.0.0.1:8090/demo.test.txt"
check "gives the line to paste" says \
    '<script defer data-site="example.com" src="http://127.0.0.1:8090/footfall.js"></script>'

start '[{"domain":"demo.test","timezone":"Europe/Riga"}]'
capture scripts/run.sh 8090 "$work/data"
check "second run: adds nothing" fails grep -q "site add" "$calls"
check "second run: makes no token" fails grep -q "token create" "$calls"
check "second run: says how to make one" says "token create demo.test"

start '[{"domain":"other-demo.test"}]'
capture scripts/run.sh
check "another site isn't the demo site" grep -q "site add demo.test" "$calls"
check "by default on 8080, in ./data" is "$(tail -n 1 "$calls")" \
    "footfall serve --host 127.0.0.1 --port 8080 --data ./data [enable=no]"

start '[]'
serve_status=3 capture scripts/run.sh 8090 "$work/data"
check "a collector that fails makes the run fail" is "$status" 3
build_status=1 capture scripts/run.sh 8090 "$work/data"
check "a build that fails ends the run" test "$status" -ne 0
check "a build that fails starts nothing" fails grep -q "footfall serve.*8091" "$calls"

rm "$stand_ins/swift"
bare=$work/bare
mkdir "$bare"
for program in bash dirname cat; do ln -s "$(command -v "$program")" "$bare/"; done
PATH=$bare capture scripts/run.sh
check "without Swift: fails" is "$status" 1
check "without Swift: says where it is" says "https://www.swift.org/install/linux/"

finish
