#include <reprise/replay/command_line.h>
#include <reprise/replay/command_line_commands.h>
#include <reprise/replay/command_line_options.h>
#include <reprise/replay/command_line_signals.h>
#include <reprise/replay/command_line_source.h>
#include <reprise/replay/printable.h>
#include <reprise/replay/report_commands.h>
#include <reprise/replay/suggest.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <system_error>

namespace reprise {

namespace {

struct Entry {
  std::string_view name;
  ExitCode (*run)(const CommandOptions& options);
};

constexpr std::array entries = {
    Entry{"run", run_command},         Entry{"fuzz", fuzz_command},
    Entry{"sweep", sweep_command},     Entry{"replay", replay_command},
    Entry{"shrink", shrink_command},   Entry{"show", show_command},
    Entry{"list", list_command},       Entry{"selftest", selftest_command},
    Entry{"explain", explain_command}, Entry{"new", new_command},
};

bool is_pattern(std::string_view text) {
  return text.find_first_of("*?") != std::string_view::npos;
}

// Of an argument that names no scenario.
std::string no_match_sentence(const std::string& pattern, const CommandOptions& options) {
  std::error_code error;
  if (std::filesystem::exists(pattern, error)) {
    return fmt::format(
        "{}: this is no file that can be compiled (.cpp .cc .cxx .c++ .C .c) or "
        "loaded (.so), and no scenario",
        printable(pattern));
  }
  return fmt::format("{} {}{}",
                     is_pattern(pattern) ? "no scenario matches" : "there is no scenario",
                     in_quotes(pattern), scenario_suggestion(pattern, options));
}

}  // namespace

void complain(std::string_view sentence) {
  std::fflush(stdout);
  fmt::print(stderr, "error: {}\n", sentence);
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
  for (const std::string& pattern : options.arguments) {
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

namespace {

ExitCode run_entry(ExitCode (*run)(const CommandOptions& options), CommandOptions options) {
  if (!scenario_clashes().empty()) {
    complain(fmt::format("two scenarios are called {}; give one of them another name",
                         in_quotes(scenario_clashes().front())));
    return ExitCode::bad_usage;
  }
  if (!options.files.empty()) {
    const ExitCode exit = load_files(options);
    if (exit != ExitCode::clean) return exit;
  }
  return run(options);
}

}  // namespace

int run_command_line(const std::string& program, std::span<const char* const> arguments) {
  const ParsedCommandLine parsed = parse_command_line(program, arguments);
  if (!parsed.options) {
    if (parsed.exit == ExitCode::clean) {
      print(parsed.text);
    } else {
      complain(parsed.text);
    }
    return static_cast<int>(parsed.exit);
  }
  catch_interrupts();
  const auto entry = std::ranges::find(entries, parsed.options->command, &Entry::name);
  if (entry == entries.end()) return static_cast<int>(ExitCode::internal);
  const ExitCode exit = run_entry(entry->run, *parsed.options);
  const bool is_written = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
  if (!is_written) complain("stdout took no more");
  return static_cast<int>(is_written ? exit : ExitCode::internal);
}

}  // namespace reprise
