#include "tests/bench/instructions.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <string>

#include "tests/bench/child.h"
#include "tests/support/temporary_folder.h"

using namespace reprise::bench;
using reprise::tests::TemporaryFolder;

namespace {

// Stands for valgrind: a shell script, whose last argument is the number of seeds.
std::string counter(const TemporaryFolder& folder, const std::string& script) {
  std::string path = folder.write("counter", "#!/bin/sh\nfor seeds; do :; done\n" + script + "\n");
  REQUIRE(::chmod(path.c_str(), S_IRWXU) == 0);
  return path;
}

const CountedRuns runs{"program", "corpus", 10, 30, 4};

}  // namespace

TEST_CASE("instructions: the sum is read from what cachegrind prints") {
  CHECK(instructions_in("==1== Cachegrind\n==1== \n==1== I   refs:      4,341,902\n") == 4341902);
  CHECK(instructions_in("==1== I refs: 7") == 7);
  CHECK_FALSE(instructions_in("==1== Cachegrind\n").has_value());
  CHECK_FALSE(instructions_in("==1== D   refs:      12  (7 rd + 5 wr)\n").has_value());
  CHECK_FALSE(instructions_in("==1== I   refs:      \n").has_value());
}

TEST_CASE("instructions: what both counts share is no part of a run") {
  const TemporaryFolder folder;
  const std::string fake =
      counter(folder, "echo \"==1== I   refs:      $((5000 + 400 * seeds))\" >&2");
  CHECK(count_instructions(runs, fake).value() == 100);
}

TEST_CASE("instructions: a counter that fails is named with its exit code and its last line") {
  const TemporaryFolder folder;
  const std::string fake = counter(folder, "echo one; echo two >&2; exit 3");
  CHECK(count_instructions(runs, fake).error() == fake + " ended with exit code 3: two");
}

TEST_CASE("instructions: a counter that counts nothing is named") {
  const TemporaryFolder folder;
  CHECK(count_instructions(runs, counter(folder, "exit 0")).error().find("printed no count") !=
        std::string::npos);
  CHECK(count_instructions(runs, counter(folder, "echo '== I refs: 5'")).error().find("no more") !=
        std::string::npos);
}

TEST_CASE("instructions: a counter that is not there cannot be started") {
  CHECK(count_instructions(runs, "/no/such/counter").error() ==
        "/no/such/counter was not started: No such file or directory");
  CHECK_FALSE(is_installed("no-such-program-anywhere"));
  CHECK(is_installed("sh"));
}

TEST_CASE("child: one that a signal ends is told apart") {
  CHECK(output_of({"sh", "-c", "kill -9 $$"}).error() == "sh was ended by signal 9");
}
