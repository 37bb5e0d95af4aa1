// How a worker died: the dying process itself records the signal and whether it was a stack
// overflow; the supervisor reads its exit status.
#pragma once

#include <reprise/replay/worker/worker.h>

namespace reprise {

/// In the worker: notes why it is about to die; the last note counts. Safe in a signal handler.
void leave_note(WorkerPage& page, Death death, const char* words, int signal = 0);

/// In the worker: from now on a bad access, an abort, or a sanitizer's error leaves a note and its
/// stack in `page` before it ends the process. Handlers that were installed before are still
/// called.
void note_death_in(WorkerPage& page);

/// In the supervisor: lets the live worker `pid` write its stack to its page. Waits for that, but
/// no longer than a fraction of a second.
void ask_for_stack(int pid, const WorkerPage& page);

/// In the supervisor: how a worker ended, from a status of waitpid().
WorkerEnd end_from(int wait_status, const WorkerPage& page);

}  // namespace reprise
