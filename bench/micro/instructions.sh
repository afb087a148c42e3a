#!/usr/bin/env bash
# Counts the instructions in user space that the server spends on a forwarded packet, without those of the cipher.
#   bench/micro/instructions.sh BENCH_INSTRUCTIONS [subscribers] [frames] [microseconds of gathering]
set -euo pipefail
program=$1
shift
command -v valgrind >/dev/null || {
  echo "valgrind is not installed" >&2
  exit 1
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
forwarded=$(valgrind --tool=callgrind --callgrind-out-file="$work/profile" --collect-atstart=no \
  --toggle-collect='stellwerk::bench::ServeMeasured*' "$program" "$@" 2>"$work/log" |
  awk '$1 == "forwarded" { print $2 }')
[[ -n $forwarded ]] || {
  cat "$work/log" >&2
  exit 1
}
# Self cost by function, summed over the files that were inlined into it.
callgrind_annotate --auto=no --show=Ir --threshold=100 "$work/profile" | awk -v packets="$forwarded" '
  /PROGRAM TOTALS/ || !/^ *[0-9,]+ \( *[0-9.]+%\) / { next }
  {
    cost = $1
    gsub(",", "", cost)
    if ($0 ~ /\[[^]]*(IPSec_MB|libcrypto)[^]]*\]$/) { cipher += cost; next }
    name = $0
    sub(/^ *[0-9,]+ \( *[0-9.]+%\) +[^:]*:/, "", name)
    sub(/ *\[[^]]*\]$/, "", name)
    gsub(/\(anonymous namespace\)::/, "", name)
    sub(/\(.*/, "", name)
    of[name] += cost
    total += cost
  }
  END {
    printf "%8.0f  instructions per forwarded packet, without the cipher\n", total / packets
    for (name in of) if (of[name] > total / 100) printf "%8.0f  %s\n", of[name] / packets, substr(name, 1, 100)
  }' | sort -rn
