#!/bin/bash
# What key_value_server answers, to nc if it is there, and what it keeps, on each back end.
# usage: check.sh PROGRAM
set -eu
program=$1
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill -9 $server; rm -rf "$folder"' EXIT
fail() { echo "check.sh: $1" >&2; exit 1; }
is() { [ "$2" = "$3" ] || fail "$1 is '$2', not '$3'"; }

# Sends the lines, and prints the answers, one for each.
ask() {
  if command -v nc >/dev/null; then
    printf '%s\n' "$@" | nc -w 5 127.0.0.1 "$port" | head -n $#
  else
    exec 3<>"/dev/tcp/127.0.0.1/$port"
    printf '%s\n' "$@" >&3
    head -n $# <&3
    exec 3>&-
  fi
}

begin() {
  "$program" --io "$1" 127.0.0.1:0 "$folder/$1" >"$folder/out" 2>"$folder/error" &
  server=$!
  port=
  while [ -z "$port" ] && kill -0 $server 2>/dev/null; do
    port=$(sed -n 's/^listening at .*://p' "$folder/out")
    [ -n "$port" ] || sleep 0.05
  done
}

finish() {
  kill "-$1" $server
  code=0
  wait $server || code=$?
  server=
}

for io in posix uring; do
  begin $io
  if [ -z "$port" ]; then
    wait $server || code=$?
    server=
    is "the code of a server that cannot begin" "$code" 3
    echo "nothing tested on $io: $(cat "$folder/error")"
    continue
  fi
  is "the first answers" "$(ask 'PUT apple red' 'GET apple' 'GET pear')" $'OK\nVALUE red\nNONE'
  is "values with blanks" "$(ask 'PUT pear green and ripe' 'GET pear')" $'OK\nVALUE green and ripe'
  is "a call that is none" "$(ask 'DANCE')" 'ERROR say GET name, or PUT name value'
  long=$(head -c 30000 /dev/zero | tr '\0' x)
  is "a long value" "$(ask "PUT long $long" 'GET long' | tail -n 1)" "VALUE $long"
  finish KILL
  begin $io
  is "after a kill" "$(ask 'GET apple' 'GET pear')" $'VALUE red\nVALUE green and ripe'
  ask 'PUT apple yellow' >/dev/null
  finish TERM
  is "the code after SIGTERM" "$code" 0
  begin $io
  is "after a stop" "$(ask 'GET apple')" 'VALUE yellow'
  finish TERM
done
