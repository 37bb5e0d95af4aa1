// fleet: runs all shards of a campaign, on this machine or on many, and merges their results.
#include <reprise/replay/cli/commands.h>
#include <reprise/replay/cli/fleet/engine.h>
#include <reprise/replay/cli/interrupt.h>
#include <reprise/replay/cli/report_files.h>
#include <reprise/replay/cli/streams.h>
#include <reprise/replay/text/units.h>

#include <fmt/format.h>

#include <utility>

namespace reprise {

namespace {

std::vector<CaseShard> shards_to_run(const Fleet& fleet, bool is_resumed) {
  std::vector<CaseShard> shards;
  for (std::uint32_t index = 0; index < fleet.shards; ++index) {
    const CaseShard shard{index, fleet.shards};
    if (!is_resumed || !is_done(fleet, shard)) shards.push_back(shard);
  }
  return shards;
}

ExitCode merge_fleet(const CommandOptions& options, const Fleet& fleet) {
  CommandOptions merged = options;
  merged.command = &merge_command;
  merged.arguments = {fleet.folder};
  const ExitCode exit = merge_command.run(merged);
  if (exit == ExitCode::incomplete || exit == ExitCode::nothing_ran || is_interrupted()) {
    print_to_stderr(fmt::format("`{} fleet --resume {}` runs what is missing\n", options.program,
                                shell_argument(fleet.folder)));
  }
  return exit == ExitCode::nothing_ran ? ExitCode::incomplete : exit;
}

ExitCode run_fleet(const CommandOptions& options) {
  const bool is_resumed = !options.fleet.resume.empty();
  if (is_resumed && (options.fleet.shards != 0 || !options.arguments.empty())) {
    complain("--resume takes the shards and the command from the folder: give neither");
    return ExitCode::bad_usage;
  }
  if (const std::string wrong = prepare_reports(options); !wrong.empty()) {
    complain(wrong);
    return ExitCode::bad_usage;
  }
  const Expected<Fleet> made = is_resumed ? resumed_fleet(options) : new_fleet(options);
  if (!made) {
    complain(made.error());
    return ExitCode::bad_usage;
  }
  const Fleet& fleet = made.value();
  if (!fleet.engine->waits && options.json()) {
    complain(fmt::format("--json is the report, and --on {} makes none", fleet.engine->name));
    if (!is_resumed) forget_fleet(fleet);
    return ExitCode::bad_usage;
  }
  const std::vector<CaseShard> shards = shards_to_run(fleet, is_resumed);
  if (shards.empty()) return merge_fleet(options, fleet);
  FleetWatch watch(fleet, shards,
                   options.quiet      ? ProgressLine::Kind::none
                   : options.progress ? ProgressLine::Kind::bar
                                      : ProgressLine::Kind::lines);
  watch.say(fmt::format(
      "{} of {} to run{}{}", shards.size(), counted(fleet.shards, "shard"),
      fleet.engine == engines().front() ? std::string() : fmt::format(" on {}", fleet.engine->name),
      fleet.at_once ? fmt::format(", {} at a time", *fleet.at_once) : std::string()));
  const std::string wrong = fleet.engine->run(fleet, shards, watch);
  if (!wrong.empty() || watch.failure()) {
    watch.clear();
    complain(watch.failure() ? watch.failure()->sentence : wrong);
    if (!is_resumed) forget_fleet(fleet);
    return watch.failure() ? static_cast<ExitCode>(watch.failure()->status) : ExitCode::bad_usage;
  }
  if (!fleet.engine->waits) return ExitCode::clean;
  for (const CaseShard& shard : shards) {
    if (watch.is_open(shard) && !is_interrupted()) watch.ended(shard, "it left no result");
  }
  watch.clear();
  return merge_fleet(options, fleet);
}

}  // namespace

const Command fleet_command{
    .name = "fleet",
    .argument = "COMMAND",
    .needs_argument = false,
    .summary = "Runs all shards of a campaign, here or on many machines, and merges them",
    .examples =
        "  reprise fleet --shards 8 --out results -- fuzz 'pager/*' --seed 7 --seeds 100000\n"
        "  reprise fleet --on slurm --shards 64 -- fuzz 'pager/*' --seed 7 --for 1h\n"
        "  reprise fleet --resume results\n",
    .groups = {fleet_group, reports_group, page_group},
    .json_schema = "report",
    .run = run_fleet,
};

}  // namespace reprise
