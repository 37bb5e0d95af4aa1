#!/bin/sh
# The names that <reprise/reprise.h> puts into the namespace `reprise`, compared with names.txt, and those
# of <reprise/replay/fuzz.h> and input_fuzzer.h with fuzz_names.txt: whoever writes `using namespace reprise` has them all.
# Needs clang++, which alone can list them.
# usage: check.sh INCLUDE_DIR [--write]
set -eu
unset CDPATH
here=$(cd -- "$(dirname -- "$0")" && pwd)
command -v clang++ >/dev/null || { echo "clang++ is not installed: nothing was compared"; exit 77; }

# The syntax tree's lines of depth two below a NamespaceDecl `reprise`, but for what only mentions a name.
names() {
  echo "#include <reprise/$2>" |
    clang++ -std=c++20 -w -I"$1" -fsyntax-only -fno-color-diagnostics -Xclang -ast-dump -x c++ - |
    awk '
      match($0, /[A-Z]/) {
        depth = RSTART - 1
        if (depth == 2) inside = /NamespaceDecl/ && / reprise( inline)?$/
        if (!inside || depth != 4) next
        if ($0 !~ /(CXXRecord|ClassTemplate|Enum|TypeAlias|TypeAliasTemplate|Function|FunctionTemplate|Var|VarTemplate|Concept|Namespace)Decl/) next
        if (/ParentContext| parent 0x/) next   # a member that is defined outside its class
        sub(/ \x27.*$/, "")  # the type
        sub(/ (definition|inline)$/, "")
        if ($NF !~ /:/) print $NF
      }' | LC_ALL=C sort -u
}

fuzz_names() {
  { names "$1" replay/fuzz.h && names "$1" replay/input_fuzzer.h; } | LC_ALL=C sort -u
}

if [ "${2:-}" = --write ]; then
  names "$1" reprise.h >"$here/names.txt"
  fuzz_names "$1" >"$here/fuzz_names.txt"
  exit
fi
code=0
names "$1" reprise.h | diff "$here/names.txt" - || code=1
fuzz_names "$1" | diff "$here/fuzz_names.txt" - || code=1
[ "$code" -eq 0 ] || echo "the lists have what users get; a new name is a decision: check.sh INCLUDE_DIR --write"
exit "$code"
