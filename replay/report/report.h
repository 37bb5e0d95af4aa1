// Reports: what a person reads at the end of a campaign (text), and what a program reads (JSON).
// The reader is shown their own code: what went wrong in one sentence, the places, the smallest
// history, the way to mend it, and the commands to go on with. All text is plain ASCII but for the
// user's own.
#pragma once

#include <reprise/replay/campaign/result.h>

#include <string>
#include <string_view>
#include <vector>

namespace reprise {

struct ReportOptions {
  bool color = false;
  bool verbose = false;  // nothing is left out of histories and plans
  /// What the commands to go on with begin with. Empty: there is no such program, and the report
  /// names the calls of fuzz.h.
  std::string program = "reprise";
  /// What else those commands need to make the same run: `run`, and `run` and `replay`.
  std::vector<std::string> run_arguments = {};
  std::vector<std::string> check_arguments = {};
  /// Files that hold the scenarios, with what they are compiled with.
  std::vector<std::string> files = {};
  std::vector<std::string> file_arguments = {};
  std::vector<std::string> compiler_flags = {};
  /// The findings of a campaign have been told as they came: its own text has a line for each.
  bool findings_are_told = false;
  bool knows_run = true;  // false: run_arguments are not known, and no `run` is shown
};

/// Many lines, with a newline at the end. Places are shown with the lines around them if their
/// files are there, as given or below the working directory.
std::string to_text(const FindingReport& report, const ReportOptions& options = {});

/// Some lines. `command` is what makes the run again; with `--error CHECK` the note is an error.
std::string to_text(const NoteRow& row, std::string_view command,
                    const ReportOptions& options = {});

/// One JSON object, `"format": "reprise-report/1"`. What depends on the machine (build, times)
/// stands at its end, in `machine`; the rest has the same bytes everywhere if the campaign did the
/// same.
std::string to_json(const CampaignReport& report);

/// The last line is `N passed, N failed`, counted in runs.
std::string to_text(const CampaignReport& report, const ReportOptions& options = {});

}  // namespace reprise
