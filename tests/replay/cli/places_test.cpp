// Which lines of the user's a finding shows, whatever the run ended in: from a file that the
// command line compiles to the text of its report.
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "tests/support/captured.h"
#include "tests/support/sanitized.h"
#include "tests/support/temporary_folder.h"

namespace reprise {
namespace {

std::string report_of(const std::string& file, const std::string& arguments,
                      const std::string& compiler = "g++") {
  const tests::TemporaryFolder folder;
  const char* const program = std::getenv("REPRISE_PROGRAM");
  REQUIRE(program != nullptr);
  const std::filesystem::path cache =
      std::filesystem::path(program).parent_path() / "tests" / "cache";
  const tests::Captured swept = tests::capture_command(
      "REPRISE_CACHE='" + cache.string() + "' CXX=" + compiler + " '" + program +
      "' sweep --plans 2000 --out " + folder / "traces" + " " + file + " " + arguments);
  CHECK_MESSAGE(swept.exit == 1, swept.err);
  return swept.out;
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// The line below the first that contains `part`: its underline.
std::string mark_under(const std::string& text, std::string_view part) {
  const std::size_t at = text.find(part);
  const std::size_t begin = at == std::string::npos ? at : text.find('\n', at);
  if (begin == std::string::npos) return {};
  return text.substr(begin + 1, text.find('\n', begin + 1) - begin - 1);
}

// The report of tests/replay/files/places.cpp's `scenario` marks its line with `note`.
void check_marked(const std::string& scenario, const std::string& note,
                  const std::string& arguments = "") {
  for (const char* const compiler : {"g++", "clang++"}) {
    CAPTURE(compiler);
    const std::string report =
        report_of("tests/replay/files/places.cpp", scenario + ' ' + arguments, compiler);
    CHECK_MESSAGE(contains(mark_under(report, "// " + scenario), note), report);
  }
}

}  // namespace

TEST_CASE("places: a bad access shows its line and those that called it" *
          doctest::skip(tests::is_sanitized)) {
  check_marked("places/bad-access", "it died here");
  const std::string report = report_of("tests/replay/files/places.cpp", "places/bad-access");
  CHECK_MESSAGE(contains(mark_under(report, "return last_value(&first);"), "called here"), report);
  CHECK_FALSE(contains(report, "sim/world/world.cpp"));
}

TEST_CASE("places: a run that hangs shows where it was killed") {
  check_marked("places/hang", "it was here when it was killed", "--hang-timeout 1s");
}

TEST_CASE("places: a failed assertion is quoted with its line") {
  check_marked("places/assert", "it aborted here");
  CHECK(contains(report_of("tests/replay/files/places.cpp", "places/assert"),
                 "aborted: assertion `reads == 1 && \"one read\"` failed"));
}

TEST_CASE("places: an exception shows where it was thrown") {
  check_marked("places/throw", "thrown here");
}

TEST_CASE("places: a property shows the last store to what it reads" *
          doctest::skip(tests::is_sanitized)) {
  check_marked("places/always", "3 -> -1, the last change");
  const std::string report = report_of("tests/replay/files/places.cpp", "places/finally");
  CHECK_MESSAGE(contains(mark_under(report, "// places/always"), "3 -> -1, the last change"),
                report);
}

TEST_CASE("places: a task that waits in the scenario shows where") {
  check_marked("places/wait", "`client` waits here");
}

TEST_CASE("places: an endless operation shows where it yields again and again") {
  check_marked("places/endless", "`client` yields here again and again");
}

TEST_CASE("places: schedules that differ show the operation with both values and its yields") {
  check_marked("places/schedule", "operation 1 of task `client` yields here");
  CHECK(contains(report_of("tests/replay/files/places.cpp", "places/schedule"),
                 "operation 1 of task `client` answers Done 2; in the sync world Done 1"));
}

TEST_CASE("places: of stores that compilers merge the one that was made is named" *
          doctest::skip(tests::is_sanitized)) {
  for (const char* const compiler : {"g++", "clang++"}) {
    CAPTURE(compiler);
    const std::string report =
        report_of("tests/cases/checkpoint-phase-broken.cpp", "--check idle-state", compiler);
    CHECK_MESSAGE(contains(mark_under(report, "phase = Phase::read; break;"), "set here last"),
                  report);
  }
}

TEST_CASE("places: a campaign has one line for a finding that it has told") {
  const std::string report = report_of("tests/replay/files/places.cpp", "places/wait");
  CHECK(report.find("error[deadlock]: ") == report.rfind("error[deadlock]: "));
  CHECK(contains(report, "\n  error[deadlock] in places/wait, 1 run, told above: "));
}

}  // namespace reprise
