// The last words of a worker: which signal, and whether it was a stack overflow, told from within
// the dying process; and how it ended, read from its exit status.
#pragma once

#include <reprise/replay/worker.h>

namespace reprise {

/// In the worker: from now on a bad access, or a sanitizer's complaint, leaves a note in `page`
/// before it ends the process. Handlers that were there before still have their turn.
void note_death_in(WorkerPage& page);

/// In the supervisor: from a status of waitpid().
WorkerEnd end_from(int wait_status, const WorkerPage& page);

}  // namespace reprise
