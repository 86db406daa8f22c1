#!/usr/bin/env bash
# The real-browser journey:
#
#     Tests/journey/run.sh BINARY [--screenshots FOLDER] [--chromium PATH]
#
# Installs what it needs: Debian's chromium and python3-venv by name (as root), and playwright in
# a virtual environment at $FOOTFALL_VENV, or in .venv beside this file. The last line is
# `N passed, N failed`. Exit codes: 0 all is well, 1 something failed, 64 wrong use, and 77 when
# it can't run here; the last line then says why.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
venv=${FOOTFALL_VENV:-$here/.venv}

cannot_run() { # WHY
    echo "$1"
    exit 77
}

install_packages() {
    local missing=()
    command -v chromium >/dev/null || missing+=(chromium)
    python3 -c 'import ensurepip' 2>/dev/null || missing+=(python3-venv)
    [ ${#missing[@]} -gt 0 ] || return 0
    local install=(apt-get install -y --no-install-recommends "${missing[@]}")
    [ "$(id -u)" -eq 0 ] || cannot_run "install what is missing by: sudo ${install[*]}"
    { apt-get update -q && "${install[@]}"; } >&2 </dev/null || cannot_run "failed: ${install[*]}"
}

# Made once, and again when the pinned versions change.
make_environment() {
    if cmp -s "$here/requirements.txt" "$venv/requirements.txt"; then return 0; fi
    python3 -m venv "$venv" >&2 || cannot_run "python3 can't make a virtual environment at $venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt" >&2 ||
        cannot_run "pip can't install what $here/requirements.txt names"
    cp "$here/requirements.txt" "$venv/requirements.txt"
}

if [ $# -lt 1 ] || [ ! -x "$1" ]; then
    echo "usage: run.sh BINARY [--screenshots FOLDER] [--chromium PATH]" >&2
    exit 64
fi
install_packages
make_environment
exec "$venv/bin/python" "$here/journey.py" "$@"
