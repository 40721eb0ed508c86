#!/bin/bash
# Tells the administrator by mail what has become of this node.
to='root@localhost'
subject="$(hostname) is now $1"
body="VRRP on $(hostname) changed to $1"

case "$1" in
  master | backup | fault | stop) echo "$body" | mail -s "$subject" "$to" ;;
  *)
    echo "usage: $0 {master|backup|fault|stop}" >&2
    exit 1
    ;;
esac
