// Death places: the user's own lines of the stack that a worker has left behind.
#pragma once

#include <reprise/replay/worker/worker_end.h>
#include <reprise/sim/finding.h>

namespace reprise {

/// Adds them to the finding of that end, if there are any.
void show_places(Finding& finding, const WorkerEnd& end);

}  // namespace reprise
