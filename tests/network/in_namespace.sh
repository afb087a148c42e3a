#!/usr/bin/env bash
# in_namespace.sh COMMAND...: runs it as root of a network namespace of its own, where it may make devices. No packet
# leaves it.
set -euo pipefail

if [[ ${STELLWERK_IN_NAMESPACE:-} != yes ]]; then
  export STELLWERK_IN_NAMESPACE=yes
  as_root=()
  ((EUID == 0)) || as_root=(--map-root-user)
  exec unshare --net "${as_root[@]}" "$0" "$@"
fi
ip link set lo up
exec "$@"
