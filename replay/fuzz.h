// Fuzzing from a test framework: one call returns a report, which says whether all is well, and
// otherwise what is wrong. Link with reprise::replay and your scenarios. A test has two lines, the
// second in the words of its framework:
//
//   const auto report = reprise::fuzz("counter/bump", {.seeds = 1000});
//   CHECK_MESSAGE(report.ok(), report.text());                          // doctest
//   EXPECT_TRUE(report.ok()) << report.text();                          // GoogleTest
//   INFO(report.text()); CHECK(report.ok());                            // Catch2
//
// The trace of a finding is written to `traces/`. Kept there, it is a regression test:
//
//   const auto report = reprise::replay_traces("traces");
//
// doctest and Catch2 have a macro SCENARIO too: include them first, and begin your scenarios with
// REPRISE_SCENARIO. Within a scenario use sim.expect(): runs are made in other processes, where the
// output of a test framework's own assertions is lost.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reprise {

struct FuzzOptions {
  /// Random runs of each scenario, after its calm runs and sweeps. 1000 if neither this nor the
  /// time is set.
  std::optional<std::uint64_t> seeds = {};
  /// The time budget of the whole call.
  std::optional<std::uint64_t> milliseconds = {};
  /// The same seed makes the same runs.
  std::uint64_t seed = 1;
  /// The number of processes that share the runs. 0: everything is done in this process, for a
  /// debugger; code that crashes or hangs then takes the test program with it.
  std::uint32_t workers = 1;
  /// The folder for traces; empty: none are written.
  std::string folder = "traces";
  /// Names of checks that are turned off.
  std::vector<std::string> checks_off = {};
  /// The scenarios' options, as --set sets them.
  std::map<std::string, std::int64_t, std::less<>> options = {};
  /// A run that shows no sign of life for this long is a finding.
  std::uint64_t hang_milliseconds = 10'000;
  /// A program linked with reprise::main and these scenarios, if there is one: text() then ends
  /// with commands for it.
  std::string program = {};
};

struct RegressionOptions {
  std::vector<std::string> checks_off = {};
  bool in_this_process = false;
  /// Stops before the event of this number, counted from 1, if a debugger holds this process;
  /// implies in_this_process. 0: does not stop.
  std::uint64_t break_at = 0;
  std::string program = {};
};

/// One bug.
struct TestFinding {
  std::string scenario;
  std::string check;       // `reprise explain CHECK` says what it means
  std::string signature;   // the same for the same bug
  std::string message;     // one sentence
  std::string trace_path;  // empty: no trace was written
  std::string text;        // all of it, as the command line shows it
};

/// The report of such a call.
struct TestReport {
  std::uint64_t runs = 0;
  std::vector<TestFinding> findings;
  /// The reasons why less was done than was asked for, one sentence each; for example a scenario or
  /// a trace does not exist.
  std::vector<std::string> errors;

  bool ok() const { return findings.empty() && errors.empty(); }
  /// The text for the test's failure message: each finding as the command line shows it; one line
  /// if ok().
  std::string text() const;
};

/// Fuzzes the scenarios that `pattern` matches (`*` any text, `?` one character), each until its
/// first finding, which is reproduced and minimised. It is an error if no scenario matches.
TestReport fuzz(std::string_view pattern, const FuzzOptions& options = {});

/// Replays a trace, or all *.json of a folder; each must be clean now. A path that does not exist
/// is an error; an empty folder is not.
TestReport replay_traces(const std::string& file_or_folder, const RegressionOptions& options = {});

}  // namespace reprise
