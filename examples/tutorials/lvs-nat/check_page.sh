#!/bin/bash
# A check of one's own: exit status 0 means healthy.
exec 3<>"/dev/tcp/$1/80" || exit 1
printf 'GET /health HTTP/1.0\r\n\r\n' >&3
grep --quiet '^ok$' <&3
