#!/bin/sh
# Fetches the sources of libraries: of the source packages of Debian in the versions that
# scenarios/libraries/NAME/source.sh names, into FOLDER/NAME. FOLDER/NAME-planted is a copy with
# planted.patch applied. Prints what is skipped, and why. The lists of apt are in FOLDER too: those of
# the system stay as they are.
#
#   fetch.sh FOLDER
set -eu

mkdir -p "$1/apt/lists/partial" "$1/apt/cache/archives/partial"
folder=$(cd "$1" && pwd)

skip() { printf 'skipped: %s\n' "$1" >&2; }

for program in apt-get dpkg-source patch; do
  command -v "$program" >/dev/null && continue
  skip "the sources of all libraries, for want of $program (the package dpkg-dev)"
  exit 0
done

own_apt() {
  apt-get -qq -o Dir::Etc::SourceList="$folder/apt/sources.list" -o Dir::Etc::SourceParts=- \
    -o Dir::State::Lists="$folder/apt/lists" -o Dir::Cache="$folder/apt/cache" \
    -o APT::Sandbox::User=root "$@" >>"$folder/apt/log" 2>&1
}

# The sources come from where the packages of the system come from.
read_lists() {
  [ -z "${lists_read:-}" ] || return 0
  lists_read=1
  : >"$folder/apt/log"
  # shellcheck disable=SC2016 # apt fills this in
  apt-get indextargets --format 'deb-src $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
    sed -n '/ bookworm\(-security\)\{0,1\} main$/p' | sort -u -k3,3 >"$folder/apt/sources.list"  # main first
  own_apt update || true
}

# fetch NAME SOURCE
fetch() {
  [ "$(cat "$folder/$1/.source" 2>/dev/null)" != "$2" ] || return 0
  read_lists
  rm -rf "${folder:?}/$1" "$folder/$1-planted" "$folder/apt/new"
  mkdir "$folder/apt/new"
  (cd "$folder/apt/new" && own_apt source "$2") || return 1
  mv "$folder/apt/new"/*/ "$folder/$1"
  echo "$2" >"$folder/$1/.source"
}

# plant NAME PATCH
plant() {
  # shellcheck disable=SC3013 # dash has -nt too
  [ ! -f "$folder/$1-planted/.source" ] || [ "$2" -nt "$folder/$1-planted/.source" ] || return 0
  rm -rf "${folder:?}/$1-planted"
  cp -R "$folder/$1" "$folder/$1-planted"
  patch -s -p1 -d "$folder/$1-planted" <"$2" && touch "$folder/$1-planted/.source"
}

for description in scenarios/libraries/*/source.sh; do
  name=$(basename "$(dirname "$description")")
  # shellcheck source=/dev/null
  . "$description"
  # shellcheck disable=SC2154 # of the description
  if ! fetch "$name" "$source"; then
    skip "the sources of $name: apt has no $source ($folder/apt/log)"
  elif [ -f "${description%/*}/planted.patch" ] && ! plant "$name" "${description%/*}/planted.patch"; then
    skip "the planted line of $name: its patch does not apply"
  fi
done
