#include <reprise/core/digest.h>
#include <reprise/replay/campaign/selftest.h>
#include <reprise/replay/cli/build/asan.h>
#include <reprise/replay/cli/build/cache.h>
#include <reprise/replay/cli/build/compiler.h>
#include <reprise/replay/cli/build/library.h>
#include <reprise/replay/cli/build/source.h>
#include <reprise/replay/cli/commands.h>
#include <reprise/replay/cli/interrupt.h>
#include <reprise/replay/cli/streams.h>
#include <reprise/replay/text/escape.h>
#include <reprise/replay/text/file.h>
#include <reprise/sim/scenario.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <set>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace reprise {

namespace {

constexpr std::uint64_t source_bytes_max = std::uint64_t{64} << 20;

std::string shown(const std::vector<std::string>& files) {
  std::vector<std::string> names;
  for (const std::string& file : files) names.push_back(printable(file));
  return fmt::format("{}", fmt::join(names, ", "));
}

// A library, or how the command ends; the complaint has been made.
struct Compiled {
  std::string library;
  ExitCode exit = ExitCode::clean;
};

Compiled refused(std::string_view sentence) {
  complain(sentence);
  return {{}, is_interrupted() ? ExitCode::incomplete : ExitCode::bad_usage};
}

// What the library depends on, but for what the files include: that is in the cache's lists.
Parsed<std::uint64_t> key_of(const Compiler& compiler) {
  std::uint64_t key = digest_of_text(compiler.identity());
  for (const std::string& file : compiler.files()) {
    const Parsed<std::string> text = read_file_text(file, source_bytes_max);
    if (!text.ok()) return Parsed<std::uint64_t>::failed(text.error());
    key = mix(key, digest_of_text(text.value()));
  }
  return key;
}

// Shows what they said; whether all went well, and nothing after an interrupt.
std::optional<bool> run_compilers(const std::vector<ProcessCommand>& commands,
                                  std::size_t at_once) {
  const std::optional<std::vector<ProcessEnd>> ends = run_processes(commands, at_once);
  if (!ends) return std::nullopt;
  for (std::size_t i = 0; i < commands.size(); ++i) {
    const ProcessEnd& end = (*ends)[i];
    print_to_stderr(end.output);
    if (end.ok() || !end.output.empty()) continue;
    complain(fmt::format("{} ended with exit status {} and said nothing",
                         in_quotes(commands[i].front()), end.status));
  }
  return std::ranges::all_of(*ends, &ProcessEnd::ok);
}

Compiled compile(const Compiler& compiler, const CompileCache& cache, std::uint64_t key,
                 std::size_t jobs) {
  const Parsed<WorkFolder> work = cache.make_work_folder();
  if (!work.ok()) return refused(work.error());
  std::vector<ProcessCommand> commands;
  std::vector<std::string> objects;
  for (const std::string& file : compiler.files()) {
    const std::string stem = work.value() / std::to_string(objects.size());
    objects.push_back(stem + ".o");
    commands.push_back(compiler.compile(file, objects.back(), stem + ".d"));
  }
  std::optional<bool> is_well = run_compilers(commands, jobs);
  const std::string library = work.value() / "library.so";
  if (is_well == true) is_well = run_compilers({compiler.link(objects, library)}, 1);
  if (!is_well) return refused("interrupted while compiling " + shown(compiler.files()));
  if (!*is_well) return {{}, ExitCode::bad_usage};

  std::vector<std::string> dependencies = compiler.linked_files();
  for (std::size_t i = 0; i < objects.size(); ++i) {
    const Parsed<std::string> rule =
        read_file_text(work.value() / std::to_string(i) + ".d", source_bytes_max);
    if (!rule.ok()) return refused(rule.error());
    for (std::string& path : dependencies_in(rule.value())) {
      dependencies.push_back(std::move(path));
    }
  }
  std::ranges::sort(dependencies);
  dependencies.erase(std::unique(dependencies.begin(), dependencies.end()), dependencies.end());
  const Parsed<std::string> stored = cache.store(key, work.value(), library, dependencies);
  return stored.ok() ? Compiled{stored.value()} : refused(stored.error());
}

Compiled compile_or_find(const CommandOptions& options, const std::vector<std::string>& files) {
  constexpr std::uint64_t library_bytes = std::uint64_t{1} << 20U;
  if (const std::uint64_t limit = file_bytes_max(); limit < library_bytes) {
    return refused(fmt::format(
        "nothing can be compiled: files may have only {} bytes here (`ulimit -f`)", limit));
  }
  const Parsed<Compiler> compiler = Compiler::find({.files = files,
                                                    .flags = options.compiler_flags,
                                                    .watch = options.watch,
                                                    .asan = options.asan,
                                                    .color = options.color_on_stderr});
  if (!compiler.ok()) return refused(compiler.error());
  if (options.asan) {
    if (const auto sentence = execute_with_asan(compiler.value())) return refused(*sentence);
    if (!options.quiet) {
      fmt::print(stderr,
                 "with AddressSanitizer there is no store watch: checks that need it see less\n"
                 "(`{} explain store-watch`)\n",
                 options.program);
    }
  }
  const Parsed<CompileCache> cache = CompileCache::open();
  if (!cache.ok()) return refused(cache.error());
  const Parsed<std::uint64_t> key = key_of(compiler.value());
  if (!key.ok()) return refused(key.error());
  if (std::optional<std::string> found = cache.value().find(key.value())) {
    return {*std::move(found)};
  }
  if (!options.quiet) print_to_stderr(fmt::format("compiling {}\n", shown(files)));
  return compile(compiler.value(), cache.value(), key.value(), options.jobs);
}

// A sentence if the file cannot be what is compiled or loaded.
std::string wrong_with(const std::string& file) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(file, error);
  const std::string name = printable(file);
  if (status.type() == std::filesystem::file_type::not_found) {
    return name + ": there is no such file";
  }
  if (std::filesystem::is_directory(status)) return name + ": this is a folder; expected a file";
  if (error) return fmt::format("{}: {}", name, errno_text(error.value()));
  if (!std::filesystem::is_regular_file(status)) return name + ": this is no regular file";
  return {};
}

std::set<std::string> scenario_names() {
  std::set<std::string> names;
  for (const Scenario& scenario : scenarios()) names.insert(scenario.name);
  return names;
}

// Of the scenarios that the files brought: those that the command is about, as its arguments.
std::vector<std::string> chosen_for(const CommandOptions& options,
                                    const std::vector<const Scenario*>& own) {
  std::vector<std::string> chosen;
  for (const Scenario* const scenario : own) {
    if (options.command == "selftest") {
      if (scenario->broken()) chosen.push_back(match_pairs(scenario->name).front());
    } else if (!scenario->broken() || options.command == "list") {
      chosen.push_back(scenario->name);
    }
  }
  return chosen;
}

ExitCode choose(CommandOptions& options, const std::set<std::string>& names_before) {
  std::vector<const Scenario*> own;
  for (const Scenario& scenario : scenarios()) {
    if (!names_before.contains(scenario.name)) own.push_back(&scenario);
  }
  const std::string files = shown(options.files);
  if (own.empty()) {
    complain(fmt::format(
        "{}: there is no scenario in it: write SCENARIO(\"folder/name\") {{ ...; sim.run(); }}; "
        "`{} new NAME` makes a file to begin with",
        files, options.program));
    return ExitCode::nothing_ran;
  }
  const bool is_about_scenarios = options.command != "replay" && options.command != "shrink";
  if (!is_about_scenarios || !options.arguments.empty()) return ExitCode::clean;
  options.arguments = chosen_for(options, own);
  if (!options.arguments.empty()) return ExitCode::clean;
  complain(fmt::format("{}: there is no canary pair in it", files));
  return ExitCode::nothing_ran;
}

}  // namespace

ExitCode load_files(CommandOptions& options) {
  std::vector<Library> libraries;
  std::vector<std::string> to_compile;
  for (const std::string& file : options.files) {
    if (const std::string wrong = wrong_with(file); !wrong.empty()) return refused(wrong).exit;
    if (is_compiled_file(file)) {
      to_compile.push_back(file);
    } else {
      libraries.push_back({file, file});
    }
  }
  if (!to_compile.empty()) {
    Compiled compiled = compile_or_find(options, to_compile);
    if (compiled.exit != ExitCode::clean) return compiled.exit;
    libraries.push_back(
        {std::move(compiled.library), fmt::format("{}", fmt::join(to_compile, ", ")), true});
  }
  const std::set<std::string> names_before = scenario_names();
  if (const auto sentence = load_libraries(libraries, worker_options(options))) {
    return refused(*sentence).exit;
  }
  return choose(options, names_before);
}

}  // namespace reprise
