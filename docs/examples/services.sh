#!/bin/sh
# Service lines from Concord with curl. The token comes from the environment and goes to curl on its
# standard input, so that no list of running programs shows it.
#
#   CONCORD_ADDRESS=https://concord.trust.nhs.uk CONCORD_TOKEN=concord_... sh services.sh
set -eu

ask() {
  printf 'header = "Authorization: Bearer %s"\n' "$CONCORD_TOKEN" |
    curl --silent --show-error --fail-with-body --config - "$CONCORD_ADDRESS$1"
}

ask "/api/v1/runs"
echo
ask "/api/v1/services?limit=1000"
