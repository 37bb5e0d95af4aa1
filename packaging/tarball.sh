#!/bin/sh
# tarball FOLDER [COMMIT]: writes the sources of a commit (HEAD) to FOLDER as reprise-VERSION.tar.gz, and
# reprise-VERSION.tar.gz.sha256 beside it, which `sha256sum -c` reads. The same commit gives the same
# bytes, whoever packs it, where and when; what is not committed is left out. Prints the path.
set -eu
[ $# -gt 0 ] || { echo "usage: tarball.sh FOLDER [COMMIT]" >&2 && exit 2; }
mkdir -p "$1"
folder=$(cd -- "$1" && pwd)
cd -- "$(dirname -- "$0")/.."
commit=$(git rev-parse --verify --quiet "${2:-HEAD}^{commit}") || {
  echo "tarball: there is no commit ${2:-HEAD}" >&2
  exit 2
}
version=$(git show "$commit:CMakeLists.txt" | sed -n 's/^project(reprise VERSION \([0-9.]*\).*/\1/p')
[ -n "$version" ] || { echo "tarball: CMakeLists.txt of $commit names no version" >&2 && exit 1; }
name=reprise-$version
# Neither the user's settings for archives nor gzip's own time may get into the file.
git -c tar.umask=0022 -c core.autocrlf=false archive --format=tar --prefix="$name/" "$commit" |
  gzip -9n >"$folder/$name.tar.gz.part"
mv "$folder/$name.tar.gz.part" "$folder/$name.tar.gz"
(cd "$folder" && sha256sum "$name.tar.gz" >"$name.tar.gz.sha256")
echo "$folder/$name.tar.gz"
