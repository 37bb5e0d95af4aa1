#!/bin/sh
# What pager_store keeps, across its runs, on each back end.
# usage: check.sh PROGRAM
set -eu
program=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
fail() { echo "check.sh: $1" >&2; exit 1; }
is() { [ "$2" = "$3" ] || fail "$1 is '$2', not '$3'"; }

for back_end in posix uring; do
  store() { "$program" --$back_end "$folder/$back_end" "$@"; }
  code=0
  store put apple red 2>"$folder/error" || code=$?
  if [ "$code" -eq 3 ]; then
    echo "nothing tested on $back_end: $(cat "$folder/error")"
    continue
  fi
  is "the code of a put" "$code" 0
  store put pear green
  store put apple yellow
  is apple "$(store get apple)" yellow
  is pear "$(store get pear)" green
  store del pear
  code=0
  store get pear || code=$?
  is "the code of a get without a value" "$code" 1
  i=0
  while [ $i -lt 20 ]; do
    store put "key $i" "value $i, $(head -c 100 /dev/zero | tr '\0' x)"
    i=$((i + 1))
  done
  is "key 13" "$(store get 'key 13' | cut -c1-8)" "value 13"
  store bench 500
  is apple "$(store get apple)" yellow
done
