// promote: keeps a trace as a regression test in the user's tree.
#include <reprise/replay/cli/cmake_tests.h>
#include <reprise/replay/cli/commands.h>
#include <reprise/replay/cli/streams.h>
#include <reprise/replay/cli/trace_files.h>
#include <reprise/replay/text/escape.h>
#include <reprise/replay/text/file.h>
#include <reprise/replay/trace/file.h>

#include <fmt/format.h>

#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

namespace reprise {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t cmake_bytes_max = std::uint64_t{4} << 20;
constexpr std::string_view cmake_default = "CMakeLists.txt";

FileResult keep_trace(const std::string& path, const CommandOptions& options) {
  const Expected<LoadedTrace> loaded = load(path, options);
  if (!loaded.ok()) return bad_input(path, loaded.error());
  Trace trace = loaded.value().trace;
  const Replayed replayed = replay_loaded(loaded.value(), options);
  FileResult result;
  result.path = path;
  if (replayed.is_dismissed) {
    result.sentence = "interrupted";
    result.exit = ExitCode::incomplete;
    return result;
  }
  if (const std::string wrong = wrong_in_trace(path, replayed, options); !wrong.empty()) {
    return bad_input(path, wrong);
  }
  if (replayed.finding) result.signature = replayed.finding->signature;
  const ReplayAnswer answer = compare_findings(trace, replayed);
  if (answer == ReplayAnswer::other || answer == ReplayAnswer::unexpected) {
    result.exit = ExitCode::findings;
    result.sentence = "not kept: it fails now with another finding, " + escaped(result.signature);
    return result;
  }
  trace.events.clear();
  const Expected<std::string> written = write_trace(options.folder, trace);
  if (!written.ok()) return bad_input(path, written.error());
  result.sentence = fmt::format("kept as {}; {}", escaped(written.value()),
                                answer == ReplayAnswer::same
                                    ? "its test fails until the bug is mended"
                                    : "it does not fail now, and its test says if it does again");
  return result;
}

// The folder of traces as the CMake file beside it would call it.
std::string folder_seen_from(const std::string& cmake, const std::string& folder) {
  std::error_code error;
  const fs::path base = fs::weakly_canonical(fs::absolute(cmake, error), error).parent_path();
  const fs::path whole = fs::weakly_canonical(fs::absolute(folder, error), error);
  const fs::path relative = whole.lexically_relative(base);
  return (relative.empty() ? whole : relative).generic_string();
}

ExitCode refuse(std::string_view sentence) {
  complain(sentence);
  return ExitCode::bad_usage;
}

// Adds the test to the CMake file, and says so on stderr: what stdout has is about traces.
ExitCode add_replay_test(const CommandOptions& options) {
  const std::string path = options.cmake.empty() ? std::string(cmake_default) : options.cmake;
  std::error_code ignored;
  if (options.cmake.empty() && !fs::exists(path, ignored)) {
    print_to_stderr(
        fmt::format("there is no {}: no test was added; `{} replay` runs the traces in {}\n", path,
                    options.program, escaped(options.folder)));
    return ExitCode::clean;
  }
  const Expected<std::string> read = read_file_text(path, cmake_bytes_max);
  if (!read.ok()) return refuse(read.error());
  const std::string& cmake = read.value();
  const std::string folder = folder_seen_from(path, options.folder);
  if (has_replay_test(cmake, folder)) {
    print_to_stderr(fmt::format("{} has a test already that replays {}\n", escaped(path),
                                escaped(options.folder)));
    return ExitCode::clean;
  }
  const std::string target = options.target.empty() ? harness_target(cmake) : options.target;
  if (target.empty()) {
    return refuse(fmt::format(
        "{}: no target is linked with reprise::main; --target names the program that is to replay "
        "the traces",
        escaped(path)));
  }
  const std::string test = replay_test(cmake, target, folder);
  if (std::optional<std::string> wrong = write_file_text(path, cmake + test)) return refuse(*wrong);
  print_to_stderr(
      fmt::format("{} has a new test that replays {}\n", escaped(path), escaped(options.folder)));
  return ExitCode::clean;
}

ExitCode promote_traces(const CommandOptions& options) {
  const ExitCode exit = for_each_trace(options, keep_trace);
  return exit == ExitCode::clean ? add_replay_test(options) : exit;
}

}  // namespace

const Command promote_command{
    .name = "promote",
    .argument = "FILE",
    .needs_argument = true,
    .summary = "Keeps traces in the tree, with a test that replays them",
    .examples =
        "  reprise promote traces/double-mutation-counter-bump-d8a1.json\n"
        "  reprise promote found.json --out tests/traces --cmake tests/CMakeLists.txt\n",
    .groups = {promote_group, checks_group, limits_group, files_group},
    .traits = {.takes_traces = true},
    .json_schema = "replay",
    .run = promote_traces,
};

}  // namespace reprise
