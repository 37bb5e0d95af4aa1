#!/bin/sh
# source-tarball SOURCE_DIR WORK_DIR: the archive of the sources is the same bytes whoever packs it, has
# what is committed and nothing else, knows its commit, and can be configured without git.
set -eu
source=$1
work=$2
fail() { printf 'source-tarball: %s\n' "$1" >&2 && exit 1; }

git -C "$source" rev-parse --verify --quiet HEAD >/dev/null ||
  { echo "skipped: $source is no clone" && exit 77; }
rm -rf "$work"
mkdir -p "$work/clone"

# In a clone, so that what is not committed here plays no part.
git clone -q --no-local "$source" "$work/clone"
cp "$source/packaging/tarball.sh" "$work/clone/packaging/tarball.sh"
cd "$work"
one=$(clone/packaging/tarball.sh one)
echo "not committed" >clone/stray.txt
mkdir home
git config --file home/.gitconfig tar.umask 0077
git config --file home/.gitconfig core.autocrlf true
two=$(umask 077 && HOME=$work/home TZ=Asia/Tokyo LC_ALL=C GZIP=-1 clone/packaging/tarball.sh two 2>/dev/null)
cmp "$one" "$two" || fail "packed twice, it is not the same"
(cd one && sha256sum --quiet -c ./*.sha256) || fail "the sum is not that of the archive"
sed -i 's/^./x/' "two/$(basename "$two").sha256"
(cd two && sha256sum --status -c ./*.sha256 2>/dev/null) && fail "a wrong sum is taken for right"

name=$(basename "$one" .tar.gz)
tar -xzf "$one"
git -C clone ls-tree -r --name-only HEAD | LC_ALL=C sort >committed
(cd "$name" && find . -type f -o -type l) | sed 's,^\./,,' | LC_ALL=C sort >packed
diff committed packed || fail "it does not have what is committed"
[ "$(cat "$name/cmake/commit.txt")" = "$(git -C clone rev-parse HEAD)" ] || fail "its commit is wrong"

cmake -DSOURCE_DIR="$work/$name" -DOUTPUT="$work/build_info.cpp" -DVERSION=0 \
  -P "$name/cmake/build_info.cmake"
grep -qF ".commit = \"$(git -C clone rev-parse HEAD)\"" build_info.cpp ||
  fail "a program built from it does not know its commit: $(cat build_info.cpp)"
cmake -S "$name" -B build -DREPRISE_TESTS=OFF >configure.log 2>&1 ||
  { cat configure.log && fail "it cannot be configured"; }

code=0
clone/packaging/tarball.sh three no-such-commit 2>message || code=$?
[ "$code" -eq 2 ] && grep -q "there is no commit no-such-commit" message || fail "a wrong commit: $code"
