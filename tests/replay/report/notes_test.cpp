// Notes on their way from a run to what a person reads.
#include <doctest/doctest.h>
#include <reprise/replay/campaign/campaign.h>
#include <reprise/replay/campaign/selftest.h>
#include <reprise/replay/json/json.h>
#include <reprise/replay/report/report.h>
#include <reprise/sim/sim.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/captured.h"
#include "tests/support/command_line.h"
#include "tests/support/noting.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/trouble.h"

namespace reprise {
namespace {

using doctest::Contains;
using tests::Captured;
using tests::Registered;
using tests::report_note;
using tests::TemporaryFolder;
using tests::text;

// A note in every run; another in those that choose 3 of 8.
void noting(Sim& sim) {
  sim.task("t", [&] {
    report_note("always");
    if (sim.choose("which", 8) == 3) report_note("sometimes");
  });
  sim.run();
}

// Another note for each choice; a finding, in runs that choose 2.
void noting_and_wrong(Sim& sim) {
  sim.task("t", [&] {
    const std::uint32_t choice = sim.choose("which", 400) % 200;
    report_note("choice " + std::to_string(choice));
    sim.expect(choice != 2, "two is never chosen");
  });
  sim.run();
}

SearchOptions search_options(std::uint64_t seeds, std::uint32_t workers) {
  SearchOptions options;
  options.cases.seed = 1;
  options.cases.profile = *built_in_profile("default");
  options.mix.sync = options.mix.lazy = options.mix.sweeps = false;
  options.mix.random_max = seeds;
  options.workers = workers;
  options.worker.silent = true;
  return options;
}

struct Bench {
  Registered noted{"noted/toy", noting};
  TemporaryFolder folder;

  Captured run(std::vector<std::string> arguments) const {
    const std::string& command = arguments.front();
    if (command != "replay") arguments.insert(arguments.end(), {"--out", folder / "traces"});
    return tests::run_reprise(arguments);
  }
  std::string trace() const {
    const std::filesystem::directory_iterator files(folder / "traces");
    return files->path().string();
  }
};

TEST_CASE("notes: a search counts the runs that showed each and goes on") {
  const Registered toy("noted/toy", noting);
  const SearchResult one = search(toy.scenario(), search_options(2500, 1));
  CHECK(one.runs == 2500);
  CHECK(one.failed == 0);
  CHECK(one.hits.empty());
  REQUIRE(one.notes.size() == 2);
  const Noted& always = one.notes.at("always");
  CHECK(always.count == 2500);
  CHECK(always.first == Case{CaseKind::random, 0});
  CHECK(always.note.message == "worth knowing: always");
  const Noted& sometimes = one.notes.at("sometimes");
  CHECK(sometimes.count > 20);
  CHECK(sometimes.count < 2000);

  const SearchResult three = search(toy.scenario(), search_options(2500, 3));
  REQUIRE(three.notes.size() == 2);
  CHECK(three.notes.at("always").count == 2500);
  CHECK(three.notes.at("sometimes").count == sometimes.count);
  CHECK(three.notes.at("sometimes").first == sometimes.first);
}

TEST_CASE("notes: those of runs after the first finding are forgotten") {
  const Registered toy("noted/toy", noting_and_wrong);
  for (const std::uint32_t workers : {1U, 2U}) {
    const SearchResult result = search(toy.scenario(), search_options(5000, workers));
    REQUIRE(result.hits.size() == 1);
    const Case& found = result.hits.begin()->second.first;
    for (const auto& [signature, noted] : result.notes) {
      CHECK_FALSE(noted.first > found);
      CHECK(noted.count <= result.runs);
    }
  }
}

TEST_CASE("notes: a campaign with nothing else is clean and tells them at its end") {
  const Bench bench;
  const Captured fuzz = bench.run({"fuzz", "noted/toy", "--seed", "7", "--seeds", "50"});
  CHECK(fuzz.exit == 0);
  CHECK(text(fuzz.out) == Contains("note[deadlock]: worth knowing: always\n  in noted/toy, "));
  CHECK(text(fuzz.out) ==
        Contains("Error    reprise fuzz noted/toy --seed 0x7 --error deadlock\n"));
  CHECK(fuzz.out.find("note[deadlock]: worth knowing: always") ==
        fuzz.out.rfind("note[deadlock]: worth knowing: always"));
  CHECK(fuzz.out.ends_with(" passed, 0 failed\n"));
  const Captured sweep = bench.run({"sweep", "noted/toy", "--no-check", "crash"});
  CHECK(sweep.exit == 0);
  CHECK(text(sweep.out) ==
        Contains("Error    reprise sweep noted/toy --no-check crash --error deadlock\n"));
  const Captured run = bench.run({"run", "noted/toy", "--seed", "3"});
  CHECK(run.exit == 0);
  CHECK(text(run.out) == Contains("Error    reprise run noted/toy --seed 0x3 --error deadlock\n"));
}

TEST_CASE("notes: the command that makes one an error has the compiler's flags at its end") {
  CampaignReport report;
  report.command = "fuzz";
  NoteRow row;
  row.scenario = "a";
  row.note.check = "determinism";
  report.notes.push_back(row);
  ReportOptions options;
  options.files = {"a.cpp"};
  options.compiler_flags = {"-Isources"};
  CHECK(text(to_text(report, options)) ==
        Contains("Error    reprise fuzz a.cpp a --error determinism -- -Isources\n"));
}

TEST_CASE("notes: a report in JSON lists them") {
  const Bench bench;
  const Captured fuzz = bench.run({"fuzz", "noted/toy", "--seeds", "20", "--json"});
  REQUIRE(parse_json(fuzz.out).ok());
  CHECK(text(fuzz.out) == Contains("\"notes\": [\n    {\n      \"scenario\": \"noted/toy\",\n"
                                   "      \"check\": \"deadlock\",\n"
                                   "      \"signature\": \"always\",\n"));
  CHECK(fuzz.exit == 0);
}

TEST_CASE("notes: as errors they are findings with a trace that replays") {
  const Bench bench;
  const Captured fuzz =
      bench.run({"fuzz", "noted/toy", "--seed", "1", "--seeds", "20", "--error", "deadlock"});
  CHECK(fuzz.exit == 1);
  CHECK(text(fuzz.out) == Contains("error[deadlock]: worth knowing: always\n"));
  CHECK(text(fuzz.out) == Contains(" --error deadlock\n"));
  CHECK(fuzz.out.find("note[") == std::string::npos);
  // The trace says by itself that it is about an error.
  const Captured replay = bench.run({"replay", bench.trace()});
  CHECK(replay.exit == 1);
  CHECK(text(replay.out) == Contains("failed again, with the same finding"));
}

TEST_CASE("notes: a replay tells them and passes") {
  const Bench bench;
  const Trace clean{.scenario = "noted/toy", .plan = {Base::lazy, {}, {}}};
  const std::string path = bench.folder.write("clean.json", to_json(clean));
  const Captured replay = bench.run({"replay", path});
  CHECK(replay.exit == 0);
  CHECK(text(replay.out) == Contains("note[deadlock]: worth knowing: always\n"));
  CHECK(text(replay.out) == Contains(": clean, as it was\n"));
  CHECK(bench.run({"replay", path, "--error", "deadlock"}).exit == 1);
  const Captured json = bench.run({"replay", path, "--json"});
  REQUIRE(parse_json(json.out).ok());
  CHECK(text(json.out) == Contains("\"signature\": \"always\""));
}

TEST_CASE("notes: --error names a check that is there and on") {
  const Bench bench;
  const Captured unknown = bench.run({"fuzz", "noted/toy", "--error", "deadloc"});
  CHECK(unknown.exit == 2);
  CHECK(text(unknown.err) == Contains("did you mean \"deadlock\"?"));
  const Captured off =
      bench.run({"fuzz", "noted/toy", "--error", "deadlock", "--no-check", "deadlock"});
  CHECK(off.exit == 2);
  CHECK(text(off.err) == Contains("--error deadlock: "));
}

TEST_CASE("notes: a canary pair may be about one") {
  const Registered broken("noted/pair/broken", noting, "deadlock", true);
  const Registered mended("noted/pair/mended", tests::clean_toy, {}, true);
  SelftestOptions selftest;
  selftest.runs = 50;
  CHECK(selftest_pair("noted/pair", selftest).passed());
  const Registered loud("noted/loud/mended", noting, {}, true);
  const Registered other("noted/loud/broken", noting, "deadlock", true);
  CHECK_FALSE(selftest_pair("noted/loud", selftest).passed());
}

}  // namespace
}  // namespace reprise
