# shellcheck shell=bash
# What every shell test uses: `. Tests/shell/harness.sh`, then `check` and `finish`.
#
# `root` is the repository, `work` a folder of this test's own, and `stand_ins` a folder ahead of
# everything else on the path, where `stand_in` puts programs that take a real one's place.

set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
stand_ins=$work/stand-ins
mkdir "$stand_ins"
PATH=$stand_ins:$PATH
trap 'rm -rf "$work"' EXIT

# Overrides of the one who runs the tests must not reach what is tested.
unset CI FOOTFALL_PORT FOOTFALL_DATA FOOTFALL_SECRET FOOTFALL_SEEDS MAKEFLAGS MAKELEVEL

checks_passed=0
checks_failed=0

# check NAME COMMAND…: the command's success is what is claimed.
check() {
    local name=$1
    shift
    if "$@"; then
        checks_passed=$((checks_passed + 1))
        echo "ok      $name"
    else
        checks_failed=$((checks_failed + 1))
        echo "NOT OK  $name"
        if [ -s "$work/output" ]; then sed 's/^/            /' "$work/output"; fi
    fi
}

fails() { ! "$@"; }

# Runs a command; its output, both streams, is in `output` and its exit code in `status`.
# shellcheck disable=SC2034 # both are read by the tests
capture() {
    status=0
    "$@" >"$work/output" 2>&1 </dev/null || status=$?
    output=$(cat "$work/output")
}

is() { [ "$1" = "$2" ] || { echo "            is '$1', not '$2'" && return 1; }; }

says() { [[ $output == *"$1"* ]] || { echo "            says nothing of '$1'" && return 1; }; }

# stand_in NAME < SCRIPT: a program on the path for the length of this test.
stand_in() {
    { echo '#!/bin/bash'; cat; } >"$stand_ins/$1"
    chmod +x "$stand_ins/$1"
}

# A copy of the scripts in a tree of its own, so that they find stand-ins in place of our files.
copy_of_scripts() {
    mkdir -p "$work/tree"
    cp -R "$root/scripts" "$work/tree/"
}

cannot_run() {
    echo "$1"
    exit 77
}

finish() {
    echo "$checks_passed passed, $checks_failed failed"
    [ "$checks_failed" -eq 0 ]
}
