#include <reprise/replay/cli/commands.h>

#include <reprise/core/internal/open.h>
#include <reprise/replay/cli/streams.h>
#include <reprise/replay/report/commands.h>
#include <reprise/replay/text/escape.h>
#include <reprise/replay/text/suggest.h>
#include <reprise/replay/text/units.h>
#include <reprise/sim/pattern.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <system_error>

namespace reprise {

std::span<const Command* const> commands() {
  static constexpr std::array all = {
      &run_command,    &fuzz_command,        &sweep_command,   &merge_command, &fleet_command,
      &replay_command, &shrink_command,      &show_command,    &diff_command,  &promote_command,
      &list_command,   &selftest_command,    &explain_command, &flags_command, &new_command,
      &schema_command, &completions_command, &man_command};
  return all;
}

std::vector<std::string> command_names() {
  std::vector<std::string> names;
  for (const Command* const command : commands()) names.emplace_back(command->name);
  return names;
}

namespace {

bool is_pattern(std::string_view text) {
  return text.find_first_of("*?") != std::string_view::npos;
}

// For a pattern that matches broken canaries and nothing else.
std::string broken_halves_sentence(const std::string& pattern, const Scenario& broken,
                                   const CommandOptions& options) {
  const std::string files =
      options.files.empty() ? "" : fmt::format("{} ", fmt::join(options.files, " "));
  return fmt::format(
      "{} matches only broken halves of canary pairs, which patterns leave out: they have bugs on "
      "purpose; name one in full, `{} {} {}{}`, or test all pairs, `{} selftest {}{}`",
      in_quotes(pattern), options.program, options.command->name, files, broken.name,
      options.program, files, shell_argument(pattern));
}

// For an argument that names no scenario.
std::string no_match_sentence(const std::string& pattern, const CommandOptions& options) {
  for (const Scenario& scenario : scenarios()) {
    if (!scenario.broken() || !matches_pattern(pattern, scenario.name)) continue;
    return broken_halves_sentence(pattern, scenario, options);
  }
  std::error_code error;
  if (std::filesystem::exists(pattern, error)) {
    return fmt::format(
        "{}: this is no file that can be compiled (.cpp .cc .cxx .c++ .C .c) or "
        "loaded (.so), and no scenario",
        escaped(pattern));
  }
  return fmt::format("{} {}{}",
                     is_pattern(pattern) ? "no scenario matches" : "there is no scenario",
                     in_quotes(pattern), scenario_suggestion(pattern, options));
}

}  // namespace

void complain(std::string_view sentence) {
  std::fflush(stdout);
  print_to_stderr(fmt::format("error: {}\n", sentence));
}

void print(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

std::string scenario_suggestion(std::string_view name, const CommandOptions& options) {
  std::vector<std::string> known;
  for (const Scenario& scenario : scenarios()) known.push_back(scenario.name);
  return did_you_mean_phrase(name, known,
                             fmt::format("`{}` shows {}", list_line(options.report()),
                                         options.files.empty() ? "all" : "what the files have"));
}

ChosenScenarios choose_scenarios(const CommandOptions& options) {
  ChosenScenarios chosen;
  std::vector<std::string> patterns = options.arguments;
  if (patterns.empty() && scenarios().empty()) {
    complain("this program has no scenario: link some with it, or name a file that has some");
    chosen.exit = ExitCode::nothing_ran;
    return chosen;
  }
  if (patterns.empty()) patterns.emplace_back("*");
  for (const std::string& pattern : patterns) {
    const std::vector<const Scenario*> matches = match_scenarios(pattern);
    if (matches.empty()) {
      complain(no_match_sentence(pattern, options));
      chosen.exit = is_pattern(pattern) ? ExitCode::nothing_ran : ExitCode::bad_usage;
      return chosen;
    }
    for (const Scenario* const match : matches) {
      if (std::ranges::find(chosen.scenarios, match) == chosen.scenarios.end()) {
        chosen.scenarios.push_back(match);
      }
    }
  }
  return chosen;
}

}  // namespace reprise
