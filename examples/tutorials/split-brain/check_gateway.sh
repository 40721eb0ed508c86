#!/bin/bash
# Fails when this node is cut off: then the other one must not have to share the address.
exec ping -q -c 1 -W 1 "$1" >/dev/null
