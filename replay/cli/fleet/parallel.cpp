// The engine parallel: GNU parallel, here or over ssh on hosts that share the fleet's folder. It
// runs the shards of a host that fails on others.
#include <reprise/replay/cli/build/process.h>
#include <reprise/replay/cli/fleet/engine.h>
#include <reprise/replay/text/escape.h>

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace reprise {

namespace {

// A host that is gone is noticed after 30 seconds, and ssh asks no questions.
constexpr std::string_view default_ssh =
    "ssh -o BatchMode=yes -o ConnectTimeout=10 -o ServerAliveInterval=10 -o ServerAliveCountMax=3";

std::string run_with_parallel(const Fleet& fleet, const std::vector<CaseShard>& shards,
                              FleetWatch& watch) {
  const std::optional<std::string> program = find_program("parallel");
  if (!program) return "--on parallel: there is no program parallel in the PATH";
  const Expected<std::string> script = write_shard_script(fleet);
  if (!script) return script.error();
  ProcessCommand command = {*program, "--will-cite"};
  if (fleet.at_once) command.insert(command.end(), {"--jobs", fmt::to_string(*fleet.at_once)});
  auto hosts = std::ranges::count(fleet.hosts, ',');
  if (!fleet.hosts.empty()) {
    command.insert(command.end(), {"--sshlogin", fleet.hosts});
    if (environment_value("PARALLEL_SSH").empty()) {
      command.insert(command.end(), {"--ssh", std::string(default_ssh)});
    }
  }
  // Each time on another host, if there is one.
  command.insert(command.end(), {"--retries", fmt::to_string(hosts + 3)});
  command.insert(command.end(), {"/bin/sh " + shell_word(script.value()) + " {}", ":::"});
  for (const CaseShard& shard : shards) command.push_back(fmt::to_string(shard.index + 1));
  const auto ends = run_processes({command}, 1, {.goes_on = [&] { return watch.look(); }});
  watch.read();
  if (ends && watch.open() != 0 && !ends->front().output.empty()) {
    const std::string_view said = ends->front().output;
    watch.say("parallel says: " + escaped(said.substr(0, said.find('\n')), 200));
  }
  return {};
}

}  // namespace

const Engine parallel_engine{.name = "parallel",
                             .summary = "GNU parallel, over ssh with --sshlogin",
                             .takes_hosts = true,
                             .run = run_with_parallel};

}  // namespace reprise
