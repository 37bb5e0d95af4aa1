// completions: a script by which a shell completes the command line.
#include <reprise/replay/cli/commands.h>
#include <reprise/replay/cli/completions.h>
#include <reprise/replay/text/escape.h>
#include <reprise/replay/text/suggest.h>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

namespace reprise {

namespace {

ExitCode print_completions(const CommandOptions& options) {
  const std::vector<std::string> shells(completed_shells().begin(), completed_shells().end());
  const std::string& shell = options.arguments.front();
  if (options.arguments.size() > 1 || std::ranges::find(shells, shell) == shells.end()) {
    complain(fmt::format("`completions` takes one SHELL: bash, zsh or fish, not {}{}",
                         in_quotes(options.arguments.back()), did_you_mean_phrase(shell, shells)));
    return ExitCode::bad_usage;
  }
  print(completion_script(shell, std::filesystem::path(options.program).filename().string()));
  return ExitCode::clean;
}

}  // namespace

const Command completions_command{
    .name = "completions",
    .argument = "SHELL",
    .needs_argument = true,
    .summary = "Prints a script with which bash, zsh or fish complete commands",
    .examples =
        "  source <(reprise completions bash)\n"
        "  reprise completions fish > ~/.config/fish/completions/reprise.fish\n",
    .groups = {},
    .run = print_completions,
};

}  // namespace reprise
