// Turns a run that ended its process into a finding of the check `crash`.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/replay/worker/worker_end.h>
#include <reprise/sim/finding.h>
#include <reprise/sim/scenario.h>

#include <string>

namespace reprise {

std::string death_signature(const Scenario& scenario, const WorkerEnd& end);

/// The finding has no evidence, since `end` does not tell at which event it happened.
Finding finding_of_death(const Scenario& scenario, const WorkerEnd& end);

}  // namespace reprise
