#!/usr/bin/env bash
# scripts/install-needs.sh installs what is missing, by name, and nothing else.
. "$(dirname "$0")/harness.sh"

needs=$root/scripts/install-needs.sh

# A system on which the packages named in `installed` are there. apt-get only notes its arguments.
installed=$work/installed
calls=$work/calls
export installed calls
stand_in dpkg-query <<'SCRIPT'
for package; do :; done
grep -qx "$package" "$installed" && printf installed
SCRIPT
stand_in apt-get <<'SCRIPT'
echo "apt-get $*" >>"$calls"
SCRIPT
stand_in apt-cache <<'SCRIPT'
[ "$2" != "${unoffered:-}" ]
SCRIPT
stand_in id <<'SCRIPT'
echo "${user_id:-0}"
SCRIPT
for program in pkg-config esbuild git make; do echo exit | stand_in "$program"; done

start() { # INSTALLED-PACKAGE…
    printf '%s\n' "$@" >"$installed"
    : >"$calls"
}

start libmaxminddb-dev libsqlite3-dev zlib1g-dev
capture "$needs" run
check "nothing missing: succeeds" is "$status" 0
check "nothing missing: says nothing" is "$output" ""
check "nothing missing: calls nothing" is "$(cat "$calls")" ""

start libmaxminddb-dev zlib1g-dev
capture "$needs" run
check "root: succeeds" is "$status" 0
check "root: installs just what is missing" is "$(tail -n 1 "$calls")" \
    "apt-get install -q -y --no-install-recommends libsqlite3-dev"
check "root: knows the newest lists first" is "$(head -n 1 "$calls")" "apt-get update -q"

start
export user_id=1000
capture "$needs" run
check "not root: fails" is "$status" 1
check "not root: prints the exact line" says "    sudo apt-get update && \
sudo apt-get install -y --no-install-recommends libmaxminddb-dev libsqlite3-dev zlib1g-dev"
check "not root: calls nothing" is "$(cat "$calls")" ""
unset user_id

start
export unoffered=zlib1g-dev
capture "$needs" run
check "a package that isn't offered: fails" is "$status" 1
check "a package that isn't offered: is named" says "don't include: zlib1g-dev"
check "a package that isn't offered: the others are installed" is "$(tail -n 1 "$calls")" \
    "apt-get install -q -y --no-install-recommends libmaxminddb-dev libsqlite3-dev"
unset unoffered

start
capture "$needs" shoes
check "no such group: a usage error" is "$status" 64
capture "$needs"
check "no group: a usage error" is "$status" 64

packages=$(awk '/^(command|package|file) / { print $3 }' "$needs" | sort -u)
check "the script names packages" test -n "$packages"
for package in $packages; do
    check "docs/dependencies.md tells of $package" \
        grep -qF "| $package |" "$root/docs/dependencies.md"
done

finish
