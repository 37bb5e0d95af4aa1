#!/bin/sh
# Fuzzes the scenarios of all engines under the settings that lose nothing, and counts how often the
# power was lost meanwhile.
#
#   power_losses.sh PROGRAM TIME LOSSES_MIN
set -eu

program=$1
time=$2
losses_min=$3

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if ! "$program" fuzz 'sqlite/*' 'leveldb/*' --for "$time" -j 2 --out "$work" >"$work/report" 2>&1; then
  cat "$work/report"
  exit 1
fi
losses=$(sed -n 's/.*the power was lost \([0-9]*\) time.*/\1/p' "$work/report" |
  awk '{ sum += $1 } END { print sum + 0 }')
echo "the power was lost $losses times in $time, and nothing with it"
if [ "$losses" -lt "$losses_min" ]; then
  echo "expected at least $losses_min times:"
  cat "$work/report"
  exit 1
fi
