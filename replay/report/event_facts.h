// Event facts: what happened in an event, in words, also where the run has logged none.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/sim/logged_event.h>

#include <vector>

namespace reprise {

/// The facts of `event`. If it has none, the one that its identity tells: this is all that is known
/// of a run that ended its process, and of an I/O's effect.
std::vector<LoggedFact> facts_of(const LoggedEvent& event);

}  // namespace reprise
