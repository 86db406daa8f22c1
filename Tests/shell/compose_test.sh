#!/usr/bin/env bash
# scripts/check-compose.py takes docker-compose.yml as it is, and none of the ways to spoil it.
. "$(dirname "$0")/harness.sh"

python=/usr/bin/python3
"$python" -c 'import yaml' 2>/dev/null || cannot_run "Debian's python3-yaml isn't installed"

capture "$python" "$root/scripts/check-compose.py" "$root"
check "docker-compose.yml as it is" is "$status" 0
check "all is well: nothing is said" is "$output" ""

copy_of_files() {
    rm -rf "$work/tree"
    mkdir -p "$work/tree"
    (cd "$root" && cp -R docker-compose.yml Dockerfile .dockerignore deploy LICENSE "$work/tree/")
}

# spoil WHAT FILE SED-SCRIPT WORDS: with the change, the check fails and says so in these words.
spoil() {
    copy_of_files
    sed -i "$3" "$work/tree/$2"
    check "$1: the change changes something" fails cmp -s "$root/$2" "$work/tree/$2"
    capture "$python" "$root/scripts/check-compose.py" "$work/tree"
    check "$1: is refused" is "$status" 1
    check "$1: is told" says "$4"
}

compose=docker-compose.yml
spoil "no YAML" $compose 's/^services:/services: [/' "Error"
spoil "a stage that isn't there" $compose 's/target: run/target: runs/' "isn't the last stage"
spoil "a Dockerfile that isn't there" $compose 's/caddy.Dockerfile/caddie/' "isn't there"
spoil "a command that isn't one" $compose 's/command: \[serve\]/command: [serv]/' \
    "no such command for a container: ['serv']"
spoil "a health check that isn't one" $compose 's/footfall, doctor/footfall, docter/' \
    "no such command for a container: ['docter']"
spoil "a program that isn't there" $compose 's/\[aggregate-hourly\]/[aggregate-daily]/' \
    "no program '['aggregate-daily']'"
spoil "root" $compose '0,/user: "10001:10001"/s//user: "0:0"/' "runs as '0:0'"
spoil "another user than the image's" $compose '0,/user: "10001:10001"/s//user: "10003:10003"/' \
    "isn't the image's"
spoil "a root file system that can be written" $compose 's/read_only: true/read_only: false/' \
    "can be written"
spoil "capabilities" $compose '/cap_drop/d' "keeps capabilities"
spoil "privileges to gain" $compose '/security_opt/d' "may gain privileges"
spoil "core dumps" $compose '/core: 0/s/0/-1/' "may dump core"
spoil "no health check" $compose '/test: \[CMD, collector-healthy\]/d' "has no health check"
spoil "a collector open to the world" $compose 's/expose: \["8080"\]/ports: ["8080:8080"]/' \
    "collector: is open to the world"
spoil "a volume that isn't named" $compose 's/- data:\/data/- date:\/data/' "no named volume 'date'"
spoil "salts on disk" $compose 's/type: tmpfs/type: none/' "isn't in memory"
spoil "salts that anyone may read" $compose 's/mode=0700/mode=0755/' "isn't its user's alone"
spoil "a job without the collector's salts" $compose \
    '/cron:/,/caddy:/s,- secret:/data/secret,- caddy:/x,' "cron: its salts are in the data folder"
spoil "trust in the wrong network" $compose 's,PROXY: 172.31.253.0/28,PROXY: 10.0.0.0/8,' \
    "trusts 10.0.0.0/8"
spoil "a proxy that leads nowhere" deploy/compose/Caddyfile 's/collector:8080/collector:8081/' \
    "doesn't lead to the collector"
spoil "a copy of what isn't there" Dockerfile 's,compose/aggregate-hourly.sh,compose/no.sh,' \
    "copies what isn't there"
spoil "a copy that the builder never gets" .dockerignore '/deploy/d' "leaves out"
spoil "a copy from no stage" Dockerfile 's/--from=build/--from=built/' "from no stage: built"
spoil "crash reports" Dockerfile 's/BACKTRACE=enable=no/BACKTRACE=enable=yes/' "print its memory"

finish
