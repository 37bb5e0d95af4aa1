#include <reprise/replay/cli/cli.h>

#include <reprise/replay/cli/build/source.h>
#include <reprise/replay/cli/commands.h>
#include <reprise/replay/cli/interrupt.h>
#include <reprise/replay/cli/options.h>
#include <reprise/replay/cli/streams.h>
#include <reprise/replay/text/escape.h>

#include <reprise/sim/scenario.h>

#include <fmt/format.h>

namespace reprise {

namespace {

ExitCode run_command_of(CommandOptions options) {
  if (!scenario_clashes().empty()) {
    complain(fmt::format("two scenarios are called {}; give one of them another name",
                         in_quotes(scenario_clashes().front())));
    return ExitCode::bad_usage;
  }
  if (!options.files.empty()) {
    const ExitCode exit = load_files(options);
    if (exit != ExitCode::clean) return exit;
  }
  return options.command->run(options);
}

}  // namespace

int run_command_line(const std::string& program, std::span<const char* const> arguments,
                     ProgramKind kind) {
  prepare_standard_streams();
  const ParsedCommandLine parsed = parse_command_line(program, arguments, kind);
  ExitCode exit = parsed.exit;
  if (parsed.options) {
    catch_interrupts();
    exit = run_command_of(*parsed.options);
  } else if (exit == ExitCode::bad_usage) {
    complain(parsed.text);
  } else {
    print(parsed.text);
  }
  const bool is_written = is_stdout_written();
  if (!is_written) complain("stdout is closed or full: what was printed is not complete");
  return static_cast<int>(is_written ? exit : ExitCode::internal);
}

}  // namespace reprise
