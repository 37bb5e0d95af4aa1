#include <reprise/sim/check/schedule_equivalence.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

namespace reprise {

std::optional<Finding> compare_schedules(const Scenario& scenario, const RunResult& run,
                                         const RunResult& reference) {
  if (run.outcome == reference.outcome) return std::nullopt;
  std::vector<std::string> different;
  for (std::size_t i = 0; i < std::min(run.outcome.size(), reference.outcome.size()); ++i) {
    if (!(run.outcome[i] == reference.outcome[i])) different.push_back(run.outcome[i].what);
  }
  const std::string what = different.empty() ? "the set of things compared" : different.front();
  Finding finding;
  finding.check = "schedule-equivalence";
  finding.signature = "schedule-equivalence " + scenario.name + ": " + what;
  finding.message = what +
                    " came out differently when operations that ran alone were made to "
                    "yield at other places";
  for (std::size_t i = 1; i < different.size(); ++i) {
    finding.evidence.push_back("so did " + different[i]);
  }
  finding.evidence.emplace_back("the reference is the sync world: every I/O completes at submit");
  finding.evidence.emplace_back("no fault was injected, and no other operation ran meanwhile");
  finding.expected = "an operation that runs alone comes out the same, whenever its I/O finishes";
  finding.help =
      "look at the yields of the plan: what runs again, or is left out, when control comes back "
      "after each of them?";
  return finding;
}

}  // namespace reprise
