#include <reprise/replay/cli/build/source.h>

#include <reprise/core/digest.h>
#include <reprise/replay/campaign/selftest.h>
#include <reprise/replay/cli/build/asan.h>
#include <reprise/replay/cli/build/cache.h>
#include <reprise/replay/cli/build/compiler.h>
#include <reprise/replay/cli/build/library.h>
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
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace reprise {

namespace {

constexpr std::uint64_t source_bytes_max = std::uint64_t{64} << 20;

std::string to_text(const std::vector<std::string>& files) {
  std::vector<std::string> names;
  for (const std::string& file : files) names.push_back(escaped(file));
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
Expected<std::uint64_t> key_of(const Compiler& compiler) {
  std::uint64_t key = digest_of_text(compiler.identity());
  for (const std::string& file : compiler.files()) {
    const Expected<std::string> text = read_file_text(file, source_bytes_max);
    if (!text.ok()) return Expected<std::uint64_t>::failed(text.error());
    key = mix(key, digest_of_text(text.value()));
  }
  return key;
}

// Shows what they said; whether all went well.
bool show_ends(std::span<const ProcessCommand> commands, std::span<const ProcessEnd> ends) {
  for (std::size_t i = 0; i < commands.size(); ++i) {
    print_to_stderr(ends[i].output);
    if (ends[i].ok() || !ends[i].output.empty()) continue;
    complain(fmt::format("{} ended with exit status {} and said nothing",
                         in_quotes(commands[i].front()), ends[i].status));
  }
  return std::ranges::all_of(ends, &ProcessEnd::ok);
}

Expected<std::vector<std::string>> read_dependencies(const std::string& path) {
  const Expected<std::string> rule = read_file_text(path, source_bytes_max);
  if (!rule.ok()) return Expected<std::vector<std::string>>::failed(rule.error());
  return dependencies_in(rule.value());
}

void sort_each_once(std::vector<std::string>& paths) {
  std::ranges::sort(paths);
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
}

bool any_can_use_precompiled(const Compiler& compiler) {
  return std::ranges::any_of(compiler.files(), [&](const std::string& file) {
    const Expected<std::string> text = read_file_text(file, source_bytes_max);
    return text.ok() && compiler.can_use_precompiled(text.value());
  });
}

/// Compiles all files of a compiler, links them, and leaves the library in the cache. Next to them
/// it precompiles <reprise/reprise.h> where the next compilation can use that.
class Compilation {
 public:
  Compilation(const Compiler& compiler, const CompileCache& cache, WorkFolder work)
      : compiler_(compiler), cache_(cache), work_(std::move(work)) {}

  Compiled run(std::uint64_t key, std::size_t jobs) {
    if (any_can_use_precompiled(compiler_)) find_precompiled();
    std::vector<ProcessCommand> commands;
    for (const std::string& file : compiler_.files()) {
      const std::string stem = work_ / std::to_string(commands.size());
      objects_.push_back(stem + ".o");
      commands.push_back(compiler_.compile(file, objects_.back(), stem + ".d", folder_));
    }
    const std::size_t files = commands.size();
    if (precompiles_) {
      commands.push_back(compiler_.precompile(work_ / "reprise.h.gch", work_ / "reprise.d"));
    }
    const auto ends = run_processes(commands, jobs);
    if (!ends) return interrupted();
    if (!show_ends(std::span(commands).first(files), std::span(*ends).first(files))) {
      return {{}, ExitCode::bad_usage};
    }
    if (precompiles_ && ends->back().ok()) store_precompiled();
    return link(key);
  }

 private:
  Compiled interrupted() const {
    return refused("interrupted while compiling " + to_text(compiler_.files()));
  }

  void find_precompiled() {
    precompiled_key_ = digest_of_text(compiler_.precompiled_identity());
    std::optional<CacheEntry> found = cache_.find(CachedKind::precompiled_header, precompiled_key_);
    precompiles_ = !found;
    if (!found) return;
    std::error_code error;
    std::filesystem::create_directories(work_ / "precompiled/reprise", error);
    if (!error) {
      std::filesystem::create_symlink(found->path, work_ / "precompiled/reprise/reprise.h.gch",
                                      error);
    }
    if (error) return;
    folder_ = work_ / "precompiled";
    // A compiler that uses it does not list what is in it.
    dependencies_ = std::move(found->dependencies);
  }

  // Without it the next compilation only takes longer.
  void store_precompiled() {
    const auto dependencies = read_dependencies(work_ / "reprise.d");
    if (!dependencies.ok()) return;
    std::vector<std::string> each_once = dependencies.value();
    sort_each_once(each_once);
    (void)cache_.store(CachedKind::precompiled_header, precompiled_key_, work_,
                       work_ / "reprise.h.gch", each_once);
  }

  Compiled link(std::uint64_t key) {
    const std::string library = work_ / "library.so";
    const std::vector<ProcessCommand> command = {compiler_.link(objects_, library)};
    const auto ends = run_processes(command, 1);
    if (!ends) return interrupted();
    if (!show_ends(command, *ends)) return {{}, ExitCode::bad_usage};
    for (std::string& path : compiler_.linked_files()) dependencies_.push_back(std::move(path));
    for (std::size_t i = 0; i < objects_.size(); ++i) {
      const auto read = read_dependencies(work_ / std::to_string(i) + ".d");
      if (!read.ok()) return refused(read.error());
      dependencies_.insert(dependencies_.end(), read.value().begin(), read.value().end());
    }
    sort_each_once(dependencies_);
    const Expected<std::string> stored =
        cache_.store(CachedKind::library, key, work_, library, dependencies_);
    return stored.ok() ? Compiled{stored.value()} : refused(stored.error());
  }

  const Compiler& compiler_;
  const CompileCache& cache_;
  WorkFolder work_;
  std::vector<std::string> objects_;
  std::vector<std::string> dependencies_;
  std::uint64_t precompiled_key_ = 0;
  bool precompiles_ = false;
  std::string folder_;  // of the precompiled header; empty: there is none
};

Compiled compile(const Compiler& compiler, const CompileCache& cache, std::uint64_t key,
                 std::size_t jobs) {
  Expected<WorkFolder> work = cache.make_work_folder();
  if (!work.ok()) return refused(work.error());
  return Compilation(compiler, cache, std::move(work).value()).run(key, jobs);
}

Compiled compile_or_find(const CommandOptions& options, const std::vector<std::string>& files) {
  constexpr std::uint64_t library_bytes = std::uint64_t{1} << 20U;
  if (const std::uint64_t limit = file_bytes_max(); limit < library_bytes) {
    return refused(fmt::format(
        "nothing can be compiled: files may have only {} bytes here (`ulimit -f`)", limit));
  }
  const Expected<Compiler> compiler = Compiler::find({.files = files,
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
  const Expected<CompileCache> cache = CompileCache::open();
  if (!cache.ok()) return refused(cache.error());
  const Expected<std::uint64_t> key = key_of(compiler.value());
  if (!key.ok()) return refused(key.error());
  if (std::optional<CacheEntry> found = cache.value().find(CachedKind::library, key.value())) {
    return {std::move(found->path)};
  }
  if (!options.quiet) print_to_stderr(fmt::format("compiling {}\n", to_text(files)));
  return compile(compiler.value(), cache.value(), key.value(), options.search.workers);
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
  const std::string files = to_text(options.files);
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
  if (const auto sentence = load_libraries(libraries, options.search.worker)) {
    return refused(*sentence).exit;
  }
  return choose(options, names_before);
}

}  // namespace reprise
