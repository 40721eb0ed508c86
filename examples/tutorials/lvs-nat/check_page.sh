#!/bin/bash
# A check of one's own: exit status 0 means healthy.
curl --silent --insecure --max-time 8 "https://$1/health" | grep --quiet '^ok$'
