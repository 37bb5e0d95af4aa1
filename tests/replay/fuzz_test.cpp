#include <doctest/doctest.h>
#include <reprise/replay/fuzz.h>
#include <reprise/replay/trace/file.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>

#include "tests/support/captured.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/trouble.h"

namespace reprise {

namespace {

using tests::Captured;
using tests::Registered;
using tests::TemporaryFolder;

bool has(const std::string& text, std::string_view part) {
  CAPTURE(text);
  return text.find(part) != std::string::npos;
}

void printing_toy(Sim& sim) {
  sim.task("t", [&] {
    std::cout << "printed " << std::flush;
    sim.expect(false, "never");
  });
  sim.run();
}

}  // namespace

TEST_CASE("fuzz: a clean scenario is ok and its runs are counted") {
  const Registered toy("fuzz-test/toy", tests::clean_toy);
  const TestReport report = fuzz("fuzz-test/toy", {.seeds = 50, .folder = ""});
  CHECK(report.ok());
  CHECK(report.runs > 50);
  CHECK(has(report.text(), "no finding"));
}

TEST_CASE("fuzz: a finding has its trace and the call that replays it") {
  const Registered toy("fuzz-test/toy", tests::invariant_toy);
  const TemporaryFolder folder;
  const TestReport report = fuzz("fuzz-test/*", {.seeds = 200, .folder = folder.path()});
  CHECK_FALSE(report.ok());
  REQUIRE(report.findings.size() == 1);
  const std::string path = report.findings[0].trace_path;
  CHECK(has(report.text(), "error[invariant]"));
  CHECK(has(report.text(), "reprise::replay_traces(\"" + path + "\")"));
  CHECK(has(report.text(), "{.break_at = "));

  const TestReport replayed = replay_traces(folder.path());
  CHECK_FALSE(replayed.ok());
  CHECK(replayed.runs == 1);
  CHECK(replayed.findings.at(0).signature == report.findings[0].signature);
  CHECK(has(replayed.text(), path));
}

TEST_CASE("fuzz: with a program of one's own its commands are shown") {
  const Registered toy("fuzz-test/toy", tests::invariant_toy);
  const TemporaryFolder folder;
  const TestReport report =
      fuzz("fuzz-test/toy", {.seeds = 200, .folder = folder.path(), .program = "./harness"});
  CHECK(has(report.text(), "./harness replay " + folder.path()));
  CHECK(has(report.text(), "./harness explain invariant"));
}

TEST_CASE("fuzz: without workers the same is found in this process") {
  const Registered toy("fuzz-test/toy", tests::invariant_toy);
  const TestReport with = fuzz("fuzz-test/toy", {.seeds = 200, .folder = ""});
  const TestReport without = fuzz("fuzz-test/toy", {.seeds = 200, .workers = 0, .folder = ""});
  REQUIRE(with.findings.size() == 1);
  REQUIRE(without.findings.size() == 1);
  CHECK(with.runs == without.runs);
  CHECK(with.findings[0].text == without.findings[0].text);
}

TEST_CASE("fuzz: a name that matches nothing is an error and not a success") {
  const Registered toy("fuzz-test/toy", tests::clean_toy);
  const TestReport report = fuzz("fuzz-test/toi");
  CHECK_FALSE(report.ok());
  CHECK(has(report.text(), "did you mean \"fuzz-test/toy\""));
}

TEST_CASE("fuzz: a check and an option that there are not are errors") {
  const Registered toy("fuzz-test/toy", tests::toy_with_option);
  CHECK(has(fuzz("fuzz-test/toy", {.checks_off = {"invariants"}}).text(),
            "did you mean \"invariant\""));
  CHECK(has(fuzz("fuzz-test/toy", {.options = {{"round", 1}}}).text(), "there are rounds"));
  CHECK(fuzz("fuzz-test/toy", {.seeds = 5, .folder = "", .options = {{"rounds", 2}}}).ok());
}

TEST_CASE("fuzz: a check that is turned off finds nothing") {
  const Registered toy("fuzz-test/toy", tests::invariant_toy);
  CHECK(fuzz("fuzz-test/toy", {.seeds = 200, .folder = "", .checks_off = {"invariant"}}).ok());
}

TEST_CASE("fuzz: a time budget alone ends it and that is no error") {
  const Registered toy("fuzz-test/toy", tests::clean_toy);
  const TestReport report = fuzz("fuzz-test/toy", {.milliseconds = 100, .folder = ""});
  CHECK(report.ok());
  CHECK(report.runs > 2);
}

TEST_CASE("fuzz: handlers of the caller do not run in its workers") {
  const TemporaryFolder folder;
  const std::string trail = folder.path() + "/trail";
  const Captured captured = tests::capture([&] {
    static std::string path;
    path = trail;
    std::signal(SIGABRT, [](int) { std::ofstream(path, std::ios::app) << "handler "; });
    std::atexit([] { std::ofstream(path, std::ios::app) << "atexit "; });
    const Registered toy("fuzz-test/toy", tests::abort_toy);
    return static_cast<int>(fuzz("fuzz-test/toy", {.seeds = 200, .folder = ""}).findings.size());
  });
  CHECK(captured.exit == 1);
  CHECK(captured.err.empty());
  CHECK_FALSE(std::ifstream(trail).good());
}

TEST_CASE("fuzz: what the caller has not yet written is not written by its workers") {
  const Registered toy("fuzz-test/toy", printing_toy);
  const TemporaryFolder folder;
  CHECK_FALSE(fuzz("fuzz-test/toy", {.folder = folder.path()}).ok());
  const Captured captured = tests::capture([&] {
    std::ios::sync_with_stdio(false);
    std::cout << "buffered ";
    const bool ok = replay_traces(folder.path()).ok();
    std::cout << "once" << std::flush;
    return ok ? 0 : 1;
  });
  CHECK(captured.exit == 1);
  CHECK(captured.out == "buffered once");
  CHECK(captured.err == "printed ");
}

TEST_CASE("replay traces: a trace that no longer fails is ok") {
  const TemporaryFolder folder;
  {
    const Registered toy("fuzz-test/toy", tests::invariant_toy);
    CHECK_FALSE(fuzz("fuzz-test/toy", {.seeds = 200, .folder = folder.path()}).ok());
  }
  const Registered toy("fuzz-test/toy", tests::clean_toy);
  const TestReport report = replay_traces(folder.path());
  CHECK(report.ok());
  CHECK(report.runs == 1);
}

TEST_CASE("replay traces: in this process the same comes out") {
  const Registered toy("fuzz-test/toy", tests::invariant_toy);
  const TemporaryFolder folder;
  CHECK_FALSE(fuzz("fuzz-test/toy", {.seeds = 200, .folder = folder.path()}).ok());
  const TestReport report = replay_traces(folder.path(), {.in_this_process = true});
  CHECK(report.findings.size() == 1);
  CHECK(replay_traces(folder.path(), {.break_at = 1}).findings.size() == 1);
}

TEST_CASE("replay traces: what is not there or not a trace is an error") {
  const TemporaryFolder folder;
  CHECK(replay_traces(folder.path()).ok());
  CHECK_FALSE(replay_traces(folder.path() + "/missing").ok());
  std::ofstream(folder.path() + "/a.json") << "{}";
  CHECK_FALSE(replay_traces(folder.path()).ok());
}

TEST_CASE("replay traces: one of a scenario that there is not names the nearest") {
  const TemporaryFolder folder;
  {
    const Registered toy("fuzz-test/toy", tests::invariant_toy);
    CHECK_FALSE(fuzz("fuzz-test/toy", {.seeds = 200, .folder = folder.path()}).ok());
  }
  const Registered toy("fuzz-test/boy", tests::clean_toy);
  CHECK(has(replay_traces(folder.path()).text(), "did you mean \"fuzz-test/boy\""));
}

}  // namespace reprise
