#!/bin/bash
# Asks the collector whether it lives, without curl: exit code 0 when /healthz answers 200.
set -eu
exec 3<>"/dev/tcp/127.0.0.1/${FOOTFALL_PORT:-8080}"
printf 'GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n' >&3
read -r -t 4 _ status _ <&3
[ "$status" = 200 ]
