#include <reprise/replay/cli/options.h>

#include <reprise/replay/cli/build/compiler.h>
#include <reprise/replay/cli/command.h>
#include <reprise/replay/cli/commands.h>
#include <reprise/replay/cli/interrupt.h>
#include <reprise/replay/cli/streams.h>
#include <reprise/replay/cli/values.h>
#include <reprise/replay/text/escape.h>
#include <reprise/replay/text/suggest.h>
#include <reprise/replay/trace/build_info.h>
#include <reprise/replay/trace/trace.h>
#include <reprise/replay/worker/vitals.h>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

namespace reprise {

namespace {

constexpr std::size_t help_columns = 80;

bool takes_group(const Command& command, MakeOptionGroup group) {
  return std::ranges::find(command.groups, group) != command.groups.end();
}

std::string_view described(std::string_view argument) {
  if (argument == "SCENARIO") {
    return "Names, patterns (* any text, ? one character), or files with scenarios";
  }
  if (argument == "FILE") return "Traces, or folders of traces; also files with their scenarios";
  if (argument == "TRACE") return "A trace; also files with its scenario";
  if (argument == "PAIR") {
    return "Pairs of a planted bug and its mended twin: names, patterns, or files [all]";
  }
  if (argument == "SHELL") return "bash, zsh or fish";
  if (argument == "COMMAND") return "After `--`: fuzz or sweep, with its arguments";
  if (argument == "DIR") return "Folders with the results of shards (their --out), or these files";
  if (argument == "NAME") return "Name of the new folder: letters, digits, - and _";
  if (argument == "SCHEMA") return "A schema; without any, all are listed";
  if (argument == "PAGE") return "A command; without any, the page of the program";
  return "Checks or topics; without any, all are listed";
}

ParsedCommandLine bad_usage(std::string sentence) {
  return {std::nullopt, std::move(sentence), ExitCode::bad_usage};
}

// Parts the files that hold scenarios from the other arguments.
void take_arguments(const std::vector<std::string>& arguments, CommandOptions& options) {
  const bool takes_files = takes_group(*options.command, files_group);
  for (const std::string& argument : arguments) {
    if (!takes_files || !is_source_file(argument)) {
      options.arguments.push_back(argument);
    } else if (std::ranges::find(options.files, argument) == options.files.end()) {
      options.files.push_back(argument);
    }
  }
}

std::string wrong_with_files(const Command& command, const CommandOptions& options) {
  if (options.asan && std::ranges::none_of(options.files, is_compiled_file)) {
    return "--asan is for a file that is compiled: there is none";
  }
  if (!options.compiler_flags.empty() && std::ranges::none_of(options.files, is_compiled_file)) {
    return "what follows `--` goes to the compiler, and there is no file to compile";
  }
  if (command.traits.takes_traces && !options.files.empty() && options.arguments.empty()) {
    return fmt::format("`{} {}` needs a trace beside {}", options.program, command.name,
                       escaped(options.files.front()));
  }
  return {};
}

// What CLI11 did not like, in our words.
std::string complaint(const CLI::App& app, const CLI::ParseError& error,
                      const std::string& program) {
  const auto is_a = [&](CLI::ExitCodes code) {
    return error.get_exit_code() == static_cast<int>(code);
  };
  if (is_a(CLI::ExitCodes::ExtrasError)) {
    for (const std::string& extra : app.remaining(true)) {
      if (!extra.starts_with('-')) continue;
      const std::string option = extra.substr(0, extra.find('='));
      std::vector<std::string> known;
      for (const CLI::Option* each : app.get_options()) {
        for (const std::string& name : each->get_lnames()) known.push_back("--" + name);
      }
      return fmt::format(
          "there is no option {}{}", in_quotes(option),
          did_you_mean_phrase(option, known,
                              fmt::format("`{} {} --help` shows all", program, app.get_name())));
    }
  }
  const std::string text = error.what();
  const std::size_t colon = text.find(": ");
  if (is_a(CLI::ExitCodes::ArgumentMismatch) && colon != std::string::npos) {
    const bool is_missing = text.find("missing") != std::string::npos;
    return fmt::format("{} {}", escaped(text.substr(0, colon)),
                       is_missing ? "needs a value" : "can be given only once");
  }
  return escaped(text.substr(0, text.find('\n')));
}

// What stands before `--`; what stands behind it goes to `flags`.
std::span<const char* const> split_off_flags(std::span<const char* const> arguments,
                                             std::vector<std::string>& flags) {
  const auto at = std::ranges::find(arguments, std::string_view("--"),
                                    [](const char* text) { return std::string_view(text); });
  if (at == arguments.end()) return arguments;
  flags.assign(at + 1, arguments.end());
  return arguments.first(static_cast<std::size_t>(at - arguments.begin()));
}

/// One command's parser: CLI11 with the groups that the command takes.
class CommandParser {
 public:
  CommandParser(const Command& command, std::string program, ProgramKind kind)
      : command_(command),
        program_(std::move(program)),
        kind_(kind),
        app_(std::string(command.summary), std::string(command.name)) {
    const bool takes_files = takes_group(command, files_group);
    app_.footer(fmt::format("\n{}Examples:\n{}\nExit status:\n{}",
                            takes_files ? fmt::format("Files:\n{}\n", files_help) : "",
                            command.examples, exit_status_help));
    app_.get_formatter()->column_width(28);
    if (!command.argument.empty()) {
      app_.add_option(std::string(command.argument), arguments_,
                      std::string(described(command.argument)))
          ->type_name("");
    }
    for (const MakeOptionGroup make : command.groups) groups_.push_back(make());
    groups_.push_back(output_group());
    for (const auto& group : groups_) group->add(app_);
    if (command.json_schema.empty()) app_.remove_option(app_.get_option("--json"));
  }

  CommandHelp help() const {
    CommandHelp help{.command = &command_,
                     .argument = described(command_.argument),
                     .takes_files = takes_group(command_, files_group)};
    for (const CLI::Option* const option : app_.get_options()) {
      OptionHelp& one = help.options.emplace_back();
      for (const std::string& name : option->get_snames()) one.names.push_back('-' + name);
      for (const std::string& name : option->get_lnames()) one.names.push_back("--" + name);
      if (option->get_items_expected_max() > 0) one.value = option->get_type_name();
      one.text = option->get_description();
      if (one.names.empty()) help.options.pop_back();  // the arguments
    }
    return help;
  }

  ParsedCommandLine parse(std::span<const char* const> arguments) {
    CommandOptions options;
    if (takes_group(command_, files_group)) {
      arguments = split_off_flags(arguments, options.compiler_flags);
    }
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    try {
      app_.parse(reversed);
    } catch (const CLI::CallForHelp&) {
      return {std::nullopt, wrapped(app_.help(program_), help_columns), ExitCode::clean};
    } catch (const CLI::ParseError& error) {
      return bad_usage(complaint(app_, error, program_));
    }
    return read(std::move(options));
  }

 private:
  ParsedCommandLine read(CommandOptions options) const {
    options.command = &command_;
    options.program = program_;
    options.search.cases.profile = built_in_profile("default").value();
    options.search.workers = processor_count();
    options.search.stopped = options.search.worker.stopped = is_interrupted;
    take_arguments(arguments_, options);
    OptionReading reading;
    for (const auto& group : groups_) group->read(reading, options);
    std::uint64_t& memory = options.search.worker.memory_bytes_max;
    if (memory == UINT64_MAX) memory = default_memory_bytes_max(options.search.workers);
    if (!reading.error().empty()) return bad_usage(reading.error());
    if (const std::string wrong = wrong_with_files(command_, options); !wrong.empty()) {
      return bad_usage(wrong);
    }
    const bool has_default = command_.argument == "SCENARIO" && kind_ == ProgramKind::harness;
    if (command_.needs_argument && !has_default && arguments_.empty()) {
      const std::string_view kinds =
          command_.argument == "SCENARIO" ? ": a name, a pattern, or a FILE.cpp that has some" : "";
      return bad_usage(fmt::format("`{} {}` needs a {}{}; `{} {} --help` says more", program_,
                                   command_.name, command_.argument, kinds, program_,
                                   command_.name));
    }
    return {std::move(options), {}, ExitCode::clean};
  }

  const Command& command_;
  std::string program_;
  ProgramKind kind_;
  CLI::App app_;
  std::vector<std::string> arguments_;
  std::vector<std::unique_ptr<OptionGroup>> groups_;
};

std::string version_text(const std::string& program) {
  const BuildInfo& build = build_info();
  std::string_view commit = build.commit;
  const bool has_changes = commit.ends_with('+');
  if (has_changes) commit.remove_suffix(1);
  return fmt::format(
      "{} {}\n"
      "commit:     {}{}\n"
      "compiler:   {}\n"
      "build type: {}\n"
      "sanitizers: {}\n"
      "traces:     {}\n"
      "reports:    {}\n",
      program, build.version, commit, has_changes ? ", with changes" : "", build.compiler,
      build.type.empty() ? "none" : build.type,
      build.sanitizers.empty() ? "none" : build.sanitizers, trace_format, report_format);
}

std::string overview(const std::string& program) {
  std::string text = fmt::format(
      "Reprise {}: deterministic simulation testing for code that does I/O by yielding\n\n"
      "Usage: {} COMMAND [ARGUMENTS] [OPTIONS]\n\nCommands:\n",
      build_info().version, program);
  for (const Command* const command : commands()) {
    text += fmt::format("  {:<11} {}\n", command->name, command->summary);
  }
  text += fmt::format(
      "\n`{} COMMAND --help` shows a command's options, `{} --version` the "
      "version.\n\nExamples:\n",
      program, program);
  for (const Command* const command : commands()) {
    text += command->examples.substr(0, command->examples.find('\n') + 1);
  }
  return wrapped(text + "\nExit status:\n" + std::string(exit_status_help), help_columns);
}

}  // namespace

ReportOptions CommandOptions::report() const {
  return {.color = color && format == &text_format,
          .verbose = verbose,
          .program = program,
          .run_arguments = run_arguments,
          .check_arguments = check_arguments,
          .files = files,
          .file_arguments = file_arguments,
          .compiler_flags = compiler_flags,
          // A trace does not say which profile it came from.
          .knows_run = !command->traits.takes_traces};
}

std::vector<CommandHelp> command_help() {
  std::vector<CommandHelp> all;
  for (const Command* const command : commands()) {
    all.push_back(CommandParser(*command, {}, ProgramKind::tool).help());
  }
  return all;
}

ParsedCommandLine parse_command_line(const std::string& program,
                                     std::span<const char* const> arguments, ProgramKind kind) {
  if (arguments.empty() && kind == ProgramKind::tool) {
    return {std::nullopt, overview(program), ExitCode::clean};
  }
  constexpr std::array<const char*, 1> everything = {"fuzz"};
  if (arguments.empty()) arguments = everything;
  const std::string first = arguments.front();
  if (first == "--help" || first == "-h" || first == "help") {
    return {std::nullopt, overview(program), ExitCode::clean};
  }
  if (first == "--version" || first == "-V") {
    return {std::nullopt, version_text(program), ExitCode::clean};
  }
  for (const Command* const command : commands()) {
    if (command->name == first) {
      return CommandParser(*command, program, kind).parse(arguments.subspan(1));
    }
  }
  const std::vector<std::string> known =
      first.starts_with('-') ? std::vector<std::string>{"--help", "--version"} : command_names();
  return bad_usage(fmt::format(
      "there is no {} {}{}", first.starts_with('-') ? "option" : "command", in_quotes(first),
      did_you_mean_phrase(first, known, fmt::format("`{} --help` shows all", program))));
}

}  // namespace reprise
