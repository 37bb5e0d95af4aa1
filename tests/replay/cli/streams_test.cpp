// Narrow terminals, closed and full streams, limits of the system; what the program says then.
#include <doctest/doctest.h>
#include <reprise/replay/cli/commands.h>
#include <reprise/replay/cli/progress.h>
#include <reprise/replay/cli/streams.h>
#include <reprise/replay/text/escape.h>

#include <cstdlib>
#include <sstream>
#include <string>

#include "tests/support/captured.h"
#include "tests/support/command_line.h"
#include "tests/support/sanitized.h"
#include "tests/support/temporary_folder.h"

namespace reprise {

namespace {

using doctest::Contains;
using tests::Captured;
using tests::TemporaryFolder;

CampaignProgress busy() {
  CampaignProgress progress;
  progress.scenario = "storage/a-scenario-with-a-very-long-name/that-goes-on-and-on/mended";
  progress.scenario_number = 117;
  progress.scenario_count = 118;
  progress.runs = 12'345'678;
  progress.milliseconds = 3'599'000;
  progress.findings = 1'234;
  progress.thousandths = 987;
  progress.doing = "running a finding again";
  return progress;
}

struct Bench {
  TemporaryFolder folder;

  // `limits` precede the program in a shell.
  Captured run(const std::string& limits, const std::string& arguments) const {
    const char* const path = std::getenv("REPRISE_PROGRAM");
    REQUIRE_MESSAGE(path != nullptr, "REPRISE_PROGRAM names the program; ctest sets it");
    return tests::capture_command("cd '" + folder.path() + "'; " + limits + " '" + path + "' " +
                                  arguments);
  }
};

std::size_t longest_line(const std::string& text) {
  std::size_t longest = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) longest = std::max(longest, columns_of(line));
  return longest;
}

doctest::String text(const std::string& from) { return {from.c_str()}; }

// It ends by itself, and says what is wrong in a sentence.
void check_sentence(const Captured& captured) {
  CHECK(captured.exit != 0);
  CHECK(captured.exit < 126);
  CHECK(text(captured.err) == Contains("error: "));
  CHECK(text(captured.err) != Contains("terminate"));
}

}  // namespace

TEST_CASE("progress: a line fits any width from 20 columns on") {
  for (std::size_t columns = 20; columns < 200; ++columns) {
    CAPTURE(columns);
    CHECK(columns_of(progress_text(busy(), columns)) <= columns);
    CHECK(progress_text(busy(), columns).find("98%") != std::string::npos);
  }
  CHECK(progress_text(busy(), 20) == "98%, 1234 findings");
  CHECK(progress_text(busy(), 79) ==
        "98%, 12M runs, 1234 findings, 00:47 left, running a finding again");
}

TEST_CASE("help: fits 80 columns") {
  CHECK(longest_line(tests::run_reprise({"--help"}).out) <= 80);
  for (const std::string& command : command_names()) {
    CAPTURE(command);
    const Captured help = tests::run_reprise({command, "--help"});
    CHECK(help.exit == 0);
    CHECK(longest_line(help.out) <= 80);
  }
}

TEST_CASE("explain: every page fits 80 columns") {
  const Captured list = tests::run_reprise({"explain"});
  CHECK(longest_line(list.out) <= 80);
  std::istringstream lines(list.out);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("  ") || line[2] == ' ') continue;
    const std::string name = line.substr(2, line.find(' ', 2) - 2);
    CAPTURE(name);
    const Captured page = tests::run_reprise({"explain", name});
    CHECK(page.exit == 0);
    CHECK(longest_line(page.out) <= 80);
  }
}

TEST_CASE("wrapped: long lines are broken between words and keep their column") {
  CHECK(wrapped("short\n", 20) == "short\n");
  CHECK(wrapped("  --a N      one two three four\n", 20) ==
        "  --a N      one two\n             three\n             four\n");
  CHECK(wrapped("  words that go on and on", 12) == "  words that\n  go on and\n  on");
  CHECK(wrapped("averyveryverylongword end", 10) == "averyveryverylongword\nend");
}

TEST_CASE("streams: a stdout that is full or closed is no success") {
  const Bench bench;
  for (const char* const arguments :
       {"--help >/dev/full", "fuzz --help >/dev/full", "list >/dev/full", "explain >&-",
        "--version >&-", "fuzz reentry/counter-add/mended --seeds 5 -q >&-"}) {
    CAPTURE(arguments);
    const Captured captured = bench.run("", arguments);
    CHECK(captured.exit == 70);
    CHECK(text(captured.err) == Contains("error: stdout is closed or full"));
  }
}

TEST_CASE("streams: a stderr or stdin that is full or closed changes nothing") {
  const Bench bench;
  for (const char* const streams : {"2>&-", "2>/dev/full", "<&-", "<&- 2>&-"}) {
    CAPTURE(streams);
    const Captured clean =
        bench.run("", std::string("fuzz reentry/counter-add/mended --seeds 5 ") + streams);
    CHECK(clean.exit == 0);
    CHECK(text(clean.out) == Contains(" passed, 0 failed"));
    const Captured broken =
        bench.run("", std::string("fuzz reentry/counter-add/broken --seeds 5 ") + streams);
    CHECK(broken.exit == 1);
    CHECK(bench.run("", std::string("fuzz no/such ") + streams).exit == 2);
  }
}

TEST_CASE("streams: what workers tell their supervisor is on no standard stream") {
  const Bench bench;
  const Captured captured =
      bench.run("", "fuzz reentry/counter-add/broken --seeds 5 -q <&- >&- 2>err; cat err");
  CHECK(captured.out == "error: stdout is closed or full: what was printed is not complete\n");
}

TEST_CASE("limits: each ends in a sentence or does not matter" *
          doctest::skip(tests::is_sanitized)) {
  const Bench bench;
  const std::string fuzz = "fuzz reentry/counter-add/broken --seeds 50 -q -j 1";
  const Captured no_files = bench.run("(ulimit -f 0;", fuzz + " 2>&1) | cat");
  CHECK(text(no_files.out) == Contains("error: traces: no trace can be written to this folder: "));
  for (const char* const limit : {"ulimit -s 96;", "ulimit -n 8;"}) {
    CAPTURE(limit);
    const Captured captured = bench.run(limit, fuzz);
    if (captured.exit != 1) check_sentence(captured);
  }
}

TEST_CASE("first contact: the tool without arguments shows what it can do") {
  const Bench bench;
  const Captured none = bench.run("", "");
  CHECK(none.exit == 0);
  CHECK(none.out == bench.run("", "--help").out);
  const Captured fuzz = bench.run("", "fuzz");
  CHECK(fuzz.exit == 2);
  CHECK(text(fuzz.err) == Contains("needs a SCENARIO"));
}

TEST_CASE("first contact: a pattern that only broken halves match says so") {
  const Bench bench;
  const Captured captured = bench.run("", "fuzz 'reentry/*/broken'");
  CHECK(captured.exit == 5);
  CHECK(text(captured.err) == Contains("matches only broken halves of canary pairs"));
  CHECK(text(captured.err) == Contains("selftest 'reentry/*/broken'`"));
}

}  // namespace reprise
