// fleet: runs all shards of a campaign as processes of this machine, some at a time, and merges
// them.
#include <reprise/replay/campaign/shard_result.h>
#include <reprise/replay/cli/build/process.h>
#include <reprise/replay/cli/commands.h>
#include <reprise/replay/cli/report_files.h>
#include <reprise/replay/cli/streams.h>
#include <reprise/replay/json/json.h>
#include <reprise/replay/json/reader.h>
#include <reprise/replay/json/writer.h>
#include <reprise/replay/report/commands.h>
#include <reprise/replay/text/escape.h>
#include <reprise/replay/text/file.h>
#include <reprise/replay/text/units.h>
#include <reprise/replay/trace/file.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>
#include <utility>

namespace reprise {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view fleet_format = "reprise-fleet/1";

/// What a fleet leaves in its folder, to go on from there.
struct Fleet {
  std::string folder;
  std::uint32_t shards = 0;
  std::vector<std::string> command = {};  // `fuzz`, and its arguments
};

std::string fleet_path(const std::string& folder) {
  return (fs::path(folder) / "fleet.json").string();
}

std::string to_json(const Fleet& fleet) {
  JsonWriter json;
  json.begin_object().field("format", fleet_format);
  json.field("shards", std::uint64_t{fleet.shards}).field("command", fleet.command);
  return std::move(json.end()).written();
}

// An error sentence if the command is none that has shards.
std::string wrong_command(const std::vector<std::string>& command) {
  if (command.empty() || (command.front() != "fuzz" && command.front() != "sweep")) {
    return "a fleet runs a command that has shards: `-- fuzz ...` or `-- sweep ...`";
  }
  for (const std::string_view name : {"--shard", "--out", "--certificate", "--compare"}) {
    const auto is_name = [&](std::string_view argument) {
      return argument == name || argument.starts_with(std::string(name) + '=');
    };
    const auto end = std::ranges::find(command, "--");
    if (std::any_of(command.begin(), end, is_name)) {
      return fmt::format("{} cannot be an argument of a fleet's command", name);
    }
  }
  return {};
}

Expected<Fleet> read_fleet(const std::string& folder) {
  using Result = Expected<Fleet>;
  const std::string path = fleet_path(folder);
  const Expected<std::string> text = read_file_text(path, trace_bytes_max);
  if (!text) return Result::failed(text.error());
  const Expected<JsonValue> parsed = parse_json(text.value());
  if (!parsed) return Result::failed(escaped(path) + ": " + parsed.error());
  JsonReader reader;
  const JsonPlace root{&parsed.value(), ""};
  reader.object(root, {"format", "shards", "command"});
  if (reader.text(reader.need(root, "format", "a text"), "a text") != fleet_format) {
    reader.fail("format", fmt::format("expected \"{}\"", fleet_format));
  }
  Fleet fleet{.folder = folder};
  fleet.shards = static_cast<std::uint32_t>(
      reader.number(reader.need(root, "shards", "a number"), shards_max));
  for (const JsonPlace& each : reader.list(reader.need(root, "command", "a list"), "a list")) {
    fleet.command.push_back(reader.text(each, "a text"));
  }
  if (reader.ok() && fleet.shards == 0) reader.fail("shards", "expected at least 1");
  const std::string wrong = reader.ok() ? wrong_command(fleet.command) : reader.error();
  if (!wrong.empty()) return Result::failed(escaped(path) + ": " + wrong);
  return fleet;
}

Expected<Fleet> new_fleet(const CommandOptions& options) {
  using Result = Expected<Fleet>;
  Fleet fleet{options.folder, static_cast<std::uint32_t>(options.fleet_shards), options.arguments};
  if (fleet.shards == 0) return Result::failed("a fleet needs --shards N");
  if (std::string wrong = wrong_command(fleet.command); !wrong.empty())
    return Result::failed(wrong);
  if (auto wrong = prepare_folder(fleet.folder)) return Result::failed(*wrong);
  std::error_code ignored;
  if (fs::exists(fleet_path(fleet.folder), ignored)) {
    return Result::failed(
        fmt::format("there is a fleet in {} already; `{} fleet --resume {}` goes "
                    "on with it",
                    escaped(fleet.folder), options.program, shell_argument(fleet.folder)));
  }
  if (auto wrong = write_file_text(fleet_path(fleet.folder), to_json(fleet))) {
    return Result::failed(*wrong);
  }
  return fleet;
}

// Whether the shard came to its end.
bool is_done(const Fleet& fleet, const CaseShard& shard) {
  const fs::path path = fs::path(fleet.folder) / shard_file_name(shard);
  const Expected<std::string> text = read_file_text(path.string(), trace_bytes_max);
  if (!text) return false;
  const Expected<ShardResult> result = parse_shard_result(text.value());
  return result && result.value().report.incomplete.empty();
}

ProcessCommand command_of(const Fleet& fleet, const std::string& program, const CaseShard& shard) {
  const auto flags = std::ranges::find(fleet.command, "--");
  ProcessCommand command{program};
  command.insert(command.end(), fleet.command.begin(), flags);
  const std::string number = fmt::format("{}/{}", shard.index + 1, shard.of);
  command.insert(command.end(), {"--shard", number, "--out", fleet.folder, "-q"});
  // The processes are many already.
  const bool has_jobs = std::any_of(fleet.command.begin(), flags, [](const std::string& argument) {
    return argument.starts_with("-j") || argument.starts_with("--jobs");
  });
  if (!has_jobs) command.insert(command.end(), {"-j", "1"});
  command.insert(command.end(), flags, fleet.command.end());
  return command;
}

// A sentence about a shard that could not run; one that is killed is missing in the end.
std::string why_not_run(const CaseShard& shard, const ProcessEnd& end) {
  const auto is = [&](ExitCode code) { return end.status == static_cast<int>(code); };
  if (!is(ExitCode::bad_usage) && !is(ExitCode::nothing_ran)) return {};
  std::string_view said = end.output;
  while (said.ends_with('\n')) said.remove_suffix(1);
  said.remove_prefix(said.rfind('\n') + 1);  // npos + 1 is 0
  if (said.starts_with("error: ")) said.remove_prefix(7);
  return fmt::format("shard {} of {}: {}", shard.index + 1, shard.of, escaped(said));
}

ExitCode run_fleet(const CommandOptions& options) {
  const bool is_resumed = !options.resume.empty();
  if (is_resumed && (options.fleet_shards != 0 || !options.arguments.empty())) {
    complain("--resume takes the shards and the command from the folder: give neither");
    return ExitCode::bad_usage;
  }
  if (const std::string wrong = prepare_reports(options); !wrong.empty()) {
    complain(wrong);
    return ExitCode::bad_usage;
  }
  const Expected<Fleet> made = is_resumed ? read_fleet(options.resume) : new_fleet(options);
  if (!made) {
    complain(made.error());
    return ExitCode::bad_usage;
  }
  const Fleet& fleet = made.value();
  std::error_code error;
  const std::string program = fs::read_symlink("/proc/self/exe", error).string();
  std::vector<CaseShard> shards;
  std::vector<ProcessCommand> commands;
  for (std::uint32_t index = 0; index < fleet.shards; ++index) {
    const CaseShard shard{index, fleet.shards};
    if (is_resumed && is_done(fleet, shard)) continue;
    shards.push_back(shard);
    commands.push_back(command_of(fleet, program, shard));
  }
  if (!options.quiet) {
    print_to_stderr(fmt::format("fleet: {} of {} to run, {} at a time\n", shards.size(),
                                counted(fleet.shards, "shard"), options.search.workers));
  }
  const auto ends = run_processes(commands, options.search.workers);
  for (std::size_t i = 0; ends && i < ends->size(); ++i) {
    const std::string wrong = why_not_run(shards[i], (*ends)[i]);
    if (wrong.empty()) continue;
    complain(wrong);
    if (!is_resumed) fs::remove(fleet_path(fleet.folder), error);
    return static_cast<ExitCode>((*ends)[i].status);
  }
  CommandOptions merged = options;
  merged.command = &merge_command;
  merged.arguments = {fleet.folder};
  const ExitCode exit = merge_command.run(merged);
  if (exit == ExitCode::incomplete || !ends) {
    print_to_stderr(fmt::format("`{} fleet --resume {}` runs what is missing\n", options.program,
                                shell_argument(fleet.folder)));
  }
  return exit;
}

}  // namespace

const Command fleet_command{
    .name = "fleet",
    .argument = "COMMAND",
    .needs_argument = false,
    .summary = "Runs all shards of a campaign on this machine, and merges them",
    .examples =
        "  reprise fleet --shards 8 --out results -- fuzz 'pager/*' --seed 7 --seeds 100000\n"
        "  reprise fleet --resume results\n",
    .groups = {fleet_group, jobs_group, reports_group, page_group},
    .json_schema = "report",
    .run = run_fleet,
};

}  // namespace reprise
