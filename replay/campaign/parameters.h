// Settings: the options of scenarios, as users set them by name.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/replay/worker/worker.h>
#include <reprise/sim/runner.h>
#include <reprise/sim/scenario.h>

#include <string>
#include <vector>

namespace reprise {

/// A sentence if `settings` names an option that none of the scenarios asks for in a calm run;
/// nothing if all is well, or if one of them dies of that run.
std::string wrong_parameter(const std::vector<const Scenario*>& scenarios, const Options& settings,
                            const WorkerOptions& worker);

}  // namespace reprise
