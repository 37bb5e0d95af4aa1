// Command: one command of the program. A new one is a file in command/ that defines its Command and
// its function, and a line in commands.cpp.
#pragma once

#include <reprise/replay/cli/cli.h>
#include <reprise/replay/cli/option_groups.h>

#include <cstdint>
#include <string_view>
#include <vector>

namespace reprise {

struct CommandOptions;

/// Which scenarios of its files a command is about, if no argument names any.
enum class FileScenarios : std::uint8_t { sound, all, pairs };

/// The differences between commands that share code.
struct CommandTraits {
  /// Without --seed the seed is 1, so that the results of two programs can be compared.
  bool has_fixed_seed = false;
  /// Its arguments are traces, which do not tell the profile that they came from.
  bool takes_traces = false;
  /// The machine's output is shown.
  bool shows_output = false;
  /// It makes one run and shows no progress.
  bool is_one_run = false;
  FileScenarios file_scenarios = FileScenarios::sound;
};

struct Command {
  std::string_view name;
  std::string_view argument;  // in the usage line; empty: it takes none
  bool needs_argument = true;
  std::string_view summary;
  std::string_view examples;            // whole lines
  std::vector<MakeOptionGroup> groups;  // in the order of the help
  CommandTraits traits = {};
  /// The schema of what --json prints: docs/schemas/NAME.json. Empty: the command has no JSON.
  std::string_view json_schema = {};
  ExitCode (*run)(const CommandOptions& options) = nullptr;
};

}  // namespace reprise
