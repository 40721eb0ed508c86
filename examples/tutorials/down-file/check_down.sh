#!/bin/bash
[ -f /etc/keepalived/down ] && exit 1
exit 0
