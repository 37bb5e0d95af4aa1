#include <reprise/replay/cli/options.h>

#include <reprise/replay/cli/build/compiler.h>
#include <reprise/replay/cli/streams.h>
#include <reprise/replay/cli/table.h>
#include <reprise/replay/cli/values.h>
#include <reprise/replay/text/escape.h>
#include <reprise/replay/text/suggest.h>
#include <reprise/replay/trace/build_info.h>
#include <reprise/replay/trace/trace.h>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

namespace reprise {

namespace {

constexpr std::size_t help_columns = 80;

// The text of every option, before it is checked.
struct RawOptions {
  std::vector<std::string> arguments;
  std::optional<std::string> seed;
  std::optional<std::string> seeds;
  std::optional<std::string> time;
  std::optional<std::string> jobs;
  std::string folder = "traces";
  std::string profile = "default";
  std::string strategy = "portfolio";
  std::vector<std::string> checks;
  std::vector<std::string> checks_off;
  std::vector<std::string> checks_to_error;
  std::vector<std::string> benign;
  std::vector<std::string> settings;
  std::string hang = "10s";
  std::optional<std::string> memory;
  std::optional<std::string> break_at;
  std::string campaigns = "20";
  bool markdown = false;
  std::string distance = "1";
  std::string plans = "100000";
  std::string certificate;
  std::string compare;
  std::string color = "auto";
  std::vector<std::string> compiler_flags;
  bool no_watch = false;
  bool asan = false;
  bool project = false;
  bool keep_going = false;
  bool full = false;
  bool strict = false;
  bool lenient = false;
  bool json = false;
  bool quiet = false;
  bool verbose = false;
};

// An option whose empty text is not the same as none.
CLI::Option* add_optional(CLI::App& app, const std::string& name, std::optional<std::string>& into,
                          const std::string& help) {
  return app.add_option_function<std::string>(
      name, [&into](const std::string& text) { into = text; }, help);
}

void add_run_options(CLI::App& app, unsigned takes, RawOptions& raw) {
  if ((takes & takes_seed) != 0) {
    add_optional(app, "--seed", raw.seed,
                 "Decimal, 0x hexadecimal, a 40-digit commit hash, or random; always printed")
        ->type_name("SEED");
  }
  if ((takes & takes_amount) != 0) {
    add_optional(app, "--seeds", raw.seeds, "How many random runs of each scenario")
        ->type_name("N");
  }
  if ((takes & takes_time) != 0) {
    add_optional(app, "--for", raw.time, "How long in all: 500ms, 30s, 5m, 1h")->type_name("TIME");
  }
  if ((takes & takes_jobs) != 0) {
    add_optional(app, "-j,--jobs", raw.jobs, "Worker processes [all processors]")->type_name("N");
  }
  if ((takes & takes_strategy) != 0) {
    app.add_option("--strategy", raw.strategy,
                   "portfolio, uniform, latencies, or only what starts from a calm run: sync (all "
                   "I/O succeeds at once) or lazy (once nothing else can run) [portfolio]")
        ->type_name("NAME");
    app.add_option("--profile", raw.profile, "calm, default, chaos, or a JSON file [default]")
        ->type_name("NAME");
  }
  if ((takes & takes_run) != 0) {
    app.add_option("--set", raw.settings, "Sets an option of the scenario; again for more")
        ->type_name("NAME=VALUE")
        ->allow_extra_args(false);
  }
  if ((takes & takes_checks) != 0) {
    app.add_option("--check", raw.checks, "Only this check; again for more")
        ->type_name("CHECK")
        ->allow_extra_args(false);
    app.add_option("--no-check", raw.checks_off, "Not this check; again for more")
        ->type_name("CHECK")
        ->allow_extra_args(false);
    app.add_option("--error", raw.checks_to_error, "Its notes count as errors; again for more")
        ->type_name("CHECK")
        ->allow_extra_args(false);
    app.add_option("--benign", raw.benign,
                   "Stores to this variable, or by this function, do not count; a pattern")
        ->type_name("NAME")
        ->allow_extra_args(false);
  }
}

std::string_view described(std::string_view argument) {
  if (argument == "SCENARIO") {
    return "Names, patterns (* any text, ? one character), or files that have them";
  }
  if (argument == "FILE") return "Traces, or folders of them; files that have their scenarios";
  if (argument == "PAIR") {
    return "Pairs of a planted bug and its mended twin: names, patterns, or files; none: all";
  }
  if (argument == "NAME") return "Of the folder to make: letters, digits, - and _";
  return "Checks or topics; none: all of them, a line each";
}

void add_options(CLI::App& app, const Command& command, RawOptions& raw) {
  const unsigned takes = command.takes;
  if (!command.argument.empty()) {
    app.add_option(std::string(command.argument), raw.arguments,
                   std::string(described(command.argument)))
        ->type_name("");
  }
  add_run_options(app, takes, raw);
  if ((takes & takes_keep_going) != 0) {
    app.add_flag("--keep-going", raw.keep_going, "Go on after a scenario's first finding");
  }
  if ((takes & takes_folder) != 0) {
    app.add_option("--out", raw.folder, "Where traces are written [traces]")->type_name("FOLDER");
    app.add_flag("--full", raw.full, "Traces hold every event");
  }
  if ((takes & takes_replay) != 0) {
    app.add_flag("--strict", raw.strict, "Any difference from the trace is exit status 3");
    app.add_flag("--lenient", raw.lenient, "Differences are listed, no more [default]");
    add_optional(app, "--break-at", raw.break_at, "Stop in the debugger before event N")
        ->type_name("N");
  }
  if ((takes & takes_campaigns) != 0) {
    app.add_option("--campaigns", raw.campaigns,
                   "Random campaigns of each broken half, for the median; 0: none [20]")
        ->type_name("N");
    app.add_flag("--markdown", raw.markdown, "A table for a document");
  }
  if ((takes & takes_sweep) != 0) {
    app.add_option("--distance", raw.distance,
                   "How many differences from a calm run: 1, or 2 together [1]")
        ->type_name("N");
    app.add_option("--plans", raw.plans,
                   "With --distance 2: so many from each calm run; of more, a sample [100000]")
        ->type_name("N");
    app.add_option("--certificate", raw.certificate, "Writes what was covered to this file")
        ->type_name("FILE");
    app.add_option("--compare", raw.compare,
                   "Exit status 4 if what this certificate covers is not covered any more")
        ->type_name("FILE");
  }
  if ((takes & takes_hang) != 0) {
    app.add_option("--hang-timeout", raw.hang,
                   "A run hangs that computes or sleeps for so long without an event [10s]")
        ->type_name("TIME");
    add_optional(app, "--memory", raw.memory,
                 "A worker must not have more: 500M, 2G [its share of the machine, 1G to 4G]")
        ->type_name("SIZE");
  }
  if ((takes & takes_files) != 0) {
    app.add_flag("--no-watch", raw.no_watch, "Compile files without the store watch");
    app.add_flag("--asan", raw.asan, "Compile files with AddressSanitizer instead of it");
  }
  if ((takes & takes_project) != 0) {
    app.add_flag("--project", raw.project, "A CMake project, with a test and a CI file");
  }
  app.add_flag("--json", raw.json, "The result as JSON on stdout, and nothing else there");
  app.add_option("--color", raw.color, "always, never or auto [auto]")->type_name("WHEN");
  app.add_flag("-q,--quiet", raw.quiet, "No progress");
  app.add_flag("-v,--verbose", raw.verbose, "Leave nothing out of reports");
}

// The first problem met, as a sentence.
class Reading {
 public:
  template <class T>
  void read(Expected<T> parsed, T& into) {
    if (parsed.ok()) {
      into = std::move(parsed).value();
    } else if (error_.empty()) {
      error_ = parsed.error();
    }
  }
  template <class T>
  void read_optional(Expected<T> parsed, std::optional<T>& into) {
    T value{};
    read(std::move(parsed), value);
    into = value;
  }
  const std::string& error() const { return error_; }

 private:
  std::string error_;
};

// What commands that a report prints must repeat.
void keep_arguments(const RawOptions& raw, CommandOptions& options) {
  const RawOptions defaults;
  const auto keep = [](std::vector<std::string>& list, std::string name, const std::string& value) {
    list.push_back(std::move(name));
    list.push_back(value);
  };
  if (raw.profile != defaults.profile) keep(options.run_arguments, "--profile", raw.profile);
  if (raw.strategy != defaults.strategy) keep(options.run_arguments, "--strategy", raw.strategy);
  for (const std::string& names : raw.checks) keep(options.check_arguments, "--check", names);
  for (const std::string& names : raw.checks_off) {
    keep(options.check_arguments, "--no-check", names);
  }
  for (const std::string& names : raw.checks_to_error) {
    keep(options.check_arguments, "--error", names);
  }
  for (const std::string& name : raw.benign) keep(options.check_arguments, "--benign", name);
}

ParsedCommandLine bad_usage(std::string sentence) {
  return {std::nullopt, std::move(sentence), ExitCode::bad_usage};
}

// Parts the files that hold scenarios from the other arguments.
void take_files(const RawOptions& raw, CommandOptions& options) {
  for (const std::string& argument : raw.arguments) {
    if (!is_source_file(argument)) {
      options.arguments.push_back(argument);
    } else if (std::ranges::find(options.files, argument) == options.files.end()) {
      options.files.push_back(argument);
    }
  }
  options.compiler_flags = raw.compiler_flags;
  options.asan = raw.asan;
  options.watch = !raw.no_watch && !raw.asan;
}

std::string wrong_with_files(const Command& command, const CommandOptions& options) {
  if (options.asan && std::ranges::none_of(options.files, is_compiled_file)) {
    return "--asan is for a file that is compiled: there is none";
  }
  if (!options.compiler_flags.empty() && std::ranges::none_of(options.files, is_compiled_file)) {
    return "what follows `--` goes to the compiler, and there is no file to compile";
  }
  if (command.argument == "FILE" && !options.files.empty() && options.arguments.empty()) {
    return fmt::format("`{} {}` needs a trace beside {}", options.program, command.name,
                       escaped(options.files.front()));
  }
  return {};
}

ParsedCommandLine read_options(const Command& command, const RawOptions& raw,
                               const std::string& program, ProgramKind kind) {
  CommandOptions options;
  Reading reading;
  options.command = command.name;
  if ((command.takes & takes_files) != 0) {
    take_files(raw, options);
  } else {
    options.arguments = raw.arguments;
  }
  options.folder = raw.folder;
  options.program = program;
  const bool is_fixed = command.name == "selftest" || command.name == "sweep";
  options.seed = is_fixed ? 1 : 0;
  const bool draws_seed = (command.takes & takes_seed) != 0 && !is_fixed;
  if (raw.seed) {
    reading.read(parse_seed_option(*raw.seed), options.seed);
  } else if (draws_seed) {
    options.seed = random_seed();
  }
  constexpr std::uint64_t seeds_max = 1'000'000'000'000;
  if (raw.seeds) {
    reading.read_optional(parse_count("--seeds", *raw.seeds, 1, seeds_max), options.seeds);
  }
  if (raw.time) {
    reading.read_optional(parse_duration("--for", *raw.time), options.milliseconds);
  }
  std::uint64_t jobs = processor_count();
  if (raw.jobs) reading.read(parse_count("-j", *raw.jobs, 1, 1024), jobs);
  options.jobs = static_cast<std::uint32_t>(jobs);
  reading.read(parse_profile_option(raw.profile), options.profile);
  reading.read(parse_strategy_option(raw.strategy), options.strategy);
  reading.read(parse_checks(raw.checks, raw.checks_off, raw.checks_to_error), options.checks);
  for (const std::string& text : raw.settings) {
    std::pair<std::string, std::int64_t> setting;
    reading.read(parse_parameter(text), setting);
    options.options.insert_or_assign(setting.first, setting.second);
  }
  reading.read(parse_duration("--hang-timeout", raw.hang), options.hang_milliseconds);
  if (raw.memory) reading.read_optional(parse_size("--memory", *raw.memory), options.memory_bytes);
  if (raw.break_at) {
    reading.read(parse_count("--break-at", *raw.break_at, 1, UINT64_MAX), options.break_at);
  }
  reading.read(parse_count("--campaigns", raw.campaigns, 0, 100'000), options.campaigns);
  reading.read(parse_count("--distance", raw.distance, 1, 2), options.distance);
  reading.read(parse_count("--plans", raw.plans, 1, UINT64_MAX), options.plans);
  reading.read(parse_color_option(raw.color, STDOUT_FILENO), options.color);
  reading.read(parse_color_option(raw.color, STDERR_FILENO), options.color_on_stderr);
  if (!reading.error().empty()) return bad_usage(reading.error());
  if (std::ranges::find(raw.benign, "") != raw.benign.end()) {
    return bad_usage("--benign takes the name of a variable or a function, not an empty text");
  }
  options.checks.benign = raw.benign;
  if (raw.folder.empty()) return bad_usage("--out takes the name of a folder, not an empty text");
  if (raw.strict && raw.lenient) return bad_usage("--strict and --lenient exclude each other");
  if (raw.quiet && raw.verbose) return bad_usage("--quiet and --verbose exclude each other");
  if (const std::string wrong = wrong_with_files(command, options); !wrong.empty()) {
    return bad_usage(wrong);
  }
  const bool has_default = command.argument == "SCENARIO" && kind == ProgramKind::harness;
  if (command.needs_argument && !has_default && raw.arguments.empty()) {
    const std::string_view kinds =
        command.argument == "SCENARIO" ? ": a name, a pattern, or a FILE.cpp that has some" : "";
    return bad_usage(fmt::format("`{} {}` needs a {}{}; `{} {} --help` says more", program,
                                 command.name, command.argument, kinds, program, command.name));
  }
  keep_arguments(raw, options);
  options.markdown = raw.markdown;
  options.certificate = raw.certificate;
  options.compare = raw.compare;
  options.keep_going = raw.keep_going;
  options.full = raw.full;
  options.strict = raw.strict;
  options.project = raw.project;
  options.json = raw.json;
  options.quiet = raw.quiet;
  options.verbose = raw.verbose;
  options.progress = is_terminal(STDERR_FILENO);
  return {std::move(options), {}, ExitCode::clean};
}

std::string version_text(const std::string& program) {
  return fmt::format("{} {}\ntraces: {}\n", program, build_text(), trace_format);
}

std::vector<std::string> command_names() {
  std::vector<std::string> names;
  for (const Command& command : commands) names.emplace_back(command.name);
  return names;
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

ParsedCommandLine parse_command(const Command& command, const std::string& program,
                                std::span<const char* const> arguments, ProgramKind kind) {
  CLI::App app(std::string(command.summary), std::string(command.name));
  const bool takes_source = (command.takes & takes_files) != 0;
  app.footer(fmt::format("\n{}Examples:\n{}\n{}", takes_source ? files_help : "", command.examples,
                         exit_status_help));
  app.get_formatter()->column_width(28);
  RawOptions raw;
  add_options(app, command, raw);
  if (takes_source) arguments = split_off_flags(arguments, raw.compiler_flags);
  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
  try {
    app.parse(reversed);
  } catch (const CLI::CallForHelp&) {
    return {std::nullopt, wrapped(app.help(program), help_columns), ExitCode::clean};
  } catch (const CLI::ParseError& error) {
    return bad_usage(complaint(app, error, program));
  }
  return read_options(command, raw, program, kind);
}

std::string overview(const std::string& program) {
  std::string text = fmt::format(
      "Reprise {}: deterministic simulation testing for code that does I/O by yielding\n\n"
      "Usage: {} COMMAND [ARGUMENTS] [OPTIONS]\n\nCommands:\n",
      build_info().version, program);
  for (const Command& command : commands) {
    text += fmt::format("  {:<10} {}\n", command.name, command.summary);
  }
  text += fmt::format(
      "\n`{} COMMAND --help` shows a command's options, `{} --version` what this "
      "is.\n\nExamples:\n",
      program, program);
  for (const Command& command : commands) {
    text += command.examples.substr(0, command.examples.find('\n') + 1);
  }
  return wrapped(text + '\n' + std::string(exit_status_help), help_columns);
}

}  // namespace

ReportOptions CommandOptions::report() const {
  return {.color = color && !json,
          .verbose = verbose,
          .program = program,
          .run_arguments = run_arguments,
          .check_arguments = check_arguments,
          .files = files,
          .file_arguments = asan    ? std::vector<std::string>{"--asan"}
                            : watch ? std::vector<std::string>{}
                                    : std::vector<std::string>{"--no-watch"},
          .compiler_flags = compiler_flags,
          // A trace does not say which profile it came from.
          .knows_run = command != "replay" && command != "shrink"};
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
  for (const Command& command : commands) {
    if (command.name == first) {
      return parse_command(command, program, arguments.subspan(1), kind);
    }
  }
  const std::vector<std::string> known =
      first.starts_with('-') ? std::vector<std::string>{"--help", "--version"} : command_names();
  return bad_usage(fmt::format(
      "there is no {} {}{}", first.starts_with('-') ? "option" : "command", in_quotes(first),
      did_you_mean_phrase(first, known, fmt::format("`{} --help` shows all", program))));
}

}  // namespace reprise
