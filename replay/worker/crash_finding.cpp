#include <reprise/replay/worker/crash_finding.h>

#include <reprise/sim/check_names.h>

#include <fmt/format.h>

namespace reprise {

std::string death_signature(const Scenario& scenario, const WorkerEnd& end) {
  return fmt::format("{} {}: {}", check_name::crash, scenario.name, end.name());
}

Finding finding_of_death(const Scenario& scenario, const WorkerEnd& end) {
  Finding finding;
  finding.check = check_name::crash;
  finding.signature = death_signature(scenario, end);
  finding.message = "the process " + end.words;
  finding.expected =
      end.has_hung() ? "every run comes to an end" : "a run ends by itself, not with its process";
  finding.help = end.help();
  return finding;
}

}  // namespace reprise
