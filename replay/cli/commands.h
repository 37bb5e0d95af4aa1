// The commands. Results go to stdout, everything else to stderr.
#pragma once

#include <reprise/replay/cli/command.h>
#include <reprise/replay/cli/options.h>
#include <reprise/sim/scenario.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace reprise {

extern const Command run_command;
extern const Command fuzz_command;
extern const Command sweep_command;
extern const Command merge_command;
extern const Command fleet_command;
extern const Command replay_command;
extern const Command shrink_command;
extern const Command show_command;
extern const Command diff_command;
extern const Command promote_command;
extern const Command list_command;
extern const Command selftest_command;
extern const Command explain_command;
extern const Command flags_command;
extern const Command new_command;
extern const Command schema_command;
extern const Command completions_command;
extern const Command man_command;

/// All commands, in the order of the help.
std::span<const Command* const> commands();
std::vector<std::string> command_names();

// Functions that several commands need.

/// Prints one line on stderr.
void complain(std::string_view sentence);
/// Prints text on stdout, at once.
void print(std::string_view text);

/// The scenarios that the command's arguments name, without duplicates; all scenarios if there are
/// no arguments. If an argument names none, this has complained, and `exit` is the exit status.
struct ChosenScenarios {
  std::vector<const Scenario*> scenarios;
  ExitCode exit = ExitCode::clean;
};
ChosenScenarios choose_scenarios(const CommandOptions& options);

/// `; did you mean "pager/clients"?`, and which command lists them all.
std::string scenario_suggestion(std::string_view name, const CommandOptions& options);

}  // namespace reprise
