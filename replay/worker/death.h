// The last words of a worker: which signal, and whether it was a stack overflow, told from within
// the dying process; and how it ended, read from its exit status.
#pragma once

#include <reprise/replay/worker/worker.h>

namespace reprise {

/// In the worker: says what it is about to die of; the last note counts. Safe in a signal handler.
void leave_note(WorkerPage& page, Death death, const char* words, int signal = 0);

/// In the worker: from now on a bad access, an abort, or a sanitizer's complaint leaves a note and
/// its stack in `page` before it ends the process. Handlers that were there before still have their
/// turn.
void note_death_in(WorkerPage& page);

/// In the supervisor: a worker of that process that is still there leaves its stack in its page.
/// Waits until it has, but no longer than a fraction of a second.
void ask_for_stack(int pid, const WorkerPage& page);

/// In the supervisor: from a status of waitpid().
WorkerEnd end_from(int wait_status, const WorkerPage& page);

}  // namespace reprise
