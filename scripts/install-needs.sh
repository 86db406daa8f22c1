#!/usr/bin/env bash
# Installs what Footfall needs from the system, by name, where it is missing:
#
#     scripts/install-needs.sh GROUP…        groups: run, test, lint, servers, bench
#
# As root it calls apt-get. Otherwise it prints the exact line for you to run and fails. Nothing is
# printed when nothing is missing. Exit codes: 0 all there, 1 something missing, 64 no such group.
set -euo pipefail

# One need a line: how to tell that it is there, then the Debian package that brings it.
#   command NAME   an executable on the path        package NAME   the package itself
#   file PATH      a file
# Every package named here has a row in docs/dependencies.md (a test looks).
needs_of() {
    case "$1" in
        run)
            cat <<'NEEDS'
package libsqlite3-dev  libsqlite3-dev
package zlib1g-dev      zlib1g-dev
package libmaxminddb-dev libmaxminddb-dev
command pkg-config      pkg-config
command esbuild         esbuild
command git             git
command make            make
file /usr/share/zoneinfo/Europe/Riga            tzdata
file /etc/ssl/certs/ca-certificates.crt         ca-certificates
NEEDS
            ;;
        test)
            cat <<'NEEDS'
command node            nodejs
command esbuild         esbuild
command chromium        chromium
file /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf    fonts-dejavu-core
command python3         python3
package python3-venv    python3-venv
command sqlite3         sqlite3
command strace          strace
command openssl         openssl
command curl            curl
NEEDS
            ;;
        lint)
            cat <<'NEEDS'
command shellcheck      shellcheck
package python3-yaml    python3-yaml
NEEDS
            ;;
        # The proxies and systemd, to check the files of deploy/ with the programs that read them.
        # Their packages start a server on port 80, so they are only ever installed on a machine
        # that exists for checking (CI=true).
        servers)
            cat <<'NEEDS'
command nginx           nginx-light
command caddy           caddy
command systemd-analyze systemd
NEEDS
            ;;
        bench)
            cat <<'NEEDS'
command wrk             wrk
command sqlite3         sqlite3
command goaccess        goaccess
command python3         python3
package python3-venv    python3-venv
NEEDS
            ;;
        *)
            echo "install-needs.sh: there is no group '$1': run, test, lint, servers or bench." >&2
            return 64
            ;;
    esac
}

is_there() { # KIND WHAT
    case "$1" in
        command) command -v "$2" >/dev/null 2>&1 ;;
        file) [ -e "$2" ] ;;
        package)
            [ "$(dpkg-query -W -f '${db:Status-Status}' "$2" 2>/dev/null || true)" = installed ]
            ;;
    esac
}

missing_packages() { # GROUP…
    local group needs kind what package
    for group in "$@"; do
        needs=$(needs_of "$group") || return $?
        while read -r kind what package; do
            is_there "$kind" "$what" || echo "$package"
        done <<<"$needs"
    done | sort -u
}

# Installs what this system's packages offer; fails when one of them is not among these.
install_as_root() { # PACKAGE…
    local package offered=() unknown=()
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q >&2 </dev/null
    for package in "$@"; do
        if apt-cache show "$package" >/dev/null 2>&1; then
            offered+=("$package")
        else
            unknown+=("$package")
        fi
    done
    if [ ${#offered[@]} -gt 0 ]; then
        echo "Installing: ${offered[*]}" >&2
        apt-get install -q -y --no-install-recommends "${offered[@]}" >&2 </dev/null
    fi
    if [ ${#unknown[@]} -gt 0 ]; then
        echo "This system's packages don't include: ${unknown[*]}." >&2
        return 1
    fi
}

main() {
    local missing packages
    [ $# -gt 0 ] || { echo "usage: scripts/install-needs.sh GROUP…" >&2; return 64; }
    missing=$(missing_packages "$@") || return $?
    [ -n "$missing" ] || return 0
    read -r -a packages <<<"${missing//$'\n'/ }"

    if ! command -v apt-get >/dev/null 2>&1; then
        echo "Missing, by the names that Debian has for them: ${packages[*]}." >&2
        echo "This system has no apt-get: install them by its own means, then run this again." >&2
        return 1
    fi
    if [ "$(id -u)" -ne 0 ]; then
        local install="sudo apt-get install -y --no-install-recommends"
        echo "Missing system packages. Install them with this line, then run this again:" >&2
        echo "    sudo apt-get update && $install ${packages[*]}" >&2
        return 1
    fi
    install_as_root "${packages[@]}"
}

main "$@"
