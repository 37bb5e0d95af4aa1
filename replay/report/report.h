// Reports: the result of a campaign for a person (text) and for a program (JSON). A person is shown
// their own code: what went wrong in one sentence, the places, the smallest history, the way to
// mend it, and the commands to go on with. All text except the user's own is plain ASCII.
#pragma once

#include <reprise/replay/campaign/result.h>

#include <string>
#include <string_view>
#include <vector>

namespace reprise {

inline constexpr std::string_view report_format = "reprise-report/1";

struct ReportOptions {
  bool color = false;
  bool verbose = false;  // nothing is left out of histories and plans
  /// The program in the commands to go on with. Empty: there is no such program, and the report
  /// names the calls of fuzz.h.
  std::string program = "reprise";
  /// The arguments that those commands need to make the same run: first those of `run`, then those
  /// of both `run` and `replay`.
  std::vector<std::string> run_arguments = {};
  std::vector<std::string> check_arguments = {};
  /// The files with the scenarios, and the options that they are compiled with.
  std::vector<std::string> files = {};
  std::vector<std::string> file_arguments = {};
  std::vector<std::string> compiler_flags = {};
  /// The findings of a campaign were printed as they came, so its own text has one line for each.
  bool findings_are_told = false;
  /// The folder below which other programs look for source files. Empty: the working directory.
  std::string source_root = {};
  /// The folder that the report is written into, to which its links are relative. Empty: the
  /// working directory.
  std::string folder = {};
  bool knows_run = true;  // false: run_arguments are not known, and no `run` is shown
};

/// The report of a finding: many lines, with a newline at the end. Places are shown with the lines
/// around them if their files exist, as given or below the working directory.
std::string to_text(const FindingReport& report, const ReportOptions& options = {});

/// The report of a finding without its plan and its history.
std::string to_text(const FindingRow& row, const ReportOptions& options = {});

/// The lines of a note. `command` makes the run again, and the note counts there as an error.
std::string to_text(const NoteRow& row, std::string_view command,
                    const ReportOptions& options = {});

/// One JSON object, whose `format` is report_format. The fields that depend on the machine (build,
/// times) are at its end, in `machine`; the rest has the same bytes everywhere if the campaign did
/// the same.
std::string to_json(const CampaignReport& report);

/// JUnit's XML, as Jenkins and GitLab read it: one case for each scenario. A failure has the seed
/// and the commands to go on with; notes fail nothing.
std::string to_junit(const CampaignReport& report, const ReportOptions& options = {});

/// Annotations for the lines of a pull request, as commands of GitHub Actions: an error for each
/// distinct finding, a notice for each note, a warning for what is incomplete. GitHub shows ten of
/// a kind; if there are more, the tenth says how many.
std::string to_github_annotations(const CampaignReport& report, const ReportOptions& options = {});

/// The summary of a job, in GitHub's Markdown. It is less than GitHub's 1 MiB.
std::string to_github_summary(const CampaignReport& report, const ReportOptions& options = {});

/// SARIF 2.1.0, for code scanning: a result for each finding, with the steps of its smallest run,
/// and one of the level `note` for each note. A result's fingerprint is made of its scenario and
/// its signature, and so survives edits.
std::string to_sarif(const CampaignReport& report, const ReportOptions& options = {});

/// The report of a campaign. Its last line is `N passed, N failed`, counted in runs.
std::string to_text(const CampaignReport& report, const ReportOptions& options = {});

}  // namespace reprise
