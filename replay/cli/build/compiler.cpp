#include <reprise/replay/cli/build/compiler.h>

#include <reprise/replay/text/escape.h>
#include <reprise/replay/trace/trace.h>
#include <reprise/sim/pattern.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <sys/utsname.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>
#include <utility>

namespace reprise {

namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 2> asan_compile_flags = {"-fsanitize=address",
                                                                "-fno-omit-frame-pointer"};

constexpr std::array cxx_suffixes = {".cpp", ".cc", ".cxx", ".c++", ".C"};

bool is_c(std::string_view path) { return path.ends_with(".c"); }

// Words with spaces between them.
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (true) {
    const std::size_t begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return words;
    text.remove_prefix(begin);
    const std::size_t end = std::min(text.find_first_of(" \t"), text.size());
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

// What `variable` says (a program, and perhaps arguments), or else the first of `names`.
Expected<ProcessCommand> find_compiler(const char* variable, std::string_view language,
                                       std::span<const char* const> names) {
  using Result = Expected<ProcessCommand>;
  ProcessCommand command = words_of(environment_value(variable));
  if (!command.empty()) {
    const std::optional<std::string> path = find_program(command.front());
    if (!path) {
      return Result::failed(fmt::format("there is no compiler {}, which ${} names",
                                        in_quotes(command.front()), variable));
    }
    command.front() = *path;
    return command;
  }
  for (const char* const name : names) {
    if (const std::optional<std::string> path = find_program(name)) return ProcessCommand{*path};
  }
  return Result::failed(
      fmt::format("there is no {} compiler: none of {} is on PATH; install one, or set {}",
                  language, fmt::join(names, ", "), variable));
}

// The first line that it says about itself.
Expected<std::string> version_of(ProcessCommand command) {
  command.emplace_back("--version");
  const std::optional<std::vector<ProcessEnd>> ends = run_processes({command}, 1);
  if (!ends) return Expected<std::string>::failed("interrupted");
  const ProcessEnd& end = ends->front();
  if (!end.ok()) {
    return Expected<std::string>::failed(
        fmt::format("{} is no compiler: it does not know --version", in_quotes(command.front())));
  }
  return end.output.substr(0, end.output.find('\n'));
}

// In a build tree `include` is beside the program, in an installed one beside its folder.
Expected<std::string> find_include_folder() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  const fs::path folder = program.parent_path();
  const std::array candidates = {folder / "include", folder.parent_path() / "include"};
  for (const fs::path& candidate : candidates) {
    if (!error && fs::exists(candidate / "reprise" / "reprise.h", error)) return candidate.string();
  }
  return Expected<std::string>::failed(
      fmt::format("the headers that a file needs are not where this program is: there is no "
                  "reprise/reprise.h in {} or {}",
                  escaped(candidates[0].string()), escaped(candidates[1].string())));
}

// As compilers name it in files of theirs: x86_64, aarch64.
std::string machine_name() {
  utsname names{};
  return uname(&names) == 0 ? names.machine : "";
}

bool is_linked_file(std::string_view flag) {
  return !flag.starts_with('-') &&
         (flag.ends_with(".o") || flag.ends_with(".a") || flag.ends_with(".so"));
}

// Without what only a linker understands; compilers warn of that.
std::vector<std::string> without_linking(const std::vector<std::string>& flags) {
  std::vector<std::string> kept;
  for (std::size_t i = 0; i < flags.size(); ++i) {
    const std::string_view flag = flags[i];
    if (flag == "-l" || flag == "-L" || flag == "-Xlinker") {
      ++i;
    } else if (!flag.starts_with("-l") && !flag.starts_with("-L") && !flag.starts_with("-Wl,") &&
               !is_linked_file(flag)) {
      kept.emplace_back(flag);
    }
  }
  return kept;
}

std::string current_folder() {
  std::error_code error;
  return fs::current_path(error).string() + '\n';
}

// Where compilers look for headers besides what their arguments say; empty: nowhere.
std::string header_search_paths() {
  std::string text;
  for (const char* const variable : {"CPATH", "C_INCLUDE_PATH", "CPLUS_INCLUDE_PATH"}) {
    const std::string value = environment_value(variable);
    if (!value.empty()) text += std::string(variable) + '=' + value + '\n';
  }
  return text;
}

std::string one_line(const ProcessCommand& command) {
  std::string text;
  for (const std::string& word : command) text += word + '\0';
  return text + '\n';
}

template <class Words>
void append(ProcessCommand& command, const Words& words) {
  command.insert(command.end(), std::begin(words), std::end(words));
}

}  // namespace

bool is_compiled_file(std::string_view path) {
  return is_c(path) || std::ranges::any_of(cxx_suffixes, [&](std::string_view suffix) {
           return path.ends_with(suffix);
         });
}

bool is_source_file(std::string_view path) {
  return is_compiled_file(path) || path.ends_with(".so");
}

std::span<const std::string_view> watch_compile_flags() {
  static constexpr std::array<std::string_view, 8> flags = {
      "-fsanitize=thread",
      // What compilers would do inline or leave to a library is to be seen, too.
      "-fno-builtin-memcpy", "-fno-builtin-memmove", "-fno-builtin-memset", "-fno-builtin-strcpy",
      "-fno-builtin-strncpy", "-fno-builtin-strcat", "-D_GLIBCXX_EXTERN_TEMPLATE=0"};
  return flags;
}

std::span<const std::string_view> line_flags(bool is_clang) {
  static constexpr std::array<std::string_view, 8> of_gcc = {
      "-fno-tree-sink",     "-fno-tree-cselim",           "-fno-ssa-phiopt",
      "-fno-crossjumping",  "-fno-tree-tail-merge",       "-fno-ipa-icf",
      "-fno-store-merging", "-fno-optimize-sibling-calls"};
  static constexpr std::array<std::string_view, 5> of_clang = {
      "-mllvm", "-simplifycfg-sink-common=false", "-mllvm", "-tsan-instrument-read-before-write=1",
      "-fno-optimize-sibling-calls"};
  if (is_clang) return of_clang;
  return of_gcc;
}

std::span<const std::string_view> watch_link_flags() {
  static constexpr std::array<std::string_view, 1> flags = {
      "-Wl,--wrap=memcpy,--wrap=memmove,--wrap=memset,--wrap=strcpy,--wrap=strncpy,--wrap=strcat"};
  return flags;
}

Expected<Compiler> Compiler::find(Options options) {
  constexpr std::array cxx_names = {"g++", "clang++", "c++"};
  constexpr std::array cc_names = {"cc", "gcc", "clang"};
  Compiler compiler(std::move(options));
  Expected<ProcessCommand> cxx = find_compiler("CXX", "C++", cxx_names);
  if (!cxx.ok()) return Expected<Compiler>::failed(cxx.error());
  compiler.cxx_ = std::move(cxx).value();
  if (compiler.options_.needs_c || std::ranges::any_of(compiler.files(), is_c)) {
    Expected<ProcessCommand> cc = find_compiler("CC", "C", cc_names);
    if (!cc.ok()) return Expected<Compiler>::failed(cc.error());
    compiler.cc_ = std::move(cc).value();
  }
  Expected<std::string> include_folder = find_include_folder();
  if (!include_folder.ok()) return Expected<Compiler>::failed(include_folder.error());
  compiler.include_folder_ = std::move(include_folder).value();
  const std::array commands = {compiler.cxx_, compiler.cc_};
  for (const ProcessCommand& command : commands) {
    if (command.empty()) continue;
    const Expected<std::string> version = version_of(command);
    if (!version.ok()) return Expected<Compiler>::failed(version.error());
    compiler.versions_ += version.value() + '\n';
    const bool is_clang = version.value().find("clang") != std::string::npos;
    (&command == &commands.front() ? compiler.cxx_is_clang_ : compiler.cc_is_clang_) = is_clang;
  }
  return compiler;
}

bool Compiler::is_watched(std::string_view file) const {
  const auto matches = [&](const std::string& pattern) { return matches_pattern(pattern, file); };
  return options_.watch &&
         (options_.watched.empty() || std::ranges::any_of(options_.watched, matches));
}

bool Compiler::is_mixed() const {
  const auto watched = [&](const std::string& file) { return is_watched(file); };
  return std::ranges::any_of(files(), watched) && !std::ranges::all_of(files(), watched);
}

std::vector<std::string> Compiler::compile_flags(bool is_c_file, bool is_watched) const {
  std::vector<std::string> flags;
  if (!is_c_file) flags.emplace_back("-std=c++20");
  flags.insert(flags.end(), {"-g", "-O1", "-fPIC"});
  append(flags, line_flags(is_c_file ? cc_is_clang_ : cxx_is_clang_));
  if (is_watched) append(flags, watch_compile_flags());
  if (options_.asan) append(flags, asan_compile_flags);
  flags.insert(flags.end(), {"-I", include_folder_});
  return flags;
}

std::vector<std::string> Compiler::link_flags(bool is_watched) const {
  // Without the second, a template's instance in this program, which is compiled without the watch,
  // would stand in for the user's.
  std::vector<std::string> flags = {"-shared", "-Wl,-Bsymbolic-functions"};
  if (is_watched) append(flags, watch_link_flags());
  if (options_.asan) flags.emplace_back("-fsanitize=address");
  if (options_.asan && is_clang()) flags.emplace_back("-shared-libasan");
  return flags;
}

ProcessCommand Compiler::compile_without_input(bool is_c_file, bool is_watched,
                                               const std::string& dependencies,
                                               const std::string& precompiled_folder) const {
  ProcessCommand command = is_c_file ? cc_ : cxx_;
  if (!precompiled_folder.empty()) command.insert(command.end(), {"-I", precompiled_folder});
  append(command, compile_flags(is_c_file, is_watched));
  if (options_.color) command.emplace_back("-fdiagnostics-color=always");
  command.insert(command.end(), {"-MD", "-MT", "x", "-MF", dependencies});
  append(command, without_linking(options_.flags));
  return command;
}

ProcessCommand Compiler::compile(const std::string& file, const std::string& object,
                                 const std::string& dependencies,
                                 const std::string& precompiled_folder) const {
  ProcessCommand command =
      compile_without_input(is_c(file), is_watched(file), dependencies, precompiled_folder);
  command.insert(command.end(), {"-c", file, "-o", object});
  return command;
}

bool Compiler::precompiles_with_watch() const {
  return std::ranges::any_of(
      files(), [&](const std::string& file) { return !is_c(file) && is_watched(file); });
}

bool Compiler::can_use_precompiled(std::string_view file, std::string_view text) const {
  if (cxx_is_clang_ || is_c(file) || is_watched(file) != precompiles_with_watch()) return false;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    if (line.starts_with("#include <reprise/reprise.h>")) return true;
    if (!line.starts_with("//") && line.find_first_not_of(" \t\r") != std::string_view::npos) {
      return false;
    }
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  return false;
}

ProcessCommand Compiler::precompile(const std::string& header,
                                    const std::string& dependencies) const {
  ProcessCommand command = compile_without_input(false, precompiles_with_watch(), dependencies, {});
  command.insert(command.end(),
                 {"-w", "-x", "c++-header", include_folder_ + "/reprise/reprise.h", "-o", header});
  return command;
}

ProcessCommand Compiler::link(const std::vector<std::string>& objects,
                              const std::string& library) const {
  ProcessCommand command = cxx_;
  append(command, link_flags(options_.watch && !is_mixed()));
  if (options_.color) command.emplace_back("-fdiagnostics-color=always");
  append(command, objects);
  append(command, options_.flags);
  command.insert(command.end(), {"-o", library});
  return command;
}

ProcessCommand Compiler::join_watched(const std::vector<std::string>& objects,
                                      const std::string& object) const {
  ProcessCommand command = cxx_;
  command.insert(command.end(), {"-r", "-nostdlib"});
  append(command, watch_link_flags());
  append(command, objects);
  command.insert(command.end(), {"-o", object});
  return command;
}

bool Compiler::is_clang() const {
  return versions_.substr(0, versions_.find('\n')).find("clang") != std::string::npos;
}

Expected<std::string> Compiler::asan_library() const {
  const std::array names = {std::string("libasan.so"),
                            std::string("libclang_rt.asan-") + machine_name() + ".so"};
  const std::string& name = names[is_clang() ? 1 : 0];
  ProcessCommand command = cxx_;
  command.push_back("-print-file-name=" + name);
  const std::optional<std::vector<ProcessEnd>> ends = run_processes({command}, 1);
  if (!ends) return Expected<std::string>::failed("interrupted");
  const std::string& output = ends->front().output;
  std::string path = output.substr(0, output.find('\n'));
  std::error_code error;
  // It repeats the name of what it does not know.
  if (ends->front().ok() && path != name && fs::exists(path, error)) return path;
  return Expected<std::string>::failed(fmt::format(
      "--asan needs AddressSanitizer's library, {}, which {} does not have; install it, "
      "or let $CXX name a compiler that has one",
      name, in_quotes(cxx_.front())));
}

std::string Compiler::object_identity(const std::string& file) const {
  Compiler plain = *this;
  plain.options_.color = false;
  // The current folder is in the debug information.
  return versions_ + build_text() + '\n' + current_folder() + header_search_paths() +
         one_line(plain.compile(file, "", ""));
}

std::string Compiler::identity() const {
  Compiler plain = *this;
  plain.options_.color = false;
  std::string text = environment_value("LIBRARY_PATH") + '\n';
  for (const std::string& file : files()) text += object_identity(file);
  return text + one_line(plain.link({}, ""));
}

std::string Compiler::precompiled_identity() const {
  Compiler plain = *this;
  plain.options_.color = false;
  std::string text = versions_ + build_text() + '\n';
  // Only what a user adds can name headers relative to the current folder. Without it, all folders
  // share one precompiled header: its debug information names no folder.
  const std::string paths = header_search_paths();
  if (!options_.flags.empty() || !paths.empty()) text += current_folder() + paths;
  return text + one_line(plain.precompile("", ""));
}

std::vector<std::string> Compiler::linked_files() const {
  std::vector<std::string> linked;
  std::ranges::copy_if(options_.flags, std::back_inserter(linked), is_linked_file);
  return linked;
}

}  // namespace reprise
