// The common part of the commands that take traces: loading them, running them again, and telling
// the result of each file.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/replay/campaign/result.h>
#include <reprise/replay/cli/commands.h>
#include <reprise/replay/trace/file.h>
#include <reprise/replay/trace/replay.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace reprise {

/// The result of a command for one file.
struct FileResult {
  std::string path;
  ExitCode exit = ExitCode::clean;
  std::string sentence;              // what happened
  std::vector<std::string> details;  // one per line
  std::string signature;             // of the finding, if there is one
  std::string report;                // many lines
  std::vector<Finding> notes;
  std::string notes_report;
  // For reports in files: the run's scenario, and what is wrong with the run.
  std::string scenario;
  std::uint64_t events = 0;
  std::optional<FindingRow> finding;
};
FileResult bad_input(const std::string& path, std::string sentence);
void print_result(const FileResult& result, bool with_report);

using FileCommand = FileResult (*)(const std::string& path, const CommandOptions& options);

/// Runs `command` for each trace that the arguments name, and prints its results. Gives the worst
/// exit status.
ExitCode for_each_trace(const CommandOptions& options, FileCommand command);

Expected<LoadedTrace> load(const std::string& path, const CommandOptions& options);
Replayed replay_loaded(const LoadedTrace& loaded, const CommandOptions& options);
/// The report of a trace's run. If the run has no finding, that of the report is empty.
FindingReport report_of_run(const std::string& path, const Trace& trace, const Replayed& replayed);
/// Whether the command draws the run of its trace: --html, --perfetto.
bool draws_runs(const CommandOptions& options);
/// The run as it is drawn: of one that ends its process only the trace has the events.
FindingReport drawn_run(const std::string& path, const Trace& trace, const Replayed& replayed);
/// Writes what --html and --perfetto ask for. An error sentence; empty if all is well.
std::string write_drawings(const FindingReport& report, const CommandOptions& options);
/// With --html, writes a campaign's finding as a timeline beside its trace, and gives the line that
/// says so; complains if it cannot. Else empty.
std::string draw_finding(const FindingReport& report, const CommandOptions& options);
/// An error sentence if the run has shown that its trace is wrong; else empty.
std::string wrong_in_trace(const std::string& path, const Replayed& replayed,
                           const CommandOptions& options);
/// Says that the run of `trace` had no finding.
std::string sentence_without_finding(const Trace& trace, const CommandOptions& options);

}  // namespace reprise
