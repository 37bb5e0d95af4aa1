// --shard and merge: what they say, write and return.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>
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
using tests::TemporaryFolder;
using tests::text;
using Variables = std::vector<std::pair<const char*, const char*>>;

struct Bench {
  Registered clean{"toys/clean", tests::clean_toy};
  Registered option{"toys/option", tests::toy_with_option};
  Registered wrong{"wrong/invariant", tests::invariant_toy};
  TemporaryFolder folder;

  std::string out() const { return folder / "out"; }

  Captured run(std::vector<std::string> arguments, const Variables& variables = {}) const {
    return tests::capture([&] {
      for (const char* const name :
           {"GTEST_SHARD_INDEX", "TEST_SHARD_INDEX", "SLURM_ARRAY_TASK_ID", "CI_NODE_INDEX",
            "CI_NODE_TOTAL", "BUILDKITE_PARALLEL_JOB", "CIRCLE_NODE_INDEX", "JOB_COMPLETION_INDEX",
            "GTEST_SHARD_STATUS_FILE", "TEST_SHARD_STATUS_FILE"}) {
        ::unsetenv(name);
      }
      for (const auto& [name, value] : variables) ::setenv(name, value, 1);
      return tests::command_line(arguments);
    });
  }
  Captured fuzz(const std::string& shard, const Variables& variables = {}) const {
    return run({"fuzz", "toys/*", "--seed", "7", "--seeds", "50", "--shard", shard, "--out", out()},
               variables);
  }
  Captured sweep(const std::string& shard) const {
    return run({"sweep", "toys/*", "--shard", shard, "--out", out()});
  }
};

// Without the times.
std::string stable(const std::string& json) { return json.substr(0, json.find("\"machine\"")); }

void check_refused(const Captured& captured, int exit, const char* sentence) {
  CHECK(captured.exit == exit);
  CHECK(captured.out.empty());
  CHECK(text(captured.err) == Contains(sentence));
  CHECK(captured.err.starts_with("error: "));
  CHECK(captured.err.find('\n') == captured.err.size() - 1);
}

}  // namespace

TEST_CASE("shards: merged they say what one machine says") {
  const Bench bench;
  for (const char* const shard : {"1/3", "2/3", "3/3"}) {
    const Captured captured = bench.fuzz(shard);
    CHECK(captured.exit == 0);
    CHECK(text(captured.out) == Contains(text(std::string("shard ") + shard[0] + " of 3")));
    CHECK(text(captured.err) == Contains(text(std::string(shard, 1) + "-of-3.shard")));
  }
  const Captured one = bench.run({"fuzz", "toys/*", "--seed", "7", "--seeds", "50", "--json",
                                  "--out", bench.folder / "traces"});
  const Captured merged = bench.run({"merge", bench.out(), "--json"});
  CHECK(merged.exit == 0);
  CHECK(stable(merged.out) == stable(one.out));
  CHECK(bench.run({"merge", bench.out() + "/3-of-3.shard", bench.out(), "--json"}).out ==
        merged.out);
  const Captured shown = bench.run({"merge", bench.out()});
  CHECK(text(shown.out) == Contains("fuzz: 2 scenarios, "));
  CHECK(shown.out.ends_with(" passed, 0 failed\n"));
}

TEST_CASE("shards: one that is missing is told with exit status 4") {
  const Bench bench;
  CHECK(bench.fuzz("1/3").exit == 0);
  CHECK(bench.fuzz("3/3").exit == 0);
  const Captured merged = bench.run({"merge", bench.out()});
  CHECK(merged.exit == 4);
  CHECK(text(merged.out) == Contains("incomplete: shard 2 of 3 is missing"));
}

TEST_CASE("shards: the certificate of a sweep is merged and compared") {
  const Bench bench;
  const std::string one = bench.folder / "one.json";
  const std::string now = bench.folder / "now.json";
  CHECK(bench.run({"sweep", "toys/*", "--certificate", one, "--out", bench.out()}).exit == 0);
  CHECK(bench.sweep("1/2").exit == 0);
  const Captured half = bench.run({"merge", bench.out(), "--compare", one});
  CHECK(half.exit == 4);
  CHECK(text(half.out) == Contains("the sweep of toys/clean was complete, and is not"));
  CHECK(bench.sweep("2/2").exit == 0);
  CHECK(bench.run({"merge", bench.out(), "--certificate", now, "--compare", one}).exit == 0);
  CHECK(TemporaryFolder::read(now) == TemporaryFolder::read(one));
  check_refused(bench.run({"sweep", "toys/*", "--shard", "1/2", "--certificate", now}), 2,
                "give them to `merge`");
}

TEST_CASE("shards: a finding of any is one of the whole and its trace replays") {
  const Bench bench;
  int exit = 0;
  for (const char* const shard : {"1/2", "2/2"}) {
    exit = std::max(exit, bench
                              .run({"fuzz", "wrong/invariant", "--seed", "1", "--seeds", "300",
                                    "--shard", shard, "--out", bench.folder / shard})
                              .exit);
  }
  CHECK(exit == 1);
  const Captured merged = bench.run({"merge", bench.folder / "1/2", bench.folder / "2/2"});
  CHECK(merged.exit == 1);
  CHECK(text(merged.out) == Contains("error[invariant]"));
  const std::size_t at = merged.out.find("reprise replay ");
  REQUIRE(at != std::string::npos);
  const std::string path = merged.out.substr(at + 15, merged.out.find('\n', at) - at - 15);
  CHECK(bench.run({"replay", path}).exit == 1);
  // A folder of traces may hold results.
  CHECK(bench.run({"replay", std::filesystem::path(path).parent_path().string()}).exit == 1);
}

TEST_CASE("shards: files that do not belong together are refused") {
  const Bench bench;
  CHECK(bench.fuzz("1/2").exit == 0);
  CHECK(bench.fuzz("1/3").exit == 0);
  check_refused(bench.run({"merge", bench.out()}), 2, "shards: \"2\" in ");
  const std::string bad = bench.folder.write("bad/1-of-2.shard", "{\"format\": ");
  check_refused(bench.run({"merge", bench.folder / "bad"}), 2, "bad/1-of-2.shard: line 1");
  check_refused(bench.run({"merge", bench.folder / "none"}), 2, "there is no such file");
  check_refused(bench.run({"merge", bench.folder.path()}), 5, "there is no result of a shard");
  check_refused(bench.run({"merge"}), 2, "needs a DIR");
  check_refused(bench.run({"merge", bench.out() + "/1-of-2.shard", "--certificate", "x"}), 2,
                "of a sweep, and these are of `fuzz`");
}

TEST_CASE("shards: what cannot be split and what is no shard is refused") {
  const Bench bench;
  const auto with = [&](const char* shard) { return bench.fuzz(shard); };
  for (const char* const shard :
       {"0/2", "3/2", "1", "1/", "/2", "a/b", "1/0", "1/100001", "-1/2"}) {
    CAPTURE(shard);
    check_refused(with(shard), 2, "--shard takes K/N");
  }
  check_refused(bench.run({"fuzz", "toys/*", "--shard", "1/2"}), 2, "--shard needs a --seed");
  check_refused(bench.run({"fuzz", "toys/*", "--shard", "1/2", "--seed", "random"}), 2,
                "--shard needs a --seed");
  check_refused(bench.run({"run", "toys/clean", "--shard", "1/2", "--seed", "1"}), 2,
                "makes one run, which --shard cannot split");
  CHECK(bench.folder.files().empty());
}

TEST_CASE("shards: auto takes the numbers of each kind of runner") {
  const Bench bench;
  const std::vector<std::pair<Variables, std::string>> cases = {
      {{{"GTEST_SHARD_INDEX", "0"}, {"GTEST_TOTAL_SHARDS", "4"}}, "shard 1 of 4"},
      {{{"TEST_SHARD_INDEX", "3"}, {"TEST_TOTAL_SHARDS", "4"}}, "shard 4 of 4"},
      {{{"SLURM_ARRAY_TASK_ID", "2"},
        {"SLURM_ARRAY_TASK_COUNT", "8"},
        {"SLURM_ARRAY_TASK_MIN", "0"},
        {"SLURM_ARRAY_TASK_MAX", "7"}},
       "shard 3 of 8"},
      {{{"CI_NODE_INDEX", "1"}, {"CI_NODE_TOTAL", "2"}}, "shard 1 of 2"},
      {{{"BUILDKITE_PARALLEL_JOB", "1"}, {"BUILDKITE_PARALLEL_JOB_COUNT", "2"}}, "shard 2 of 2"},
      {{{"CIRCLE_NODE_INDEX", "1"}, {"CIRCLE_NODE_TOTAL", "2"}}, "shard 2 of 2"},
  };
  for (const auto& one : cases) {
    const std::string& words = one.second;
    CAPTURE(words);
    CHECK(text(bench.fuzz("auto", one.first).out) == Contains(words.c_str()));
  }
  check_refused(bench.fuzz("auto"), 2, "the environment has none of GTEST_SHARD_INDEX");
  check_refused(bench.fuzz("auto", {{"CI_NODE_INDEX", "1"}}), 2, "CI_NODE_TOTAL is not");
  check_refused(bench.fuzz("auto", {{"CI_NODE_INDEX", "0"}, {"CI_NODE_TOTAL", "2"}}), 2,
                "CI_NODE_INDEX takes a whole number from 1 to 2");
  check_refused(bench.fuzz("auto", {{"JOB_COMPLETION_INDEX", "3"}}), 2,
                "$((JOB_COMPLETION_INDEX + 1))/N");
  check_refused(bench.fuzz("auto", {{"SLURM_ARRAY_TASK_ID", "5"},
                                    {"SLURM_ARRAY_TASK_COUNT", "2"},
                                    {"SLURM_ARRAY_TASK_MIN", "2"},
                                    {"SLURM_ARRAY_TASK_MAX", "5"}}),
                2, "$((SLURM_ARRAY_TASK_ID + 1))/N");
}

TEST_CASE("shards: the file of a test runner is touched") {
  const Bench bench;
  const std::string file = bench.folder / "status";
  CHECK(bench.fuzz("1/2").exit == 0);
  CHECK(!std::filesystem::exists(file));
  CHECK(bench.fuzz("1/2", {{"GTEST_SHARD_STATUS_FILE", file.c_str()}}).exit == 0);
  CHECK(std::filesystem::exists(file));
}

TEST_CASE("shards: more of them than cases is no error") {
  const Bench bench;
  const Captured captured =
      bench.run({"sweep", "toys/clean", "--shard", "99999/100000", "--out", bench.out()});
  CHECK(captured.exit == 0);
  CHECK(captured.out.ends_with("0 passed, 0 failed\n"));
}

}  // namespace reprise
