#!/usr/bin/env bash
# Installs by name what `make test` needs: what a build needs, and what the suites need besides.
set -euo pipefail
exec "$(dirname "$0")/install-needs.sh" run test "$@"
