// Parameters: the options of scenarios, which users set by name.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/replay/worker/worker.h>
#include <reprise/sim/runner.h>
#include <reprise/sim/scenario.h>

#include <string>
#include <vector>

namespace reprise {

/// An error sentence if `parameters` names an option that none of the scenarios asks for in a calm
/// run; empty if all is well, or if a scenario dies in that run.
std::string wrong_parameter(const std::vector<const Scenario*>& scenarios,
                            const Options& parameters, const WorkerOptions& worker);

}  // namespace reprise
