#include <reprise/replay/cli/fleet/fleet.h>

#include <reprise/replay/campaign/shard_result.h>
#include <reprise/replay/cli/fleet/engine.h>
#include <reprise/replay/cli/values.h>
#include <reprise/replay/json/json.h>
#include <reprise/replay/json/reader.h>
#include <reprise/replay/json/writer.h>
#include <reprise/replay/text/escape.h>
#include <reprise/replay/text/file.h>
#include <reprise/replay/text/units.h>
#include <reprise/replay/trace/file.h>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

namespace reprise {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view fleet_format = "reprise-fleet/1";

std::string fleet_path(const std::string& folder) {
  return (fs::path(folder) / "fleet.json").string();
}

std::string to_json(const Fleet& fleet) {
  JsonWriter json;
  json.begin_object().field("format", fleet_format).field("id", fleet.id);
  json.field("shards", std::uint64_t{fleet.shards}).field("command", fleet.command);
  json.field("directory", fleet.directory).field("engine", fleet.engine->name);
  if (fleet.at_once) json.field("at_once", *fleet.at_once);
  if (!fleet.hosts.empty()) json.field("hosts", fleet.hosts);
  if (!fleet.image.empty()) json.field("image", fleet.image);
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

// An error sentence if the engine has no use for an option, or needs one.
std::string wrong_engine_option(const Fleet& fleet) {
  const Engine& engine = *fleet.engine;
  if (!engine.takes_hosts && !fleet.hosts.empty()) {
    return fmt::format("--sshlogin is for --on parallel, not {}", engine.name);
  }
  if (!engine.takes_image && !fleet.image.empty()) {
    return fmt::format("--image is for --on kubernetes, not {}", engine.name);
  }
  if (engine.takes_image && fleet.image.empty()) {
    return fmt::format(
        "--on {} needs --image IMAGE, a container image with this program in its "
        "PATH",
        engine.name);
  }
  return {};
}

class FleetReading {
 public:
  explicit FleetReading(const JsonValue& value) : root_{&value, ""} {}

  Expected<Fleet> fleet(const std::string& folder) {
    reader_.object(root_, {"format", "id", "shards", "command", "directory", "engine", "at_once",
                           "hosts", "image"});
    if (text("format") != fleet_format) {
      reader_.fail("format", fmt::format("expected \"{}\"", fleet_format));
    }
    Fleet fleet{.id = id(), .folder = folder, .directory = text("directory")};
    fleet.shards = static_cast<std::uint32_t>(
        reader_.number(reader_.need(root_, "shards", "a number"), shards_max));
    for (const JsonPlace& each : reader_.list(reader_.need(root_, "command", "a list"), "a list")) {
      fleet.command.push_back(reader_.text(each, "a text"));
    }
    fleet.engine = find_engine(text("engine"));
    if (fleet.engine == nullptr) reader_.fail("engine", "there is no such engine");
    if (const JsonPlace at_once = reader_.field(root_, "at_once")) {
      fleet.at_once = reader_.number(at_once, shards_max);
    }
    fleet.hosts = optional_text("hosts");
    fleet.image = optional_text("image");
    if (reader_.ok() && fleet.shards == 0) reader_.fail("shards", "expected at least 1");
    std::string wrong = reader_.ok() ? wrong_command(fleet.command) : reader_.error();
    if (!wrong.empty()) return Expected<Fleet>::failed(std::move(wrong));
    return fleet;
  }

 private:
  std::string text(std::string_view name) {
    return reader_.text(reader_.need(root_, name, "a text"), "a text");
  }
  std::string optional_text(std::string_view name) {
    const JsonPlace place = reader_.field(root_, name);
    return place ? reader_.text(place, "a text") : std::string();
  }
  std::string id() {
    std::string id = text("id");
    const bool is_plain = std::ranges::all_of(
        id, [](char c) { return (c >= 'a' && c <= 'f') || (c >= '0' && c <= '9'); });
    if (id.empty() || id.size() > 16 || !is_plain) {
      reader_.fail("id", "expected up to 16 hexadecimal digits");
    }
    return id;
  }

  JsonReader reader_;
  JsonPlace root_;
};

Expected<Fleet> read_fleet(const std::string& folder) {
  using Result = Expected<Fleet>;
  const std::string path = fleet_path(folder);
  const Expected<std::string> text = read_file_text(path, trace_bytes_max);
  if (!text) return Result::failed(text.error());
  const Expected<JsonValue> parsed = parse_json(text.value());
  if (!parsed) return Result::failed(escaped(path) + ": " + parsed.error());
  Expected<Fleet> fleet = FleetReading(parsed.value()).fleet(folder);
  if (!fleet) return Result::failed(escaped(path) + ": " + fleet.error());
  return fleet;
}

// The options that only say how the shards are run.
void take_engine(Fleet& fleet, const FleetOptions& options) {
  if (options.engine != nullptr && options.engine != fleet.engine) {
    fleet.engine = options.engine;
    fleet.hosts.clear();
    fleet.image.clear();
    fleet.at_once.reset();
  }
  if (options.at_once) fleet.at_once = options.at_once;
  if (!options.hosts.empty()) fleet.hosts = options.hosts;
  if (!options.image.empty()) fleet.image = options.image;
}

}  // namespace

Expected<Fleet> new_fleet(const CommandOptions& options) {
  using Result = Expected<Fleet>;
  std::error_code error;
  Fleet fleet{.id = fmt::format("{:08x}", random_seed() & 0xffff'ffff),
              .folder = options.folder,
              .directory = fs::current_path(error).string(),
              .shards = static_cast<std::uint32_t>(options.fleet.shards),
              .command = options.arguments,
              .engine = engines().front()};
  take_engine(fleet, options.fleet);
  if (fleet.shards == 0) return Result::failed("a fleet needs --shards N");
  if (std::string wrong = wrong_command(fleet.command); !wrong.empty())
    return Result::failed(wrong);
  if (std::string wrong = wrong_engine_option(fleet); !wrong.empty()) return Result::failed(wrong);
  if (auto wrong = prepare_folder(fleet.folder)) return Result::failed(*wrong);
  if (fs::exists(fleet_path(fleet.folder), error)) {
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

Expected<Fleet> resumed_fleet(const CommandOptions& options) {
  Expected<Fleet> fleet = read_fleet(options.fleet.resume);
  if (!fleet) return fleet;
  take_engine(fleet.value(), options.fleet);
  std::string wrong = wrong_engine_option(fleet.value());
  if (!wrong.empty()) return Expected<Fleet>::failed(std::move(wrong));
  return fleet;
}

void forget_fleet(const Fleet& fleet) {
  std::error_code ignored;
  fs::remove(fleet_path(fleet.folder), ignored);
}

bool is_done(const Fleet& fleet, const CaseShard& shard) {
  const fs::path path = fs::path(fleet.folder) / shard_file_name(shard);
  const Expected<std::string> text = read_file_text(path.string(), trace_bytes_max);
  if (!text) return false;
  const Expected<ShardResult> result = parse_shard_result(text.value());
  return result && result.value().report.incomplete.empty();
}

std::uint64_t workers_of(const Fleet& fleet) {
  std::string_view given;
  for (std::size_t i = 0; i < fleet.command.size() && fleet.command[i] != "--"; ++i) {
    const std::string_view argument = fleet.command[i];
    if (argument == "-j" || argument == "--jobs") {
      given = i + 1 < fleet.command.size() ? fleet.command[i + 1] : std::string_view();
    } else if (argument.starts_with("--jobs=")) {
      given = argument.substr(7);
    } else if (argument.starts_with("-j")) {
      given = argument.substr(argument.starts_with("-j=") ? 3 : 2);
    }
  }
  const Expected<std::uint64_t> count = parse_count("-j", given, 1, 1024);
  return count ? count.value() : 1;
}

ShardPlace this_machine(const Fleet& fleet) {
  std::error_code error;
  return {.program = fs::read_symlink("/proc/self/exe", error).string(),
          .folder = fs::absolute(fleet.folder, error).string(),
          .directory = fleet.directory};
}

std::string shell_word(std::string_view text) {
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + '\'';
}

std::string shard_script(const Fleet& fleet, const ShardPlace& place) {
  const auto flags = std::ranges::find(fleet.command, "--");
  std::string command = shell_word(place.program);
  for (auto at = fleet.command.begin(); at != flags; ++at) command += ' ' + shell_word(*at);
  // The shards are many already.
  const bool has_jobs = std::any_of(fleet.command.begin(), flags, [](const std::string& argument) {
    return argument.starts_with("-j") || argument.starts_with("--jobs");
  });
  command += fmt::format(" --shard \"$1/{}\" --out {} -q", fleet.shards, shell_word(place.folder));
  if (!has_jobs) command += " -j 1";
  for (auto at = flags; at != fleet.command.end(); ++at) command += ' ' + shell_word(*at);
  return fmt::format(
      "# Runs one shard of a fleet: its number, from 1, is the argument. The status is 0 if the\n"
      "# shard left its result, K-of-N.shard; otherwise K-of-N.log has what it said.\n"
      "log={}/$1-of-{}.log\n"
      "trap : INT TERM  # the shard writes what it has, and ends by itself\n"
      "cd {} || exit 1\n"
      "{} >\"$log\" 2>&1\n"
      "status=$?\n"
      "case $status in 0 | 1 | 3 | 4)\n"
      "  rm -f \"$log\"\n"
      "  exit 0 ;;\n"
      "esac\n"
      "echo \"exit status $status\" >>\"$log\"\n"
      "exit $status\n",
      shell_word(place.folder), fleet.shards, shell_word(place.directory), command);
}

Expected<std::string> write_shard_script(const Fleet& fleet) {
  const ShardPlace place = this_machine(fleet);
  const std::string path = (fs::path(place.folder) / "run-shard").string();
  if (auto wrong = write_file_text(path, "#!/bin/sh\n" + shard_script(fleet, place))) {
    return Expected<std::string>::failed(*wrong);
  }
  return path;
}

}  // namespace reprise
