#include <fmt/format.h>
#include <reprise/replay/report_commands.h>
#include <reprise/replay/report_page.h>

namespace reprise {

namespace {

std::string with(std::string command, const std::vector<std::string>& arguments) {
  for (const std::string& argument : arguments) command += ' ' + shell_argument(argument);
  return command;
}

}  // namespace

std::string replay_line(const ReportOptions& options, std::string_view trace_path) {
  return with(
      fmt::format("{} replay {}", shell_argument(options.program), shell_argument(trace_path)),
      options.check_arguments);
}

std::string run_line(const ReportOptions& options, std::string_view scenario, std::uint64_t seed,
                     const Options& settings) {
  return campaign_line(options, "run", scenario, seed, settings);
}

std::string campaign_line(const ReportOptions& options, std::string_view command,
                          std::string_view scenario, std::optional<std::uint64_t> seed,
                          const Options& settings) {
  std::string line =
      fmt::format("{} {} {}", shell_argument(options.program), command, shell_argument(scenario));
  if (seed) line += fmt::format(" --seed 0x{:x}", *seed);
  for (const auto& [name, value] : settings) {
    line += fmt::format(" --set {}", shell_argument(fmt::format("{}={}", name, value)));
  }
  return with(with(std::move(line), options.run_arguments), options.check_arguments);
}

}  // namespace reprise
