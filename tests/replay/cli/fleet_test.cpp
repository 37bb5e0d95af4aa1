// fleet: all shards of a campaign on one machine, and how it goes on when some are missing. Runs
// the built program, whose processes the shards are.
#include <doctest/doctest.h>
#include <reprise/replay/json/json.h>

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

TEST_CASE("fleet: a killed shard is told and its fleet can be resumed") {
  const Bench bench;
  const Captured killed = tests::capture_command(
      "cd '" + bench.folder.path() +
      "'\n"
      "waits_for() { for i in $(seq 600); do if eval \"$1\"; then return; fi; sleep 0.1; done; }\n"
      "\"$REPRISE_PROGRAM\" fleet --shards 2 -j 2 -- "
      "fuzz reentry/counter-add/mended --seed 7 --seeds 5000000 2>err &\n"
      "fleet=$!\n"
      "waits_for '[ -e results/2-of-2.progress ]'\n"
      "pkill -9 -P $(pgrep -P $fleet -f 'run-shard 2$')\n"
      "waits_for 'grep -q lost err'\n"
      "kill $fleet\n"
      "wait $fleet\n"
      "exit=$?\n"
      "cat err >&2\n"
      "exit $exit\n");
  CHECK(killed.exit == 4);
  CHECK(text(killed.err) == Contains("fleet: shard 2 of 2 was lost: exit status 137"));
  CHECK(text(killed.err) == Contains("its output is in results/2-of-2.log"));
  CHECK(text(killed.err) == Contains("reprise fleet --resume results` runs what is missing"));
}

TEST_CASE("fleet: the shells of the manifests for Kubernetes run all shards and merge them") {
  const Bench bench;
  const Captured made =
      bench.run("fleet --on kubernetes --image tools:1 --shards 3 -j 2 -- " + fuzz);
  CHECK(made.exit == 0);
  CHECK(text(made.out) == Contains("kubectl apply -f results/shards.json\n"));
  CHECK(text(made.out) == Contains("kubectl logs job/reprise-"));
  const std::string folder = bench.folder / "mounted";
  std::filesystem::create_directory(folder);
  const std::filesystem::path program = std::getenv("REPRISE_PROGRAM");
  // The shell of the file's container, with a folder of this test as the volume.
  const auto run = [&](const std::string& file, const std::string& index) {
    const auto job = parse_json(TemporaryFolder::read(bench.folder / file));
    REQUIRE(job);
    const JsonValue& spec = *job.value().find("spec");
    const JsonValue& pod = *spec.find("template")->find("spec");
    std::string script = pod.find("containers")->items[0].find("command")->items[2].text;
    for (std::size_t at = 0; (at = script.find("/results", at)) != std::string::npos;) {
      script.replace(at, 8, folder);
      at += folder.size();
    }
    bench.folder.write("shell", script);
    const Captured ran = tests::capture_command(
        "cd / && JOB_COMPLETION_INDEX=" + index + " PATH='" + program.parent_path().string() +
        "':$PATH /bin/sh '" + (bench.folder / "shell") + "'");
    CHECK(ran.exit == 0);
    return ran.out;
  };
  for (const char* const index : {"0", "1", "2"}) run("results/shards.json", index);
  CHECK(bench.run("merge mounted --json").exit == 0);
  CHECK(stable(bench.run("merge mounted --json").out) == stable(bench.run(fuzz + " --json").out));
  CHECK(text(run("results/merge.json", "0")) == Contains("passed, 0 failed\nexit status 0\n"));

  // Resumed, the indices are those of what is missing.
  std::filesystem::copy(folder + "/2-of-3.shard", bench.folder / "results/2-of-3.shard");
  CHECK(bench.run("fleet --resume results").exit == 0);
  CHECK(text(TemporaryFolder::read(bench.folder / "results/shards.json")) ==
        Contains("\"completions\": 2,"));
  for (const char* const name : {"1-of-3.shard", "3-of-3.shard"}) {
    std::filesystem::remove(folder + '/' + name);
  }
  for (const char* const index : {"0", "1"}) run("results/shards.json", index);
  CHECK(bench.run("merge mounted").exit == 0);
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
  refused("fleet --shards 2 --on slurn -- " + fuzz, "did you mean \"slurm\"?");
  refused("fleet --shards 2 --sshlogin a -- " + fuzz, "--sshlogin is for --on parallel");
  refused("fleet --shards 2 --on kubernetes -- " + fuzz, "needs --image IMAGE");
  refused("fleet --shards 2 --on kubernetes --image a --json -- " + fuzz, "--json is the report");
  refused("fleet --resume none", "none/fleet.json: there is no such file");
  refused("fleet --resume none --shards 2", "give neither");
  refused("fleet --shards 2 -- fuzz reentry/counter-add/mended", "of 2: --shard needs a");
  refused("fleet --shards 2 -- fuzz reentry/none --seed 1", "there is no scenario");
  bench.folder.write("bad/fleet.json", "{\"format\": \"reprise-fleet/1\", \"shards\": 0}");
  refused("fleet --resume bad", "bad/fleet.json: ");
}

}  // namespace reprise
