#!/bin/sh
# Prints the table of docs/LIBRARIES.md: a row for each scenario of `libraries/*` that PROGRAM has.
#
#   measure.sh PROGRAM
set -eu

program=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A scenario, the package that it tests, and settings of its own.
rows='libraries/curl libcurl4
libraries/curl libcurl4 known-bugs=1
libraries/expat libexpat1
libraries/expat libexpat1 known-bugs=1
libraries/hiredis libhiredis0.14
libraries/hiredis-async libhiredis0.14
libraries/libpq libpq5
libraries/libssh2 libssh2-1
libraries/libssh2 libssh2-1 known-bugs=1
libraries/libssh2 libssh2-1 known-bugs=2
libraries/libssh2 libssh2-1 known-bugs=3
libraries/libssh2 libssh2-1 known-bugs=4
libraries/libssh2-sftp libssh2-1
libraries/mbedtls libmbedtls14
libraries/nghttp2 libnghttp2-14
libraries/openssl libssl3
libraries/openssl libssl3 tls=12
libraries/openssl libssl3 tickets=2
libraries/raft libraft2
libraries/raft libraft2 early-acknowledgement=1
libraries/raft libraft2 known-bugs=1
libraries/zlib zlib1g
libraries/zstd libzstd1'

echo '| scenario and settings | package | runs | runs a second | outcome |'
echo '| --- | --- | --: | --: | --- |'
printf '%s\n' "$rows" | while read -r scenario package settings; do
  "$program" list --names "$scenario" >/dev/null 2>&1 || continue
  set -- fuzz "$scenario" --seed 1 --seeds 10000 --profile chaos -j 1 --out "$work" --json
  for setting in $settings; do set -- "$@" --set "$setting"; done
  outcome=clean
  "$program" "$@" >"$work/report" 2>/dev/null || outcome='a finding, below'
  awk -v what="\`$scenario\`${settings:+ \`--set $settings\`}" -v outcome="$outcome" \
    -v package="$package $(dpkg-query -W -f '${Version}' "$package")" '
    /"name": "libraries/ && /"runs"/ { match($0, /"runs": [0-9]+/); runs = substr($0, RSTART + 8, RLENGTH - 8) }
    /"name": "libraries/ && /"milliseconds"/ { match($0, /"milliseconds": [0-9]+/); ms = substr($0, RSTART + 16, RLENGTH - 16) }
    END {
      printf "| %s | %s | %d | %d | %s |\n", what, package, runs, runs * 1000 / (ms > 0 ? ms : 1), outcome
    }' "$work/report"
done
