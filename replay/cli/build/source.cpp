#include <reprise/replay/cli/build/source.h>

#include <reprise/replay/campaign/selftest.h>
#include <reprise/replay/cli/build/asan.h>
#include <reprise/replay/cli/build/cache.h>
#include <reprise/replay/cli/build/compilation.h>
#include <reprise/replay/cli/build/compiler.h>
#include <reprise/replay/cli/build/library.h>
#include <reprise/replay/cli/commands.h>
#include <reprise/replay/cli/interrupt.h>
#include <reprise/replay/cli/streams.h>
#include <reprise/replay/text/escape.h>
#include <reprise/replay/text/file.h>
#include <reprise/sim/pattern.h>
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

Compiled refused(std::string_view sentence) { return {{}, refuse_files(sentence)}; }

// A sentence if a pattern for files with the store watch names none.
std::string wrong_with_watched(const CommandOptions& options,
                               const std::vector<std::string>& files) {
  for (const std::string& pattern : options.watched) {
    const auto matches = [&](const std::string& file) { return matches_pattern(pattern, file); };
    if (std::ranges::any_of(files, matches)) continue;
    return fmt::format("--watch {}: no file that is compiled matches; there is {}",
                       in_quotes(pattern), listed(files));
  }
  return {};
}

Compiled compile_or_find(const CommandOptions& options, const std::vector<std::string>& files) {
  constexpr std::uint64_t library_bytes = std::uint64_t{1} << 20U;
  if (const std::uint64_t limit = file_bytes_max(); limit < library_bytes) {
    return refused(fmt::format(
        "nothing can be compiled: files may have only {} bytes here (`ulimit -f`)", limit));
  }
  if (const std::string wrong = wrong_with_watched(options, files); !wrong.empty()) {
    return refused(wrong);
  }
  const Expected<Compiler> compiler = Compiler::find({.files = files,
                                                      .flags = options.compiler_flags,
                                                      .watch = options.watch,
                                                      .watched = options.watched,
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
  const Expected<CompileCache> cache = CompileCache::open();
  if (!cache.ok()) return refused(cache.error());
  return compile_or_find(compiler.value(), cache.value(),
                         {.jobs = options.search.workers, .is_quiet = options.quiet});
}

// A sentence if the file cannot be what is compiled or loaded.
std::string wrong_with(const std::string& file) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(file, error);
  const std::string name = escaped(file);
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

// The scenarios that the files brought and that the command is about, as its arguments.
std::vector<std::string> chosen_for(const CommandOptions& options,
                                    const std::vector<const Scenario*>& own) {
  const FileScenarios which = options.command->traits.file_scenarios;
  std::vector<std::string> chosen;
  for (const Scenario* const scenario : own) {
    if (which == FileScenarios::pairs) {
      if (scenario->broken()) chosen.push_back(match_pairs(scenario->name).front());
    } else if (!scenario->broken() || which == FileScenarios::all) {
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
  const std::string files = listed(options.files);
  if (own.empty()) {
    complain(fmt::format(
        "{}: there is no scenario in it: write SCENARIO(\"folder/name\") {{ ...; sim.run(); }}; "
        "`{} new NAME` makes a file to begin with",
        files, options.program));
    return ExitCode::nothing_ran;
  }
  if (options.command->traits.takes_traces || !options.arguments.empty()) return ExitCode::clean;
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
    if (const std::string wrong = wrong_with(file); !wrong.empty()) return refuse_files(wrong);
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
  if (const auto sentence = load_libraries(libraries, options.search.worker)) {
    return refuse_files(*sentence);
  }
  return choose(options, names_before);
}

}  // namespace reprise
