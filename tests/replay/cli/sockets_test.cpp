// Code that calls the C library's socket functions, as tests/replay/files/sockets.cpp has it, by
// the built program.
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

using tests::Captured;
using tests::TemporaryFolder;

Captured fuzz(const std::string& scenario) {
  const char* const path = std::getenv("REPRISE_PROGRAM");
  REQUIRE_MESSAGE(path != nullptr, "REPRISE_PROGRAM names the program; ctest sets it");
  const TemporaryFolder folder;
  const std::string cache =
      (std::filesystem::path(path).parent_path() / "tests" / "cache").string();
  return tests::capture_command(
      "REPRISE_CACHE='" + cache + "' '" + path + "' fuzz tests/replay/files/sockets.cpp sockets/" +
      scenario + " --seed 1 --seeds 1000" + " --profile chaos --out " + folder / "traces");
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("sockets: code that waits and code that does not reach each other" *
          doctest::test_suite("slow") * doctest::skip(tests::is_sanitized)) {
  for (const char* const scenario : {"two-computers", "loop"}) {
    CAPTURE(scenario);
    const Captured captured = fuzz(scenario);
    CHECK_MESSAGE(captured.exit == 0, captured.out);
    CHECK_MESSAGE(!contains(captured.out, "never reached"), captured.out);
  }
}

TEST_CASE("sockets: errors and times are those of Linux" * doctest::test_suite("slow") *
          doctest::skip(tests::is_sanitized)) {
  for (const char* const scenario : {"errors", "timeout"}) {
    CAPTURE(scenario);
    const Captured captured = fuzz(scenario);
    CHECK_MESSAGE(captured.exit == 0, captured.out);
  }
}

TEST_CASE("sockets: a call that cannot wait where it is made is told" *
          doctest::test_suite("slow") * doctest::skip(tests::is_sanitized)) {
  const Captured captured = fuzz("blocks");
  CHECK_MESSAGE(captured.exit != 0, captured.out);
  CHECK_MESSAGE(contains(captured.out, "`accept()` waits for a socket"), captured.out);
}

TEST_CASE("sockets: what is left open and what was not all sent is found" *
          doctest::test_suite("slow") * doctest::skip(tests::is_sanitized)) {
  const Captured left = fuzz("left-open");
  CHECK_MESSAGE(left.exit == 1, left.out);
  CHECK_MESSAGE(contains(left.out, "error[leak]"), left.out);
  const Captured partial = fuzz("partial-send");
  CHECK_MESSAGE(partial.exit == 1, partial.out);
}

}  // namespace
}  // namespace reprise
