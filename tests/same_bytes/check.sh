#!/bin/sh
# The same plan gives the same bytes, whatever the compiler, the optimisation and the sanitizers.
# PROGRAM is same_bytes as the build at hand makes it, with the compiler COMPILER_ID (GNU, Clang);
# it is built once more in WORK_DIR, by the other compiler, not optimised and with sanitizers, and must
# print the same, of a sixth of the runs. With --all it is built in all ways, to see which of these it
# is, and all runs are compared: ./dev soak does.
# usage: check.sh [--all] PROGRAM COMPILER_ID WORK_DIR [COMPILER_LAUNCHER]
set -eu
unset CDPATH

all=
every=6
if [ "$1" = --all ]; then
  all=yes
  every=1
  shift
fi
source_dir=$(cd -- "$(dirname -- "$0")" && pwd)
program=$1
compiler_id=$2
launcher=${4:-}
case $compiler_id in
  Clang) other=GNU-debug ;;
  *) other=Clang-debug ;;
esac
mkdir -p "$3"
cd -- "$3"

# NAME COMPILER FLAGS; debug builds are sanitized, which saves two builds.
debug="-O0 -fsanitize=address,undefined -fno-sanitize-recover=all"
# clang++ 14 cannot put the marks of this one in front of a coroutine's parts.
clang_debug="$debug -fno-sanitize=function"
release="-O2 -DNDEBUG"
variants="GNU-debug g++ $debug
Clang-debug clang++ $clang_debug
Clang-release clang++ $release
GNU-release g++ $release"

jobs=$(nproc 2>/dev/null || getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
# All of them are built at once, so each gets a part of the machine.
[ -z "$all" ] || jobs=$(((jobs + 2) / 3))

build() {
  cmake -G Ninja -S "$source_dir" -B "$name" "-DCMAKE_CXX_COMPILER=$compiler" \
    "-DCMAKE_CXX_FLAGS=$flags" "-DCMAKE_CXX_COMPILER_LAUNCHER=$launcher" &&
    cmake --build "$name" -j "$jobs" --target same_bytes
}

# print_digests NAME PROGRAM: two halves at once, because a sanitized program takes its time.
print_digests() {
  "$2" --half 1 --every "$every" >"$1.digests" &
  first=$!
  "$2" --half 2 --every "$every" >"$1.second-half" || fail "$1: exit code $?"
  wait "$first" || fail "$1: exit code $?"
  cat "$1.second-half" >>"$1.digests"
}

fail() {
  printf '%s\n' "$1"
  exit 1
}

show_difference() {
  # shellcheck disable=SC2046 # two words: scenario and case
  set -- "$1" $(diff at-hand.digests "$1.digests" | sed -n 's/^[<>] \(.*\) .*/\1/p' | head -n 1)
  printf '%s: the trace of %s, case %s, differs from that of the build at hand:\n' "$@"
  "$program" --trace "$2" "$3" >at-hand.trace || echo "(the build at hand has no such case)"
  "$1/same_bytes" --trace "$2" "$3" >"$1.trace" || echo "(this one has no such case)"
  diff at-hand.trace "$1.trace" | head -n 8
}

print_digests at-hand "$program" &
running=$!
built=
while read -r name compiler flags; do
  if [ "$name" = "$compiler_id-release" ]; then
    continue
  elif [ -z "$all" ] && [ "$name" != "$other" ]; then
    continue
  elif ! command -v "$compiler" >/dev/null; then
    printf '\n*** NOT COMPARED: %s, because %s is not installed ***\n\n' "$name" "$compiler"
    continue
  fi
  {
    build >"$name.log" 2>&1 || { cat "$name.log" && fail "$name: cannot be built"; }
    print_digests "$name" "$name/same_bytes"
  } &
  running="$running $!"
  built="$built $name"
done <<LIST
$variants
LIST

code=0
for job in $running; do wait "$job" || code=1; done
[ "$code" -eq 0 ] || exit 1
for name in $built; do
  cmp -s at-hand.digests "$name.digests" || { show_difference "$name" && code=1; }
done
[ "$code" -ne 0 ] ||
  printf '%s runs have the same traces in %s\n' "$(wc -l <at-hand.digests)" "at-hand$built"
exit "$code"
