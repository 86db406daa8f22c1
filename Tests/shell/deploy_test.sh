#!/usr/bin/env bash
# scripts/check-deploy.sh takes the files of deploy/ as they are, and none of the ways to spoil them.
. "$(dirname "$0")/harness.sh"

for program in nginx caddy systemd-analyze python3; do
    command -v "$program" >/dev/null || cannot_run "$program isn't installed"
done

capture "$root/scripts/check-deploy.sh" "$root/deploy"
check "deploy/ as it is" is "$status" 0
check "all is well: nothing is said" is "$output" ""

# spoil WHAT FILE SED-SCRIPT WORDS: with the change, the check fails and says so in these words.
spoil() {
    rm -rf "$work/deploy"
    cp -R "$root/deploy" "$work/deploy"
    sed -i "$3" "$work/deploy/$2"
    check "$1: the change changes something" fails cmp -s "$root/deploy/$2" "$work/deploy/$2"
    capture "$root/scripts/check-deploy.sh" "$work/deploy"
    check "$1: is refused" is "$status" 1
    check "$1: is told" says "$4"
}

spoil "nginx: a typing error" nginx.conf 's/proxy_pass/proxy_pas/' "nginx doesn't accept"
spoil "nginx: an access log" nginx.conf 's,access_log off,access_log /var/log/x.log,' \
    "writes an access log"
spoil "nginx: an error log" nginx.conf '/error_log/d' "lacks the line 'error_log"
# shellcheck disable=SC2016 # nginx's variables
spoil "nginx: an address that a visitor made up" nginx.conf \
    's/\$remote_addr/$proxy_add_x_forwarded_for/' "lacks the line 'proxy_set_header"
spoil "Caddy: a typing error" Caddyfile 's/reverse_proxy 127/reverse_prox 127/' \
    "caddy doesn't accept Caddyfile"
spoil "Caddy: an access log" Caddyfile 's/^stats.example.com {/&\n\tlog/' "may log visitors'"
spoil "Caddy: failed requests logged" compose/Caddyfile '/exclude/d' "may log visitors'"
spoil "Caddy: untidy" compose/Caddyfile 's/^\trespond/  respond/' "isn't in Caddy's own format"
spoil "systemd: a key that doesn't exist" systemd/footfall.service \
    's/^RestartSec/RestartSecs/' "systemd complains"
spoil "systemd: no such calendar" systemd/footfall-aggregate.timer \
    's/^OnCalendar=.*/OnCalendar=hurly/' "systemd complains"
spoil "systemd: core dumps" systemd/footfall.service '/LimitCORE/d' "lacks the line 'LimitCORE=0'"
spoil "systemd: salts lost at a restart" systemd/footfall-aggregate.service \
    '/RuntimeDirectoryPreserve/d' "lacks the line 'RuntimeDirectoryPreserve=yes'"
spoil "systemd: a socket that isn't the service's" systemd/footfall.service \
    '/^Sockets/d' "lacks the line 'Sockets=footfall.socket'"
spoil "systemd: a socket elsewhere" systemd/footfall.socket 's/8080/8081/' \
    "lacks the line 'ListenStream=127.0.0.1:8080'"
spoil "systemd: open to the system" systemd/footfall.service '/^Protect/d' "more exposed"
spoil "settings: salts on disk" footfall.yaml 's,/run/footfall,/var/lib/footfall/secret,' \
    "lacks the line 'secret: /run/footfall'"
spoil "settings: a proxy that isn't believed" footfall.yaml '/^trusted-proxy/d' \
    "lacks the line 'trusted-proxy"
spoil "crontab: another folder" footfall.crontab 's,/var/lib,/srv,' "lacks the line 'FOOTFALL_DATA"
spoil "crontab: four times" footfall.crontab 's/^7 \* /7 /' "not five times"
spoil "crontab: a percent sign" footfall.crontab 's/--quiet/--quiet %/' "cuts a line"
spoil "crontab: no shell" footfall.crontab 's/--quiet/--quiet \&\&/' "no shell"
spoil "crontab: two jobs" footfall.crontab 's/^7 .*/&\n&/' "has 2 jobs"

bare=$work/bare
mkdir "$bare"
for program in bash mktemp rm grep sed cat tail cmp cp basename sh python3; do
    ln -s "$(command -v "$program")" "$bare/"
done
PATH=$bare capture "$root/scripts/check-deploy.sh" "$root/deploy"
check "without the programs: told" says "nginx isn't installed: nginx.conf is not checked"
check "without the programs: no failure" is "$status" 0
CI=true PATH=$bare capture "$root/scripts/check-deploy.sh" "$root/deploy"
check "without the programs, in CI: a failure" is "$status" 1

finish
