// The engine local: processes of this machine.
#include <reprise/replay/cli/build/process.h>
#include <reprise/replay/cli/fleet/engine.h>
#include <reprise/replay/cli/values.h>

#include <fmt/format.h>

namespace reprise {

namespace {

std::string run_here(const Fleet& fleet, const std::vector<CaseShard>& shards, FleetWatch& watch) {
  const Expected<std::string> script = write_shard_script(fleet);
  if (!script) return script.error();
  std::vector<ProcessCommand> commands;
  for (const CaseShard& shard : shards) {
    commands.push_back({"/bin/sh", script.value(), fmt::to_string(shard.index + 1)});
  }
  ProcessEvents events;
  events.goes_on = [&] { return watch.look(); };
  events.on_end = [&](std::size_t index, const ProcessEnd& end) {
    watch.ended(shards[index], fmt::format("exit status {}", end.status));
  };
  run_processes(commands, fleet.at_once.value_or(processor_count()), events);
  return {};
}

}  // namespace

const Engine local_engine{.name = "local", .summary = "processes of this machine", .run = run_here};

}  // namespace reprise
