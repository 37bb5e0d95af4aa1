// Death places: the user's own lines in the stack that a dead worker has left.
#pragma once

#include <reprise/replay/worker/worker_end.h>
#include <reprise/sim/finding.h>

namespace reprise {

/// Adds the death places of `end` to its finding, if there are any.
void show_places(Finding& finding, const WorkerEnd& end);

}  // namespace reprise
