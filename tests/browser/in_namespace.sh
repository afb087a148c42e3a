#!/usr/bin/env bash
# in_namespace.sh COMMAND...: runs it in a network namespace of its own. Firefox gathers the addresses of the default
# route only and pairs none of them with a loopback candidate, so it needs a machine with an ordinary address; here it
# is one from RFC 5737 on a veth pair, and no packet leaves the namespace.
set -euo pipefail

if [[ ${STELLWERK_IN_NAMESPACE:-} != yes ]]; then
  export STELLWERK_IN_NAMESPACE=yes
  as_root=()
  ((EUID == 0)) || as_root=(--map-root-user)
  exec unshare --net "${as_root[@]}" "$0" "$@"
fi
ip link set lo up
ip link add media0 type veth peer name media1
ip address add 192.0.2.1/24 dev media0
ip link set media0 up
ip link set media1 up
ip route add default via 192.0.2.254 dev media0
exec "$@"
