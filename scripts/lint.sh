#!/usr/bin/env bash
# Checks what needs no test to be wrong: format, shell scripts, and the files of deploy/. Every
# check runs, whatever the one before it found; the last line is `N passed, N failed`.
set -uo pipefail
cd "$(dirname "$0")/.." || exit

passed=0
failed=0

check() { # NAME COMMAND…
    local name=$1
    shift
    printf '\n== %s\n' "$name"
    if "$@" </dev/null; then
        passed=$((passed + 1))
    else
        echo "FAILED: $name"
        failed=$((failed + 1))
    fi
}

swift_format() {
    swift format lint --strict --recursive --parallel Package.swift Sources Tests Plugins
}

# Every script that is written for a shell, by its name or its first line; not those of others.
shell_scripts() {
    {
        find . \( -name .build -o -name .venv -o -name node_modules \) -prune -o -name '*.sh' -print
        grep -lrE --exclude-dir=.venv --exclude-dir=node_modules '^#!.*\b(ba)?sh$' \
            .ci scripts deploy Tests Benchmarks 2>/dev/null
    } | sed 's,^\./,,' | sort -u
}

shellcheck_all() {
    local scripts
    mapfile -t scripts < <(shell_scripts)
    shellcheck --external-sources "${scripts[@]}" && echo "${#scripts[@]} scripts"
}

main() {
    local groups=(lint)
    if [ "${CI:-}" = true ]; then groups+=(servers); fi
    check "what the checks need" scripts/install-needs.sh "${groups[@]}"
    check "Swift's format" swift_format
    check "shell scripts" shellcheck_all
    check "docker-compose.yml and the Dockerfile" /usr/bin/python3 scripts/check-compose.py .
    check "deploy/" scripts/check-deploy.sh deploy
    printf '\n%d passed, %d failed\n' "$passed" "$failed"
    [ "$failed" -eq 0 ]
}

main
