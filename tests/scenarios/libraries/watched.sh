#!/bin/sh
# Fuzzes the scenario of a library whose sources fetch.sh has put into FOLDER, both compiled with the
# store watch by PROGRAM, which must have no scenarios of its own. NAME is a folder of
# scenarios/libraries; NAME-planted has the planted line. Without the sources: exit status 77, which
# ctest takes for "skipped".
#
#   watched.sh PROGRAM FOLDER NAME [ARGS]
set -eu

program=$1
sources=$2/$3
name=${3%-planted}
shift 3

[ -f "$sources/.source" ] || {
  echo "skipped: no sources of $name (./dev libraries --sources)"
  exit 77
}
# shellcheck source=/dev/null
. "scenarios/libraries/$name/source.sh"
set -- fuzz "scenarios/libraries/$name"/*.cpp "$@"
# shellcheck disable=SC2154 # source.sh has them
for file in $files; do
  # shellcheck disable=SC2086 # a pattern
  for path in "$sources"/$file; do set -- "$@" "$path"; done
done
set -- "$@" -- -w -I.
# shellcheck disable=SC2154
for flag in $flags; do
  case $flag in
    -I*) set -- "$@" "-I$sources/${flag#-I}" ;;
    *) set -- "$@" "$flag" ;;
  esac
done
exec "$program" "$@"
