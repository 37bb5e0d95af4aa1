#!/bin/sh
# debian-chroot BUILD_DIR CONSUMER_DIR WORK_DIR: the packages of a build, installed into a bare Debian of
# the same release, which has nothing else of this machine; the consumer is built there, by CMake and by
# pkg-config, and the tool tests a file. Needs root, debootstrap and a mirror of Debian.
set -eu
build=$1
consumer=$2
work=$3
mirror=${REPRISE_DEBIAN_MIRROR:-}  # else that of the system's own packages

skip() { echo "skipped: $1" && exit 77; }
fail() { printf 'debian-chroot: %s\n' "$1" >&2 && exit 1; }

for program in debootstrap dpkg-shlibdeps unshare wget; do
  command -v "$program" >/dev/null || skip "there is no $program"
done
[ "$(id -u)" -eq 0 ] || skip "only root can make a bare system"
suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
[ -n "$mirror" ] || mirror=$(apt-get indextargets --format '$(CODENAME) $(REPO_URI)' | sed -n "s/^$suite //p" | head -n 1)
mirror=${mirror%/}
[ -n "$mirror" ] || skip "apt has no mirror of $suite: set REPRISE_DEBIAN_MIRROR"
wget -q -T 20 -t 2 -O /dev/null "$mirror/dists/$suite/Release" ||
  skip "no $suite at $mirror"

rm -rf "$work"
mkdir -p "$work"
root=$work/root
cpack -G DEB --config "$build/CPackConfig.cmake" -B "$work/packages" >"$work/log" 2>&1 ||
  { cat "$work/log" && fail "cpack failed"; }
debootstrap --variant=minbase "$suite" "$root" "$mirror" >"$work/log" 2>&1 ||
  { tail -n 30 "$work/log" && fail "debootstrap failed"; }
mkdir -p "$root/packages" "$root/consumer" "$root/home"
cp "$work"/packages/*.deb "$root/packages"
cp "$consumer"/CMakeLists.txt "$consumer"/*.cpp "$consumer"/*.h "$root/consumer"
cp /etc/resolv.conf "$root/etc/resolv.conf"

# inside EXPECTED COMMAND: runs it in the bare system, whose mounts go when it ends.
inside() {
  expected=$1
  shift
  code=0
  unshare --mount sh -ec '
    mount -t proc proc "$1/proc"
    exec chroot "$1" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/home LC_ALL=C \
      ${http_proxy:+http_proxy="$http_proxy"} DEBIAN_FRONTEND=noninteractive \
      sh -ec "$2"' sh "$root" "$*" >"$work/log" 2>&1 || code=$?
  [ "$code" -eq "$expected" ] || {
    tail -n 40 "$work/log"
    fail "exit status $code, not $expected: $*"
  }
}
# says TEXT: the last command has printed it.
says() { grep -qF -e "$1" "$work/log" || { cat "$work/log" && fail "no \"$1\" is printed"; }; }

inside 0 "apt-get install -y --no-install-recommends /packages/*.deb"

# Without a compiler the tool runs its own scenarios, and says what it needs for a file.
inside 0 "reprise --version"
inside 0 "cd /home && reprise fuzz pager/clients --seed 1 --seeds 20"
inside 2 "cd /home && cp -r /usr/share/doc/reprise/examples . && reprise fuzz examples/first_machine.cpp"
says "there is no C++ compiler"

inside 0 "apt-get install -y --no-install-recommends g++ cmake ninja-build pkg-config"
inside 1 "cd /home && reprise fuzz examples/first_machine.cpp"
says "error[double-mutation]: \`counter.value\` was changed twice by one operation"
says " 17 |     value += 1;            // changed first ..."

# find_package, and a test for each scenario.
inside 0 "cmake -S /consumer -B /home/build -G Ninja && cmake --build /home/build"
inside 1 "cd /home && build/harness fuzz turnstile/broken --seed 1 --seeds 50"
inside 0 "ctest --test-dir /home/build --no-tests=error -R ^harness/"
says "harness/turnstile/mended"
inside 0 "cmake -S /home/examples/foreign_c -B /home/foreign_c -G Ninja &&
  cmake --build /home/foreign_c"

# pkg-config.
inside 0 "cd /home && g++ -std=c++20 /consumer/turnstile*.cpp -o by_hand \
  \$(pkg-config --cflags --libs reprise) && ./by_hand fuzz turnstile/mended --seed 1 --seeds 50"
inside 0 "cd /home && g++ -std=c++20 /consumer/turnstile.cpp /consumer/on_a_file.cpp -o on_a_file \
  \$(pkg-config --cflags --libs reprise-core) && ./on_a_file counts"
inside 1 "cd /home && ./by_hand fuzz turnstile/broken --seed 1 --seeds 50"

# A project that the tool writes.
inside 0 "cd /home && reprise new wheel --project && cmake -S wheel -B wheel/build -G Ninja &&
  cmake --build wheel/build"
inside 8 "ctest --test-dir /home/wheel/build --no-tests=error -R ^fuzz/"
says "fuzz/wheel/bump (Failed)"

# Nothing stays behind.
inside 0 "dpkg --purge reprise libreprise-dev reprise-doc"
left=$(find "$root/usr" "$root/etc" "$root/var/lib" -iname '*reprise*' ! -path '*/apt/*')
[ -z "$left" ] || fail "purging leaves $left"
rm -rf "$root"
