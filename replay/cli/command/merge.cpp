// merge: joins the results of the shards of a campaign.
#include <reprise/replay/campaign/merge.h>
#include <reprise/replay/cli/commands.h>
#include <reprise/replay/cli/conclusion.h>
#include <reprise/replay/cli/report_files.h>
#include <reprise/replay/cli/trace_files.h>
#include <reprise/replay/report/timeline/page.h>
#include <reprise/replay/text/escape.h>
#include <reprise/replay/text/file.h>
#include <reprise/replay/trace/file.h>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

namespace reprise {

namespace {

namespace fs = std::filesystem;

// The results in a folder, or a file's own path.
Expected<std::set<std::string>> result_paths(const std::string& file_or_folder) {
  using Paths = std::set<std::string>;
  std::error_code error;
  if (!fs::is_directory(file_or_folder, error)) return Paths{file_or_folder};
  Paths paths;
  fs::directory_iterator entries(file_or_folder, error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    if (entries->path().extension() == shard_file_extension) paths.insert(entries->path().string());
  }
  if (!error) return paths;
  return Expected<Paths>::failed(fmt::format("{}: {}", escaped(file_or_folder), error.message()));
}

// An error sentence, or empty.
std::string add_file(ShardUnion& all, const std::string& path) {
  const Expected<std::string> text = read_file_text(path, trace_bytes_max);
  if (!text) return text.error();
  Expected<ShardResult> parsed = parse_shard_result(text.value());
  if (!parsed) return escaped(path) + ": " + parsed.error();
  ShardResult result = std::move(parsed).value();
  const fs::path folder = fs::path(path).parent_path();
  for (FindingRow& row : result.report.findings) {
    if (!row.trace_path.empty()) row.trace_path = (folder / row.trace_path).string();
  }
  return all.add(std::move(result), path).value_or("");
}

ExitCode bad_results(const std::string& sentence) {
  complain(sentence);
  return ExitCode::bad_usage;
}

// Draws each finding beside its trace, if this program has the scenario and nobody has drawn it.
// The page of a finding that stays without has the command to draw it.
void draw_findings(const CampaignReport& report, const CommandOptions& options,
                   const ReportOptions& told) {
  for (const FindingRow& row : report.findings) {
    if (row.trace_path.empty()) continue;
    const fs::path page = fs::path(row.trace_path).replace_extension(".html");
    std::error_code error;
    if (fs::exists(page, error)) continue;
    const Expected<LoadedTrace> loaded = load(row.trace_path, options);
    if (!loaded) continue;
    const Trace& trace = loaded.value().trace;
    const Replayed replayed = replay_loaded(loaded.value(), options);
    if (replayed.is_dismissed || !replayed.finding) continue;
    write_file_text(page.string(), timeline_page(drawn_run(row.trace_path, trace, replayed), told));
  }
}

ExitCode merge_results(const CommandOptions& options) {
  std::set<std::string> paths;
  for (const std::string& argument : options.arguments) {
    const Expected<std::set<std::string>> found = result_paths(argument);
    if (!found) return bad_results(found.error());
    paths.insert(found.value().begin(), found.value().end());
  }
  if (paths.empty()) {
    complain(fmt::format("there is no result of a shard (*{}) in {}", shard_file_extension,
                         escaped(options.arguments.front())));
    return ExitCode::nothing_ran;
  }
  Certificates certificates(options);
  if (const std::string wrong = certificates.read(); !wrong.empty()) return bad_results(wrong);
  if (const std::string wrong = prepare_reports(options); !wrong.empty()) return bad_results(wrong);
  ShardUnion all;
  for (const std::string& path : paths) {
    if (const std::string wrong = add_file(all, path); !wrong.empty()) return bad_results(wrong);
  }
  CampaignReport report = all.report();
  if (report.command != "sweep" && !(options.certificate + options.compare).empty()) {
    return bad_results(
        "--certificate and --compare are for the shards of a sweep, and these are of `" +
        report.command + "`");
  }
  certificates.finish(report);
  ReportOptions told = options.report();
  const CommandArguments& arguments = all.arguments();
  told.run_arguments = arguments.run;
  told.check_arguments = arguments.check;
  told.files = arguments.files;
  told.file_arguments = arguments.file_options;
  told.compiler_flags = arguments.compiler_flags;
  if (!options.html.empty()) draw_findings(report, options, told);
  if (const std::string wrong = write_reports(options, report, told); !wrong.empty()) {
    report.incomplete.push_back("a report was not written: " + wrong);
  }
  print(options.format->write(report, told));
  return exit_code_of(report);
}

}  // namespace

const Command merge_command{
    .name = "merge",
    .argument = "DIR",
    .needs_argument = true,
    .summary = "Joins the results of the shards of a campaign",
    .examples =
        "  reprise merge results\n"
        "  reprise merge machine-1 machine-2 --certificate now.json --compare last.json\n",
    .groups = {coverage_group, reports_group, page_group},
    .json_schema = "report",
    .run = merge_results,
};

}  // namespace reprise
