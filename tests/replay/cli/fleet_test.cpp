// fleet: all shards of a campaign on one machine, and how it goes on when some are missing. Runs
// the built program, whose processes the shards are.
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

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

  Captured run(const std::string& arguments) const {
    const char* const program = std::getenv("REPRISE_PROGRAM");
    REQUIRE_MESSAGE(program != nullptr, "REPRISE_PROGRAM names the program; ctest sets it");
    return tests::capture_command("cd '" + folder.path() + "' && '" + program + "' " + arguments);
  }
};

// Without the times.
std::string stable(const std::string& json) { return json.substr(0, json.find("\"machine\"")); }

const std::string fuzz = "fuzz reentry/counter-add/mended --seed 7 --seeds 60";

}  // namespace

TEST_CASE("fleet: it says what one process says") {
  const Bench bench;
  const Captured fleet = bench.run("fleet --shards 3 -j 2 --json -- " + fuzz);
  CHECK(fleet.exit == 0);
  CHECK(text(fleet.err) == Contains("fleet: 3 of 3 shards to run, 2 at a time"));
  CHECK(stable(fleet.out) == stable(bench.run(fuzz + " --json").out));
  CHECK(bench.run("fleet --shards 3 -- " + fuzz).exit == 2);  // there is one already
}

TEST_CASE("fleet: it goes on with what is missing or was cut off and with nothing else") {
  const Bench bench;
  const Captured first = bench.run("fleet --shards 4 --json -- " + fuzz);
  const std::string results = bench.folder / "results/";
  std::filesystem::remove(results + "2-of-4.shard");
  CHECK(bench.run("merge results").exit == 4);
  std::string cut = TemporaryFolder::read(results + "4-of-4.shard");
  const std::string whole = "\"incomplete\": []";
  REQUIRE(cut.find(whole) != std::string::npos);
  cut.replace(cut.find(whole), whole.size(), "\"incomplete\": [\"interrupted\"]");
  bench.folder.write("results/4-of-4.shard", cut);
  const auto before = std::filesystem::last_write_time(results + "1-of-4.shard");
  const Captured resumed = bench.run("fleet --resume results --json");
  CHECK(resumed.exit == 0);
  CHECK(text(resumed.err) == Contains("fleet: 2 of 4 shards to run"));
  CHECK(stable(resumed.out) == stable(first.out));
  CHECK(std::filesystem::last_write_time(results + "1-of-4.shard") == before);
}

TEST_CASE("fleet: a finding of any shard is one of the fleet") {
  const Bench bench;
  const Captured fleet =
      bench.run("fleet --shards 2 -- fuzz reentry/counter-add/broken --seed 7 --seeds 60");
  CHECK(fleet.exit == 1);
  CHECK(text(fleet.out) == Contains("error[double-mutation]"));
  CHECK(text(fleet.out) == Contains("reprise replay results/"));
}

TEST_CASE("fleet: what cannot run is refused in one sentence") {
  const Bench bench;
  const auto refused = [&](const std::string& arguments, const char* sentence) {
    const Captured captured = bench.run(arguments);
    CHECK(captured.exit == 2);
    CHECK(captured.out.empty());
    CHECK(text(captured.err) == Contains(sentence));
  };
  refused("fleet -- " + fuzz, "needs --shards N");
  refused("fleet --shards 2", "`-- fuzz ...`");
  refused("fleet --shards 2 -- run reentry/counter-add/mended", "`-- fuzz ...`");
  refused("fleet --shards 2 -- " + fuzz + " --out x", "--out cannot be an argument");
  refused("fleet --shards 0 -- " + fuzz, "--shards takes a whole number");
  refused("fleet --resume none", "none/fleet.json: there is no such file");
  refused("fleet --resume none --shards 2", "give neither");
  refused("fleet --shards 2 -- fuzz reentry/counter-add/mended", "shard 1 of 2: --shard needs a");
  refused("fleet --shards 2 -- fuzz reentry/none --seed 1", "there is no scenario");
  bench.folder.write("bad/fleet.json", "{\"format\": \"reprise-fleet/1\", \"shards\": 0}");
  refused("fleet --resume bad", "bad/fleet.json: ");
}

}  // namespace reprise
