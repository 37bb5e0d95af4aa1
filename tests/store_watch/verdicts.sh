#!/bin/sh
# The store watch's verdict on every machine of this folder, compiled by each compiler at each level
# of optimisation. JUDGE and GENERATE are the programs of judge.cpp and generate.cpp; INCLUDE_DIR is
# where <reprise/...> is found. What is compiled stays in WORK_DIR.
# With --half, g++ compiles at the first level and clang++ at the last one, and no more.
# usage: verdicts.sh [--no-watch] [--compilers LIST] [--levels LIST] [--half] [--seeds N]
#                    [--launcher PROGRAM] JUDGE GENERATE INCLUDE_DIR WORK_DIR
set -eu
unset CDPATH

here=$(cd -- "$(dirname -- "$0")" && pwd)
root=$(cd -- "$here/../.." && pwd)
folders="reentry pitfalls checks sound arguable unclaimed"

compilers="g++ clang++"
levels="0 1 2 3"
half=
seeds=400
launcher=$(command -v ccache || true)
judge_option=
# g++ takes some results for uninitialised where it has put the watch's calls.
warnings="-Wall -Wextra -Wno-unknown-warning-option -Wno-maybe-uninitialized"
# g++ would copy a few bytes by instructions of its own, of which it does not tell.
watch="-fsanitize=thread -D_GLIBCXX_EXTERN_TEMPLATE=0"
# So that the .so's own, watched, inline functions are called, and not the judge's.
link="-shared -Wl,-Bsymbolic-functions"
for name in memcpy memmove memset strcpy strncpy strcat; do
  watch="$watch -fno-builtin-$name"
  wraps="${wraps:+$wraps }-Wl,--wrap=$name"
done

fail() {
  printf 'verdicts: %s\n' "$1" >&2
  exit 2
}

while :; do
  case ${1:-} in
    --no-watch)
      watch=
      wraps=
      judge_option=--no-watch
      shift
      ;;
    --compilers) compilers=$2 && shift 2 ;;
    --levels) levels=$2 && shift 2 ;;
    --half) half=yes && shift ;;
    --seeds) seeds=$2 && shift 2 ;;
    --launcher) launcher=$2 && shift 2 ;;
    -*) fail "no option '$1'" ;;
    *) break ;;
  esac
done
[ $# -eq 4 ] || fail "expected JUDGE GENERATE INCLUDE_DIR WORK_DIR"
judge=$1
generate=$2
include=$3
mkdir -p "$4"
work=$(cd -- "$4" && pwd)

# One translation unit for each folder: most of the time of a small one goes to its headers.
write_units() {
  for folder in $folders; do
    for file in "$here/$folder"/*.cpp; do
      printf '#include "%s"\n' "${file#"$root/"}"
    done >"$work/$folder.cpp"
  done
  "$generate" 1 12 >"$work/generated.cpp"
}

# judge_cell CELL COMPILER LEVEL: CELL.verdicts, a line for each machine.
judge_cell() {
  objects=
  for unit in $folders generated; do
    object=$work/$1.$unit.o
    # shellcheck disable=SC2086 # $launcher is one word or none, the others are lists of words
    $launcher "$2" -std=c++20 -g -fPIC "-O$3" $warnings $watch -I"$include" -I"$root" \
      -c "$work/$unit.cpp" -o "$object" || return 1
    objects="$objects $object"
  done
  # shellcheck disable=SC2086 # the lists are words
  "$2" $link $wraps $objects -o "$work/$1.so" &&
    "$judge" $judge_option "$seeds" "$work/$1.so" >"$work/$1.verdicts"
}

# levels_of COMPILER
levels_of() {
  case $half$1 in
    yesg++) echo "${levels%% *}" ;;
    yes*) echo "${levels##* }" ;;
    *) echo "$levels" ;;
  esac
}

# judge_compiler COMPILER: one level after the other, while the other compiler is under way.
judge_compiler() {
  compiler=$1
  for level in $(levels_of "$compiler"); do
    cell=$compiler-O$level
    rm -f "$work/$cell.verdicts"
    judge_cell "$cell" "$compiler" "$level" >"$work/$cell.log" 2>&1 ||
      printf 'verdicts: %s ended with exit code %s\n' "$cell" $? >>"$work/$cell.log"
  done
}

write_units
cells=
for compiler in $compilers; do
  if ! command -v "$compiler" >/dev/null; then
    printf '\n*** NOT JUDGED: %s is not installed ***\n\n' "$compiler"
    continue
  fi
  for level in $(levels_of "$compiler"); do cells="$cells $compiler-O$level"; done
  judge_compiler "$compiler" &
done
wait
[ -n "$cells" ] || fail "none of the compilers is installed: $compilers"

for cell in $cells; do
  [ ! -s "$work/$cell.log" ] || { printf '%s:\n' "$cell" && cat "$work/$cell.log"; }
done

# The table. What is arguable or unclaimed has a row, and no wrong verdict.
cd -- "$work"
for cell in $cells; do
  [ -e "$cell.verdicts" ] || continue
  sed "s/^/$cell /" "$cell.verdicts"
  echo  # the last line may have no end
done | LC_ALL=C sort -k 2,2 -s | awk -v cells="$cells" '
  function row(name, i, text, free) {
    text = sprintf("%-44s", name)
    free = name ~ /^arguable\// || name ~ /^unclaimed\/.*\/broken$/
    for (i = 1; i <= count; ++i) {
      verdict = name in machine ? told[name, cell[i]] : ""
      if (verdict == "") verdict = "nothing"
      word = verdict
      sub(/[ :].*/, "", word)
      text = text sprintf(" %-11s", word)
      if (verdict == "ok" || verdict == "unseen" || free) continue
      ++wrong
      details = details sprintf("%s, %s: %s\n", name, cell[i], verdict)
    }
    print text
  }
  BEGIN { count = split(cells, cell, " ") }
  NF < 2 { next }
  !($2 in machine) { machine[$2]; names[++machines] = $2 }
  {
    verdict = $0
    sub(/^[^ ]+ [^ ]+ ?/, "", verdict)
    told[$2, $1] = verdict == "" ? "died: the judge ended here" : verdict
  }
  END {
    header = sprintf("%-44s", "machine")
    for (i = 1; i <= count; ++i) header = header sprintf(" %-11s", cell[i])
    print header
    for (m = 1; m <= machines; ++m) row(names[m])
    if (details != "") printf "\n%s", details
    printf "\n%d machines, %d wrong verdicts\n", machines, wrong
    exit wrong > 0 || machines == 0
  }'
