#!/bin/sh
# debian-packages BUILD_DIR WORK_DIR: what cpack makes of a build is three packages, in which lintian
# finds nothing that their overrides do not explain, and each file of the installation is in one of them.
set -eu
build=$1
work=$2
rm -rf "$work"
mkdir -p "$work"
cd "$work"
for program in lintian dpkg-shlibdeps; do
  command -v "$program" >/dev/null || { echo "skipped: there is no $program" && exit 77; }
done

fail() { printf 'debian-packages: %s\n' "$1" >&2 && exit 1; }

cpack -G DEB --config "$build/CPackConfig.cmake" -B "$work" >cpack.log 2>&1 ||
  { cat cpack.log && fail "cpack failed"; }

# field FILE FIELD
field() { dpkg-deb -f "$1" "$2"; }
tool=$(ls reprise_*.deb)
development=$(ls libreprise-dev_*.deb)
documents=$(ls reprise-doc_*.deb)
[ "$(ls ./*.deb | wc -l)" -eq 3 ] || fail "not three packages: $(ls ./*.deb)"
[ "$(field "$documents" Architecture)" = all ] || fail "documents are for all architectures"
[ "$(field "$tool" Architecture)" = "$(dpkg --print-architecture)" ] || fail "architecture of $tool"
case $(field "$tool" Depends) in
  *libboost-context*libc6*libdw1*libfmt*libstdc++6*) ;;
  *) fail "dpkg-shlibdeps gave $tool: $(field "$tool" Depends)" ;;
esac
case $(field "$development" Depends) in
  *libboost-context-dev*libdw-dev*libfmt-dev*libxxhash-dev*) ;;
  *) fail "$development needs $(field "$development" Depends)" ;;
esac

# A tool without the command `man` has no pages.
suppress=
"$build/reprise" man --help >/dev/null 2>&1 || suppress="--suppress-tags no-manual-page"

# Errors and warnings of lintian; its notes are for those who maintain packages in an archive.
# shellcheck disable=SC2086 # two words or none
lintian --allow-root --no-cfg --fail-on error,warning --tag-display-limit 0 $suppress ./*.deb >lintian.log 2>&1 ||
  { cat lintian.log && fail "lintian has complaints"; }

# Each override is of use, and each paragraph of them begins with the reason.
if lintian --allow-root --no-cfg --display-info ./*.deb 2>/dev/null | grep unused-override; then
  fail "an override is of no use"
fi
for package in "$tool" "$development" "$documents"; do
  dpkg-deb -x "$package" laid
  name=$(field "$package" Package)
  awk -v RS= '!/^#/ { print; bad = 1 } END { exit bad }' \
    "laid/usr/share/lintian/overrides/$name" || fail "overrides of $name without a reason"
done

# The program is what it was before it was packed: the store watch finds what is planted.
laid/usr/bin/reprise selftest 'reentry/*' 'corpus/double-mutation/*' --campaigns 0 --seeds 50 -j 1 \
  >selftest.log 2>&1 || { cat selftest.log && fail "the packed program misses planted bugs"; }

# What is installed is packed: no component was forgotten.
cmake --install "$build" --prefix "$work/installed" >/dev/null
(cd installed && find . -type f -o -type l) | sed -e 's,^\./,,' -e '/\/doc\/reprise\/LICENSE$/d' |
  sort >wanted
(cd laid/usr && find . -type f -o -type l) |
  sed -e 's,^\./,,' -e 's,\(share/man/.*\)\.gz$,\1,' \
    -e '/^share\/lintian\//d' -e '/\/changelog\.Debian\.gz$/d' -e '/\/copyright$/d' | sort >packed
diff wanted packed || fail "the packages do not have what is installed"

if LC_ALL=C grep -rlF -e "$(cd "$build/.." && pwd)/" -e "$work" laid >paths; then
  fail "paths of this machine are in $(cat paths)"
fi
# The dates are the commit's, so packing again gives the same control files.
zcat laid/usr/share/doc/reprise/changelog.Debian.gz | grep -q '^ -- .* +0000$' ||
  fail "no date in the changelog"
