#!/usr/bin/env bash
# in_namespace.sh COMMAND...: runs it as root of a network namespace of its own, where it may make devices. No packet
# leaves it. Servers listen on 198.51.100.1 (RFC 5737), which what runs behind a tun_link reaches through that link.
set -euo pipefail

if [[ ${STELLWERK_IN_NAMESPACE:-} != yes ]]; then
  export STELLWERK_IN_NAMESPACE=yes
  as_root=()
  ((EUID == 0)) || as_root=(--map-root-user)
  exec unshare --net "${as_root[@]}" "$0" "$@"
fi
ip link set lo up
ip link add media0 type veth peer name media1
ip address add 198.51.100.1/24 dev media0
ip link set media0 up
ip link set media1 up
ip route add default via 198.51.100.254 dev media0
exec "$@"
