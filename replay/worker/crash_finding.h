// What a run that ended its process is reported as: a finding of the check `crash`.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/replay/worker/worker_end.h>
#include <reprise/sim/finding.h>
#include <reprise/sim/scenario.h>

#include <string>

namespace reprise {

std::string death_signature(const Scenario& scenario, const WorkerEnd& end);

/// Without evidence: which event it was is not in `end`.
Finding finding_of_death(const Scenario& scenario, const WorkerEnd& end);

}  // namespace reprise
