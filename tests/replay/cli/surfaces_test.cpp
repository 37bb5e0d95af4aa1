// The control matrix of docs/DETERMINISM.md, row by row, by the built program.
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

const std::string file = "tests/replay/files/surfaces.cpp";

Captured reprise(const std::string& command, const std::string& arguments) {
  const char* const path = std::getenv("REPRISE_PROGRAM");
  REQUIRE_MESSAGE(path != nullptr, "REPRISE_PROGRAM names the program; ctest sets it");
  const TemporaryFolder folder;
  const std::string cache =
      (std::filesystem::path(path).parent_path() / "tests" / "cache").string();
  return tests::capture_command("REPRISE_CACHE='" + cache + "' '" + path + "' " + command + " " +
                                file + " --seed 1 --seeds 20 --out " + folder / "traces" + " " +
                                arguments);
}

/// What fuzz says about the scenarios of one row.
Captured fuzz(const std::string& row, const std::string& arguments = {}) {
  return reprise("fuzz", "'surface/" + row + "' " + arguments);
}

/// The line of the source that has `text`, as findings show places.
std::string place_of(std::string_view text) {
  const std::string source = TemporaryFolder::read(file);
  const std::size_t at = source.find(text);
  REQUIRE(at != std::string::npos);
  std::size_t line = 1;
  for (std::size_t i = 0; i < at; ++i) line += source[i] == '\n' ? 1U : 0U;
  return file + ':' + std::to_string(line) + ':';
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

void check_note(const std::string& row, const std::string& message, std::string_view line) {
  CAPTURE(row);
  const Captured captured = fuzz(row);
  CHECK_MESSAGE(captured.exit == 0, captured.out);
  CHECK_MESSAGE(contains(captured.out, "note[determinism]: " + message), captured.out);
  const std::string place = place_of(line);
  CHECK_MESSAGE(contains(captured.out, place.substr(0, place.size() - 1)), captured.out);
}

void check_error(const std::string& row, const std::string& message, std::string_view line) {
  CAPTURE(row);
  const Captured captured = fuzz(row);
  CHECK_MESSAGE(captured.exit == 3, captured.out);
  CHECK_MESSAGE(contains(captured.out, "error[determinism]: " + message), captured.out);
  const std::string place = place_of(line);
  CHECK_MESSAGE(contains(captured.out, place.substr(0, place.size() - 1)), captured.out);
}

/// The two runs differ, and the report says why.
void check_difference(const std::string& row, const std::string& cause) {
  CAPTURE(row);
  const Captured captured = fuzz(row);
  CHECK_MESSAGE(captured.exit == 3, captured.out);
  CHECK_MESSAGE(contains(captured.out,
                         "error[determinism]: the same plan, run twice, gave two different runs"),
                captured.out);
  CHECK_MESSAGE(contains(tests::in_one_line(captured.out), cause), captured.out);
}

TEST_CASE("surfaces: the clocks show the world's time and their line is told" *
          doctest::skip(tests::is_sanitized)) {
  check_note("time", "`time()` asks for the time, and gets the world's", "std::time(nullptr)");
}

TEST_CASE("surfaces: a loop that waits for a time to come ends at once" *
          doctest::skip(tests::is_sanitized)) {
  check_note("busy-wait", "`clock_gettime()` asks for the time", "const auto until =");
}

TEST_CASE("surfaces: sleeps cost no real time and are told to block the loop" *
          doctest::skip(tests::is_sanitized)) {
  check_note("sleep", "`nanosleep()` blocks the loop", "sleep_for(10min)");
}

TEST_CASE("surfaces: random bytes are the plan's and other plans have others" *
          doctest::skip(tests::is_sanitized)) {
  // Its line is left out: where the library's own function is not inlined, that of the caller's
  // caller is shown.
  const Captured captured = fuzz("chance");
  CHECK(captured.exit == 0);
  CHECK(contains(captured.out, "note[determinism]: `std::random_device()` asks for random bytes"));
  CHECK_FALSE(contains(captured.out, "goals never reached"));
}

TEST_CASE("surfaces: rand() begins in each run as in a new process" *
          doctest::skip(tests::is_sanitized)) {
  check_note("sequence", "`rand()` takes the next number", "std::rand(), 1'804'289'383");
}

TEST_CASE("surfaces: the process and the machine and the environment are told" *
          doctest::skip(tests::is_sanitized)) {
  check_note("process", "`getpid()` asks for the number", "getpid(), 4'242");
  check_note("machine", "`get_nprocs()` asks about the machine", "hardware_concurrency()");
  check_note("environment", "`getenv(\"PATH\")` reads the environment", "std::getenv(\"PATH\")");
}

TEST_CASE("surfaces: notes become findings with --error and are left out with --no-check" *
          doctest::skip(tests::is_sanitized)) {
  CHECK(fuzz("process", "--error determinism").exit == 3);
  const Captured without = fuzz("process", "--no-check determinism");
  CHECK(without.exit == 0);
  CHECK_FALSE(contains(without.out, "note["));
}

TEST_CASE("surfaces: a thread or an alarm is refused and told with its line" *
          doctest::skip(tests::is_sanitized)) {
  check_error("thread", "`pthread_create()` starts a thread", "std::thread worker");
  check_error("thread-in-c", "`pthread_create()` starts a thread", "if (pthread_create(");
  check_error("alarm", "`alarm()` asks for a signal", "alarm(3'600)");
}

TEST_CASE("surfaces: foreign code that waits for a lock is parked and others run" *
          doctest::skip(tests::is_sanitized)) {
  const Captured clean = fuzz("foreign-locks");
  CHECK_MESSAGE(clean.exit == 0, clean.out);
  CHECK_FALSE(contains(clean.out, "goals never reached"));
  const Captured stuck = fuzz("foreign-deadlock");
  CHECK(stuck.exit == 1);
  CHECK_MESSAGE(contains(stuck.out, "error[deadlock]"), stuck.out);
  CHECK_MESSAGE(contains(stuck.out, "for a mutex, which `"), stuck.out);
}

TEST_CASE("surfaces: memory that is not set and addresses are told apart" *
          doctest::skip(tests::is_sanitized)) {
  check_difference("local", "a local variable is read before it is set");
  check_difference("stack-address", "the address of a local variable decides");
  check_difference("heap", "memory of the heap is read before it is written");
  check_difference("heap-address", "an address decides");
}

TEST_CASE("surfaces: state that outlives a run is told as that") {
  check_difference("static", "state from an earlier run");
  check_difference("order", "state from an earlier run");
  check_difference("counter", "something outlives the run");
  // How much a process has read when its first run begins may be the same each time, or not.
  check_difference("real-file", "expected: a run depends on its plan");
}

TEST_CASE("surfaces: state that outlives a run does not outlive its process") {
  for (const char* const row : {"static", "order", "counter"}) {
    CAPTURE(row);
    const Captured captured = fuzz(row, "--isolate -j 2");
    CHECK_MESSAGE(captured.exit == 0, captured.out);
  }
}

}  // namespace
}  // namespace reprise
