// What a fleet knows of its shards by their files, and what it says of them.
#include <doctest/doctest.h>
#include <reprise/replay/campaign/shard_result.h>
#include <reprise/replay/cli/fleet/watch.h>
#include <reprise/replay/cli/shard_progress.h>
#include <reprise/replay/worker/clock.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/captured.h"
#include "tests/support/temporary_folder.h"

namespace reprise {

namespace {

using doctest::Contains;
using tests::Captured;
using tests::TemporaryFolder;

doctest::String text(const std::string& of) { return {of.c_str()}; }

struct Bench {
  TemporaryFolder folder;
  Fleet fleet{.folder = folder.path(), .shards = 4};
  std::vector<CaseShard> shards{{0, 4}, {1, 4}, {2, 4}, {3, 4}};

  FleetWatch watch(ProgressLine::Kind kind = ProgressLine::Kind::none) const {
    return {fleet, shards, kind};
  }
  void progress(const std::string& name, std::uint64_t runs, std::uint32_t thousandths) const {
    CampaignProgress progress;
    progress.runs = runs;
    progress.thousandths = thousandths;
    folder.write(name, to_json(progress));
  }
  void result(std::uint32_t index, std::uint64_t runs,
              const std::vector<std::string>& incomplete = {}) const {
    ShardResult result;
    result.question.command = "fuzz";
    result.question.scenarios = {"a"};
    result.report.shard = CaseShard{index, 4};
    result.report.scenarios.push_back({.name = "a", .runs = runs});
    FindingRow& finding = result.report.findings.emplace_back();
    finding.scenario = "a";
    result.report.incomplete = incomplete;
    folder.write(shard_file_name({index, 4}), to_json(result));
  }
};

}  // namespace

TEST_CASE("fleet watch: it adds up what all shards have written") {
  const Bench bench;
  FleetWatch watch = bench.watch();
  watch.read();
  CHECK(watch.text(1000) == "0 of 4 shards done, 0 running, 0 runs, 0/s, no findings");
  bench.progress("1-of-4.progress", 500, 500);
  bench.progress("3-of-4.progress", 1, 0);
  bench.progress("3-of-5.progress", 9999, 999);  // of another campaign
  bench.folder.write("2-of-4.progress", "{ cut off");
  bench.result(3, 499);
  watch.read();
  CHECK(watch.open() == 3);
  CHECK(watch.text(999) ==
        "1 of 4 shards done, 2 running, 1000 runs, 1000/s, findings in 1 shard, 00:01 left");
  std::filesystem::remove(bench.folder / "1-of-4.progress");
  bench.result(0, 600, {"the time is over"});
  watch.read();
  CHECK(watch.open() == 3);  // one has not come to its end
  CHECK(text(watch.text(999)) == Contains("1 of 4 shards done, 1 running, 1100 runs"));
}

TEST_CASE("fleet watch: what an earlier try has left of a shard is not taken for news") {
  const Bench bench;
  bench.progress("1-of-4.progress", 500, 500);
  bench.folder.write("1-of-4.log", "exit status 2\n");
  bench.result(1, 499, {"interrupted"});
  FleetWatch watch = bench.watch();
  watch.read();
  CHECK(watch.text(1000) == "0 of 4 shards done, 0 running, 0 runs, 0/s, no findings");
  CHECK(!watch.failure());
}

TEST_CASE("fleet watch: a shard that cannot run stops the fleet with its own words") {
  const Bench bench;
  FleetWatch watch = bench.watch();
  bench.folder.write("2-of-4.log", "killed\nexit status 137\n");
  CHECK(watch.look());
  CHECK(!watch.failure());
  bench.folder.write("3-of-4.log", "a note\nerror: there is no scenario \"b\"\nexit status 5\n");
  watch.read();
  REQUIRE(watch.failure());
  CHECK(watch.failure()->sentence == "shard 3 of 4: there is no scenario \"b\"");
  CHECK(watch.failure()->status == 5);
  CHECK(!watch.look());
}

TEST_CASE("fleet watch: looking shows how far it is on a terminal") {
  const Bench bench;
  const Captured said = tests::capture([&] {
    FleetWatch watch = bench.watch(ProgressLine::Kind::bar);
    bench.progress("1-of-4.progress", 500, 500);
    bench.result(2, 1);
    bench.result(3, 1);
    const std::uint64_t end_ms = worker_clock_ms() + 1000;  // it looks twice a second
    while (worker_clock_ms() < end_ms) watch.look();
    watch.clear();
    return 0;
  });
  // Whether there is room for the bar depends on the time that is left, by then.
  CHECK(text(said.err) == Contains("62%, 2 of 4 shards done, 1 running"));
  CHECK(said.err.ends_with("\r\x1b[K"));
}

TEST_CASE("fleet watch: a lost shard is told once") {
  const Bench bench;
  bench.result(0, 1);
  const Captured said = tests::capture([&] {
    FleetWatch watch = bench.watch(ProgressLine::Kind::lines);
    bench.folder.write("2-of-4.log", "half a word");
    watch.lost({0, 4}, "it ran on n1");
    watch.ended({1, 4}, "exit status 137");
    watch.ended({1, 4}, "exit status 137");
    bench.result(2, 1);
    watch.ended({2, 4}, "exit status 137");
    return 0;
  });
  CHECK(said.exit == 0);
  CHECK(said.err ==
        "fleet: shard 1 of 4 was lost: it ran on n1\n"
        "fleet: shard 2 of 4 was lost: exit status 137; its output is in " +
            (bench.folder / "2-of-4.log") + "\n");
}

TEST_CASE("shard progress: the file says how far a shard has come and is gone in the end") {
  const TemporaryFolder folder;
  const std::string path = folder / "2-of-8.progress";
  {
    ShardProgress file(folder.path(), {1, 8});
    CHECK(std::filesystem::exists(path));
    CampaignProgress now;
    now.scenario = "pager/clients";
    now.runs = 7;
    now.findings = 1;
    now.thousandths = 250;
    now.milliseconds = 1200;
    file.show(now);
    const Expected<CampaignProgress> read = parse_progress(TemporaryFolder::read(path));
    REQUIRE(read);
    CHECK(to_json(read.value()) == to_json(now));
    CHECK(read.value().runs == 7);
    now.runs = 8;
    now.milliseconds = 1300;  // too soon to be written again
    file.show(now);
    CHECK(parse_progress(TemporaryFolder::read(path)).value().runs == 7);
  }
  CHECK(folder.files().empty());
  CHECK(!parse_progress("{}"));
  CHECK(!parse_progress(""));
}

}  // namespace reprise
