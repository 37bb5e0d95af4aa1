#include <reprise/replay/report/commands.h>

#include <fmt/format.h>
#include <reprise/replay/report/page.h>
#include <reprise/replay/text/units.h>

#include <filesystem>
#include <utility>

namespace reprise {

namespace {

std::string with(std::string command, const std::vector<std::string>& arguments) {
  for (const std::string& argument : arguments) command += ' ' + shell_argument(argument);
  return command;
}

// `reprise COMMAND FILES`
std::string opening(const ReportOptions& options, std::string_view command) {
  return with(fmt::format("{} {}", shell_argument(options.program), command), options.files);
}

std::string closed(std::string command, const ReportOptions& options) {
  command = with(std::move(command), options.file_arguments);
  if (options.compiler_flags.empty()) return command;
  return with(std::move(command) + " --", options.compiler_flags);
}

}  // namespace

std::string replay_line(const ReportOptions& options, std::string_view trace_path,
                        std::uint64_t break_at) {
  std::string command = with(opening(options, "replay"), {std::string(trace_path)});
  command = with(std::move(command), options.check_arguments);
  if (break_at > 0) command += fmt::format(" --break-at {}", break_at);
  return closed(std::move(command), options);
}

std::string trace_line(const ReportOptions& options, std::string_view command,
                       std::string_view trace_path) {
  std::string line = with(opening(options, command), {std::string(trace_path)});
  return closed(with(std::move(line), options.check_arguments), options);
}

std::string draw_line(const ReportOptions& options, std::string_view trace_path) {
  const std::string page = std::filesystem::path(trace_path).replace_extension(".html").string();
  std::string command = with(opening(options, "show"), {std::string(trace_path), "--html", page});
  return closed(with(std::move(command), options.check_arguments), options);
}

std::string list_line(const ReportOptions& options) {
  return closed(opening(options, "list"), options);
}

std::string run_line(const ReportOptions& options, std::string_view scenario, std::uint64_t seed,
                     const Options& settings) {
  return campaign_line(options, "run", scenario, seed, settings);
}

std::string campaign_line(const ReportOptions& options, std::string_view command,
                          std::string_view scenario, std::optional<std::uint64_t> seed,
                          const Options& settings) {
  std::string line = with(opening(options, command), {std::string(scenario)});
  if (seed) line += fmt::format(" --seed 0x{:x}", *seed);
  for (const auto& [name, value] : settings) {
    line += fmt::format(" --set {}", shell_argument(fmt::format("{}={}", name, value)));
  }
  line = with(with(std::move(line), options.run_arguments), options.check_arguments);
  return closed(std::move(line), options);
}

std::vector<LabelledCommand> commands_of(const FindingRow& row, const ReportOptions& options) {
  std::vector<LabelledCommand> commands;
  if (!row.trace_path.empty()) {
    commands.push_back({"Replay", replay_line(options, row.trace_path)});
  }
  if (row.seed.has_value() && options.knows_run) {
    commands.push_back({"Again", run_line(options, row.scenario, *row.seed, row.options)});
  }
  commands.push_back({"Explain", fmt::format("{} explain {}", shell_argument(options.program),
                                             shell_argument(row.check))});
  return commands;
}

}  // namespace reprise
