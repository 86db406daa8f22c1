#!/usr/bin/env bash
# How well user agents and referrers are recognised that others labelled: corpora from PyPI, fetched by
# name at the versions that the figures in docs/accuracy.md are of.
#
#   Benchmarks/accuracy.sh BINARY [-v]        -v lists what is not as labelled
set -euo pipefail
cd "$(dirname "$0")/.."

binary=${1:?Give the path of footfall, such as .build/release/footfall}
# An owner's tables and sites are not what is measured.
FOOTFALL_DATA=$(mktemp -d)
export FOOTFALL_DATA
trap 'rmdir "$FOOTFALL_DATA"' EXIT
venv=$PWD/.build/accuracy-venv
if [ ! -x "$venv/bin/python" ]; then
    python3 -m venv "$venv"
fi
"$venv/bin/pip" install --quiet --no-deps \
    'crawler-user-agents==1.67.0' 'device-detector==6.5.1' 'fake-useragent==2.2.0' \
    'referer-parser==0.4.1' 'pyyaml' >&2
"$venv/bin/python" Benchmarks/support/accuracy.py "$binary" "${@:2}"
