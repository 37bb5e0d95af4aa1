#include <doctest/doctest.h>
#include <reprise/core/internal/open.h>
#include <reprise/replay/report/report.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "tests/support/temporary_folder.h"

namespace reprise {
namespace {

namespace fs = std::filesystem;

// Makes a folder the working directory while it lives.
class WorkingFolder {
 public:
  explicit WorkingFolder(const std::string& path) : before_(fs::current_path()) {
    fs::current_path(path);
  }
  ~WorkingFolder() { fs::current_path(before_); }
  WorkingFolder(const WorkingFolder&) = delete;
  WorkingFolder& operator=(const WorkingFolder&) = delete;

 private:
  fs::path before_;
};

constexpr const char* source =
    "int bump() {\n"
    "  switch (state) {\n"
    "    case State::start:\n"
    "\tvalue += 1;  // \"once\"\n"
    "      RETURN_IF_IO(load(\"//\"));\n"
    "\n"
    "      return value;\n"
    "  }\n";

FindingReport small_report() {
  FindingReport report;
  report.finding.check = "double-mutation";
  report.finding.message = "`value` was changed twice by one operation";
  report.finding.evidence = {"entry 1: 0 -> 1", "entry 2: 1 -> 2"};
  report.finding.expected = "one change an operation";
  report.finding.help = "change it after the last await,\nor give the await a state of its own";
  report.finding.places = {{"counter.cpp", 4, "changed here"}, {"counter.cpp", 5, "yields here"}};
  report.trace.scenario = "counter/bump";
  report.trace.options = {{"clients", 3}};
  report.trace.seed = 0x5eed;
  report.trace.plan.base = Base::lazy;
  report.trace.plan.decisions = {{"client/bump/load()#2/error", 1}};
  report.trace.plan.order = {"b/turn#1/turn", "a/turn#1/turn"};
  report.trace.digest = 0x9f2c;
  report.trace_path = "traces/double mutation.json";
  report.history = {
      {"client/turn#1/turn", {{"client", "enters"}, {"client", "submits", "a;b: c"}}, 0, 1},
      {"client/read(db)#1/delivery", {{"disk", "8 bytes"}}, 1250, 2},
      {"client/read(db)#1/turn", {}, 1250, 3}};
  report.tries = 3;
  report.reproduced = 3;
  report.distance_before = 214;
  report.count = 37;
  return report;
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("report: a finding shows code and plan and history and commands") {
  const tests::TemporaryFolder folder;
  folder.write("counter.cpp", source);
  const WorkingFolder working(folder.path());
  CHECK(to_text(small_report()) ==
        R"(error[double-mutation]: `value` was changed twice by one operation
  scenario counter/bump   seed 0x5eed   seen in 37 runs (smallest shown)

  --> counter.cpp:4
   |
 2 |   switch (state) {
 3 |     case State::start:
 4 |   value += 1;  // "once"
   |   ^^^^^^^^^^^ changed here
 5 |       RETURN_IF_IO(load("//"));
   |       ------------------------- yields here
 6 |
 7 |       return value;

   = entry 1: 0 -> 1
   = entry 2: 1 -> 2
   = expected: one change an operation

  It takes 2 differences from the lazy world, where every I/O succeeds once
  nothing else can run (shrunk from 214 differences to 2):

    client/bump/load()#2/error   fails with EIO
    first b/turn#1/turn
    then  a/turn#1/turn

    (client/bump/load()#2/error: the 2nd `bump/load()` of `client`; the last
    word says what is decided there, or happens.)

  What happens, step by step:

     step      time  who     what
        1         0  client  enters
                             submits a;b: c
        2     1.2us  disk    8 bytes
        3     1.2us  client  goes on after read(db)#1

  help: change it after the last await,
        or give the await a state of its own

  Reproduced 3 of 3 times, digest of all events 0x0000000000009f2c.

  Replay   reprise replay 'traces/double mutation.json'
  Step     gdb --args reprise replay 'traces/double mutation.json' --break-at 3
  Draw     reprise show 'traces/double mutation.json' --html 'traces/double mutation.html'
  Again    reprise run counter/bump --seed 0x5eed --set clients=3
  Explain  reprise explain double-mutation
)");
}

TEST_CASE("report: a finding without anything more is its sentence and what to do") {
  FindingReport report;
  report.finding.check = "leak";
  report.finding.message = "a pin was kept";
  report.trace.scenario = "pager/evict";
  CHECK(to_text(report, {.program = "./my harness"}) == R"(error[leak]: a pin was kept
  scenario pager/evict

  It happens in the sync world, where every I/O succeeds at once.

  Explain  './my harness' explain leak
)");
}

TEST_CASE("report: the commands repeat what the run was asked for") {
  ReportOptions options;
  options.run_arguments = {"--profile", "my chaos.json", "--strategy", "uniform"};
  options.check_arguments = {"--no-check", "progress"};
  const std::string text = to_text(small_report(), options);
  CHECK(contains(text, " replay 'traces/double mutation.json' --no-check progress\n"));
  CHECK(contains(text, " --no-check progress --break-at 3\n"));
  CHECK(contains(text,
                 " --seed 0x5eed --set clients=3 --profile 'my chaos.json' --strategy uniform "
                 "--no-check progress\n"));
  options.knows_run = false;
  CHECK(!contains(to_text(small_report(), options), "Again"));
}

TEST_CASE("report: the commands repeat the files and how they are compiled") {
  ReportOptions options;
  options.files = {"my machine.cpp", "step.c"};
  options.file_arguments = {"--no-watch"};
  options.compiler_flags = {"-O2", "-DTEXT=a b"};
  const std::string text = to_text(small_report(), options);
  const std::string replay =
      "reprise replay 'my machine.cpp' step.c 'traces/double mutation.json' ";
  const std::string end = "--no-watch -- -O2 '-DTEXT=a b'\n";
  CHECK(contains(text, "  Replay   " + replay + end));
  CHECK(contains(text, "  Step     gdb --args " + replay + "--break-at 3 " + end));
  CHECK(contains(text,
                 "  Draw     reprise show 'my machine.cpp' step.c 'traces/double mutation.json' "
                 "--html 'traces/double mutation.html' " +
                     end));
  CHECK(
      contains(text, "  Again    reprise run 'my machine.cpp' step.c counter/bump --seed 0x5eed " +
                         std::string("--set clients=3 ") + end));
}

TEST_CASE("report: sources that are not there leave the place and its note") {
  FindingReport report = small_report();
  report.finding.places = {{"../none/a.cpp", 4, "here"}, {"/none/b.cpp", 5, ""}};
  const std::string text = to_text(report);
  CHECK(contains(text, "\n  --> ../none/a.cpp:4: here\n  --> /none/b.cpp:5\n"));
}

TEST_CASE("report: sources are found below the working directory and shown relative to it") {
  const tests::TemporaryFolder folder;
  const std::string path = folder.write("core/pager.cpp", source);
  const WorkingFolder working(folder.path());
  FindingReport report = small_report();
  for (const std::string& file : {std::string("../../core/pager.cpp"), fs::canonical(path).string(),
                                  std::string("core/pager.cpp")}) {
    report.finding.places = {{file, 1, "here"}};
    CHECK(contains(to_text(report),
                   "\n  --> core/pager.cpp:1\n   |\n 1 | int bump() {\n"
                   "   | ^^^^^^^^^^^^ here\n 2 |   switch (state) {\n 3 |"));
  }
}

TEST_CASE("report: places far apart in one file are shown in one block by line") {
  const tests::TemporaryFolder folder;
  std::string text;
  for (int i = 1; i <= 120; ++i) text += "line" + std::to_string(i) + "\n";
  const std::string path = folder.write("long.cpp", text);
  FindingReport report = small_report();
  report.finding.places = {{path, 100, "second"}, {path, 2, "first"}, {path, 999, "gone"}};
  CHECK(contains(to_text(report), "    --> " + path +
                                      ":100\n     |\n   1 | line1\n   2 | line2\n"
                                      "     | ----- first\n   3 | line3\n   4 | line4\n...\n"
                                      "  98 | line98\n  99 | line99\n 100 | line100\n"
                                      "     | ^^^^^^^ second\n 101 | line101\n 102 | line102\n"
                                      "    --> " +
                                      path + ":999: gone\n"));
}

TEST_CASE("report: long histories and plans are cut but not when all is asked for") {
  FindingReport report = small_report();
  report.history.clear();
  for (int i = 1; i <= 100; ++i) {
    report.history.push_back({"", {{"x", "event" + std::to_string(i)}}, 1, 1});
  }
  for (int i = 1; i <= 50; ++i)
    report.trace.plan.order.push_back("x#" + std::to_string(i) + "/turn");
  const std::string text = to_text(report);
  CHECK(contains(
      text,
      "event10\n                          ... 60 more lines\n       71       1ns  x    event71\n"));
  CHECK(contains(text, "event100\n"));
  CHECK(contains(text, "    then  x#18/turn\n    ... 32 more\n"));
  CHECK(contains(text, "--break-at 100\n"));
  const std::string verbose = to_text(report, {.verbose = true});
  CHECK(contains(verbose, "event50\n"));
  CHECK(contains(verbose, "x#50/turn\n"));
  CHECK_FALSE(contains(verbose, "more"));
}

TEST_CASE("report: colour is there when asked for and only then") {
  const FindingReport report = small_report();
  CHECK_FALSE(contains(to_text(report), "\x1b["));
  CHECK(to_text(report, {.color = true}).starts_with("\x1b[1;31merror[double-mutation]:\x1b[0m "));
}

TEST_CASE("report: what a file or a user says cannot steer the terminal") {
  FindingReport report = small_report();
  report.finding.message = "a\x1b[2Jb\n";
  report.finding.evidence = {"\x1b]0;title\x07"};
  report.trace.scenario = "\x1b[31m";
  report.history[0].facts = {{"\x1b[1m", "\r\x1b[A", "\x1b[B"}};
  report.trace_path = "\x1b.json";
  CHECK_FALSE(contains(to_text(report), "\x1b"));
}

CampaignReport small_campaign() {
  CampaignReport report;
  report.command = "fuzz";
  report.seed = 1;
  report.scenarios = {{"counter/bump", 5000, 12, 40000, 1200}, {"pager/evict", 5000, 0, 8211, 900}};
  report.findings = {{"counter/bump", "double-mutation", "double-mutation counter/bump: value",
                      "`value` was changed twice", "traces/a.json", 0x5eed, 1, 12}};
  report.goals = {{"pager/evict", "spilled", false}, {"pager/evict", "full", true}};
  report.stopped = "all 5000 seeds were run";
  report.incomplete = {"shard 3 of 8 is missing"};
  report.milliseconds = 2100;
  return report;
}

TEST_CASE("report: steps that come again and again are told once and counted") {
  FindingReport report = small_report();
  report.history.clear();
  report.history.push_back({"a/turn#1/turn", {{"a", "begins an operation (entry 1)"}}, 0, 0});
  for (int i = 1; i <= 30; ++i) {
    const std::string number = std::to_string(i);
    report.history.push_back({"", {{"a", "submits", "read(f)#" + number}}, 0, 0});
    report.history.push_back({"", {{"disk", "a/read(f)#" + number + " has finished"}}, 0, 0});
  }
  report.history.push_back({"", {{"a", "its operation ends: Done"}}, 0, 0});
  const std::string text = to_text(report);
  CHECK(contains(text, "a     begins an operation (entry 1)\n"));
  CHECK(contains(text, "submits read(f)#1\n"));
  CHECK(contains(text, "... steps 4 to 61: the same 2 steps again, 29 times\n"));
  CHECK(contains(text, "its operation ends: Done\n"));
  CHECK_FALSE(contains(text, "more lines"));
  CHECK(contains(to_text(report, {.verbose = true}), "submits read(f)#30\n"));
}

TEST_CASE("report: steps that differ in more than an ordinal are all told") {
  FindingReport report = small_report();
  report.history.clear();
  for (int i = 1; i <= 9; ++i) {
    report.history.push_back({"", {{"a", "changes `n` to " + std::to_string(i)}}, 0, 0});
  }
  CHECK(contains(to_text(report), "changes `n` to 5\n"));
}

TEST_CASE("report: a campaign whose findings were told has a line for each") {
  const std::string text = to_text(small_campaign(), {.findings_are_told = true});
  CHECK(contains(text,
                 "\n\n  error[double-mutation] in counter/bump, 12 runs, told above: "
                 "traces/a.json\n"));
  CHECK_FALSE(contains(text, "was changed twice"));
}

TEST_CASE("report: a campaign ends in how many passed and failed") {
  CHECK(to_text(small_campaign()) ==
        R"(fuzz: 2 scenarios, 10000 runs, 2.1s (4761 runs a second), seed 0x1

  scenario            runs    failed        events      time
  counter/bump        5000        12         40000      1.2s
  pager/evict         5000         0          8211     900ms

error[double-mutation]: `value` was changed twice
  in counter/bump, 12 runs
  reprise replay traces/a.json

  goals never reached (1 of 2 goals):
    pager/evict: spilled
    (sim.sometimes() and sim.reached() name goals: some run should get there)

  incomplete: shard 3 of 8 is missing
  stopped because: all 5000 seeds were run

9988 passed, 12 failed
)");
  CHECK(to_text(CampaignReport{}).ends_with("\n0 passed, 0 failed\n"));
}

TEST_CASE("report: many scenarios without a finding are counted and those with one shown") {
  CampaignReport report;
  for (int i = 0; i < 100; ++i) report.scenarios.push_back({"s" + std::to_string(i), 1, 0, 1, 1});
  report.scenarios[99].failed = 1;
  const std::string text = to_text(report);
  CHECK(contains(text, "  ... 69 more, all without a finding\n"));
  CHECK(contains(text, "  s99 "));
  CHECK_FALSE(contains(text, "  s30 "));
  CHECK(contains(to_text(report, {.verbose = true}), "  s98 "));
}

TEST_CASE("report: a campaign's JSON keeps what depends on the machine at its end") {
  const std::string json = to_json(small_campaign());
  const std::size_t machine = json.find("  \"machine\": {");
  REQUIRE(machine != std::string::npos);
  CHECK(json.substr(0, machine) == R"({
  "format": "reprise-report/1",
  "command": "fuzz",
  "seed": "0x1",
  "passed": 9988,
  "failed": 12,
  "stopped": "all 5000 seeds were run",
  "incomplete": [
    "shard 3 of 8 is missing"
  ],
  "scenarios": [
    {"name": "counter/bump", "runs": 5000, "failed": 12, "events": 40000},
    {"name": "pager/evict", "runs": 5000, "failed": 0, "events": 8211}
  ],
  "findings": [
    {
      "scenario": "counter/bump",
      "check": "double-mutation",
      "signature": "double-mutation counter/bump: value",
      "message": "`value` was changed twice",
      "trace": "traces/a.json",
      "seed": "0x5eed",
      "distance": 1,
      "count": 12
    }
  ],
  "notes": [],
  "goals": [
    {"scenario": "pager/evict", "name": "spilled", "reached": false},
    {"scenario": "pager/evict", "name": "full", "reached": true}
  ],
)");
}

}  // namespace
}  // namespace reprise
