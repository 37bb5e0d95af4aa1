// What `sweep` says and leaves behind.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/support/captured.h"
#include "tests/support/command_line.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/trouble.h"

namespace reprise {

namespace {

using doctest::Contains;
using tests::Captured;
using tests::Registered;
using tests::text;

struct Bench {
  Registered clean{"toys/clean", tests::clean_toy};
  Registered option{"toys/option", tests::toy_with_option};
  tests::TemporaryFolder folder;

  Captured run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--out", folder / "traces"});
    return tests::run_reprise(arguments);
  }
};

}  // namespace

TEST_CASE("command line: a sweep leaves a certificate that the next one is compared with") {
  const Bench bench;
  const std::string file = bench.folder / "certificate.json";
  const Captured first = bench.run({"sweep", "toys/*", "--certificate", file});
  CHECK(first.exit == 0);
  CHECK(text(first.out) == Contains("    toys/clean: "));
  CHECK(bench.run({"sweep", "toys/*", "--compare", file}).exit == 0);
  const Captured fewer = bench.run({"sweep", "toys/clean", "--compare", file});
  CHECK(fewer.exit == 4);
  CHECK(text(fewer.out) == Contains("toys/option was not swept"));
  const Captured none = bench.run({"sweep", "toys/clean", "--compare", "no-such"});
  CHECK(none.exit == 2);
  CHECK(text(none.err) == Contains("no-such: there is no such file"));
}

TEST_CASE("command line: a sweep that a finding ends does not say that all was run") {
  const Registered wrong{"wrong/invariant", tests::invariant_toy};
  const Bench bench;
  const Captured ended = bench.run({"sweep", "wrong/invariant"});
  CHECK(ended.exit == 1);
  CHECK(text(ended.out) == Contains(", cut short; "));
  CHECK(text(ended.out) == Contains(" plans with one difference ("));  // so many, in per cent
}

TEST_CASE("command line: a sweep at distance 2 says how much of it was run") {
  const Bench bench;
  const Captured all = bench.run({"sweep", "toys/clean", "--distance", "2"});
  CHECK(all.exit == 0);
  CHECK(text(all.out) == Contains("with two"));
  const Captured some = bench.run({"sweep", "toys/clean", "--distance", "2", "--plans", "3"});
  CHECK(some.exit == 0);
  CHECK(text(some.out) == Contains("6 of "));
  CHECK(text(some.out) == Contains("seed 0x1"));
  CHECK(bench.run({"sweep", "toys/clean", "--distance", "3"}).exit == 2);
}

}  // namespace reprise
