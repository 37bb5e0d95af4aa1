#include <reprise/replay/cli/build/compilation.h>

#include <reprise/core/digest.h>
#include <reprise/replay/cli/commands.h>
#include <reprise/replay/cli/interrupt.h>
#include <reprise/replay/cli/streams.h>
#include <reprise/replay/text/escape.h>
#include <reprise/replay/text/file.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <span>
#include <system_error>
#include <utility>
#include <vector>

namespace reprise {

namespace {

constexpr std::uint64_t source_bytes_max = std::uint64_t{64} << 20;

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

void add_all(std::vector<std::string>& to, const std::vector<std::string>& paths) {
  to.insert(to.end(), paths.begin(), paths.end());
}

/// One file, and the object that it is compiled to.
struct Object {
  std::string file;
  std::uint64_t key = 0;  // of everything that the object depends on, but for included files
  bool can_use_precompiled = false;
  std::string path = {};  // empty until it is found or compiled
  std::vector<std::string> dependencies = {};
};

Expected<std::vector<Object>> objects_of(const Compiler& compiler) {
  std::vector<Object> objects;
  for (const std::string& file : compiler.files()) {
    const Expected<std::string> text = read_file_text(file, source_bytes_max);
    if (!text.ok()) return Expected<std::vector<Object>>::failed(text.error());
    objects.push_back(
        {.file = file,
         .key = mix(digest_of_text(compiler.object_identity(file)), digest_of_text(text.value())),
         .can_use_precompiled = compiler.can_use_precompiled(file, text.value())});
  }
  return objects;
}

// What the library depends on, but for what the files include: that is in the cache's lists.
std::uint64_t key_of(const Compiler& compiler, const std::vector<Object>& objects) {
  std::uint64_t key = digest_of_text(compiler.identity());
  for (const Object& object : objects) key = mix(key, object.key);
  return key;
}

/// Makes the library that is not in the cache. Beside the files it precompiles <reprise/reprise.h>
/// where the next compilation can use that.
class Compilation {
 public:
  Compilation(const Compiler& compiler, const CompileCache& cache, std::vector<Object> objects,
              WorkFolder work)
      : compiler_(compiler), cache_(cache), objects_(std::move(objects)), work_(std::move(work)) {}

  Compiled run(std::uint64_t key, const CompilationOptions& options) {
    std::vector<Object*> missing;
    for (Object& object : objects_) {
      if (!find(object)) missing.push_back(&object);
    }
    if (!options.is_quiet) print_to_stderr(announcement(missing));
    if (!missing.empty()) {
      const ExitCode exit = compile(missing, options.jobs);
      if (exit != ExitCode::clean) return {{}, exit};
    }
    return link(key);
  }

 private:
  ExitCode interrupted() const {
    return refuse_files("interrupted while compiling " + listed(compiler_.files()));
  }

  std::string announcement(const std::vector<Object*>& missing) const {
    if (missing.empty()) return fmt::format("linking {}\n", listed(compiler_.files()));
    std::vector<std::string> files;
    for (const Object* const object : missing) files.push_back(object->file);
    return fmt::format("compiling {}\n", listed(files));
  }

  bool find(Object& object) const {
    std::optional<CacheEntry> found = cache_.find(CachedKind::object, object.key);
    if (!found) return false;
    object.path = std::move(found->path);
    object.dependencies = std::move(found->dependencies);
    return true;
  }

  ExitCode compile(const std::vector<Object*>& missing, std::size_t jobs) {
    if (std::ranges::any_of(missing, &Object::can_use_precompiled)) find_precompiled();
    std::vector<ProcessCommand> commands;
    for (const Object* const object : missing) {
      const std::string stem = work_ / std::to_string(commands.size());
      commands.push_back(compiler_.compile(object->file, stem + ".o", stem + ".d", folder_));
    }
    if (precompiles_) {
      commands.push_back(compiler_.precompile(work_ / "reprise.h.gch", work_ / "reprise.d"));
    }
    const auto ends = run_processes(commands, jobs);
    if (!ends) return interrupted();
    std::string wrong;
    for (std::size_t i = 0; i < missing.size(); ++i) {
      if (!(*ends)[i].ok()) continue;
      const std::string sentence = store(*missing[i], work_ / std::to_string(i));
      if (wrong.empty()) wrong = sentence;
    }
    const std::size_t files = missing.size();
    if (!show_ends(std::span(commands).first(files), std::span(*ends).first(files))) {
      return ExitCode::bad_usage;
    }
    if (precompiles_ && ends->back().ok()) store_precompiled();
    return wrong.empty() ? ExitCode::clean : refuse_files(wrong);
  }

  // A sentence if the object that was compiled to STEM.o cannot be kept.
  std::string store(Object& object, const std::string& stem) const {
    Expected<std::vector<std::string>> read = read_dependencies(stem + ".d");
    if (!read.ok()) return read.error();
    object.dependencies = std::move(read).value();
    // A compiler that uses a precompiled header does not list what is in it.
    if (object.can_use_precompiled) add_all(object.dependencies, precompiled_dependencies_);
    sort_each_once(object.dependencies);
    Expected<std::string> stored =
        cache_.store(CachedKind::object, object.key, work_, stem + ".o", object.dependencies);
    if (!stored.ok()) return stored.error();
    object.path = std::move(stored).value();
    return {};
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
    precompiled_dependencies_ = std::move(found->dependencies);
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

  ExitCode run_linker(const ProcessCommand& command) const {
    const std::vector<ProcessCommand> commands = {command};
    const auto ends = run_processes(commands, 1);
    if (!ends) return interrupted();
    return show_ends(commands, *ends) ? ExitCode::clean : ExitCode::bad_usage;
  }

  Compiled link(std::uint64_t key) const {
    std::vector<std::string> inputs;
    ExitCode exit = compiler_.is_mixed() ? join_watched(inputs) : ExitCode::clean;
    for (const Object& object : objects_) {
      if (!is_apart(object)) inputs.push_back(object.path);
    }
    const std::string library = work_ / "library.so";
    if (exit == ExitCode::clean) exit = run_linker(compiler_.link(inputs, library));
    if (exit != ExitCode::clean) return {{}, exit};
    std::vector<std::string> dependencies = compiler_.linked_files();
    for (const Object& object : objects_) add_all(dependencies, object.dependencies);
    sort_each_once(dependencies);
    const Expected<std::string> stored =
        cache_.store(CachedKind::library, key, work_, library, dependencies);
    return stored.ok() ? Compiled{stored.value()} : Compiled{{}, refuse_files(stored.error())};
  }

  bool is_apart(const Object& object) const {
    return compiler_.is_mixed() && compiler_.is_watched(object.file);
  }

  // First of all inputs: of inline functions that several files have, the linker takes the first.
  ExitCode join_watched(std::vector<std::string>& inputs) const {
    std::vector<std::string> watched;
    for (const Object& object : objects_) {
      if (is_apart(object)) watched.push_back(object.path);
    }
    inputs.push_back(work_ / "watched.o");
    return run_linker(compiler_.join_watched(watched, inputs.back()));
  }

  const Compiler& compiler_;
  const CompileCache& cache_;
  std::vector<Object> objects_;
  WorkFolder work_;
  std::uint64_t precompiled_key_ = 0;
  bool precompiles_ = false;
  std::string folder_;  // of the precompiled header; empty: there is none
  std::vector<std::string> precompiled_dependencies_;
};

}  // namespace

Compiled compile_or_find(const Compiler& compiler, const CompileCache& cache,
                         const CompilationOptions& options) {
  Expected<std::vector<Object>> objects = objects_of(compiler);
  if (!objects.ok()) return {{}, refuse_files(objects.error())};
  const std::uint64_t key = key_of(compiler, objects.value());
  if (std::optional<CacheEntry> found = cache.find(CachedKind::library, key)) {
    return {std::move(found->path)};
  }
  Expected<WorkFolder> work = cache.make_work_folder();
  if (!work.ok()) return {{}, refuse_files(work.error())};
  return Compilation(compiler, cache, std::move(objects).value(), std::move(work).value())
      .run(key, options);
}

ExitCode refuse_files(std::string_view sentence) {
  complain(sentence);
  return is_interrupted() ? ExitCode::incomplete : ExitCode::bad_usage;
}

std::string listed(const std::vector<std::string>& files) {
  std::vector<std::string> names;
  for (const std::string& file : files) names.push_back(escaped(file));
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace reprise
