#!/usr/bin/env bash
# scripts/lint.sh runs every check, whatever the one before it found; .ci/run lints and tests with
# CI=true, and without standard input.
. "$(dirname "$0")/harness.sh"

copy_of_scripts
cp -R "$root/.ci" "$work/tree/"
cd "$work/tree" || exit
calls=$work/calls
export calls
cat >scripts/install-needs.sh <<'SCRIPT'
#!/bin/sh
echo "needs $*" >>"$calls"
SCRIPT
sed 's/needs/deploy/' scripts/install-needs.sh >scripts/check-deploy.sh
printf 'import os, sys\nsys.exit(int(os.environ.get("compose_status", "0")))\n' \
    >scripts/check-compose.py
stand_in swift <<'SCRIPT'
echo "swift $*" >>"$calls"
exit "${format_status:-0}"
SCRIPT
stand_in shellcheck <<'SCRIPT'
echo "shellcheck $*" >>"$calls"
SCRIPT
printf '#!/bin/sh\n' >no-suffix
mkdir -p Tests deploy && mv no-suffix Tests/
printf 'no script\n' >Tests/words
mkdir Tests/.venv && printf '#!/bin/sh\n' >Tests/.venv/of-others.sh

lint() { : >"$calls"; capture scripts/lint.sh; }
last_line() { tail -n 1 "$work/output"; }

lint
check "all well: exit code 0" is "$status" 0
check "all well: the last line" is "$(last_line)" "5 passed, 0 failed"
check "format is checked strictly, tests and plugins too" grep -qx \
    "swift format lint --strict --recursive --parallel Package.swift Sources Tests Plugins" "$calls"
check "a script without a suffix is checked" grep -q "^shellcheck.* Tests/no-suffix" "$calls"
check ".ci/run is checked" grep -q "^shellcheck.* .ci/run" "$calls"
check "what is no script isn't" fails grep -q "^shellcheck.* Tests/words" "$calls"
check "scripts of others aren't" fails grep -q "of-others" "$calls"
check "a developer's machine gets no server installed" grep -qx "needs lint" "$calls"

format_status=1 compose_status=1 lint
check "two fail: the others run" grep -q "^deploy deploy" "$calls"
check "two fail: both count" is "$(last_line)" "3 passed, 2 failed"
check "two fail: the exit code" is "$status" 1

CI=true lint
check "in CI the servers are installed" grep -qx "needs lint servers" "$calls"

stand_in make <<'SCRIPT'
echo "make $* CI=$CI"
cat
exit 3
SCRIPT
capture bash -c "echo typed | .ci/run"
check ".ci/run: lints and tests, as CI, with nothing typed" is "$output" \
    "make --keep-going lint test CI=true"
check ".ci/run: a failure is its exit code" is "$status" 3

finish
