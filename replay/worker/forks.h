// Processes that code under test forks within a worker. A child may end or become another program,
// which is fine; a child that comes back to the harness would go on as a second worker.
#pragma once

#include <reprise/replay/worker/worker.h>

namespace reprise {

/// A worker ends with an error if it calls fork() more often than this between two looks.
inline constexpr std::uint32_t forks_max = 200;

/// In the worker: from now on calls of fork() are noticed. Children die with their worker.
void notice_forks(WorkerPage& page);

/// fork(), for the worker itself: it is no fork of the code under test. The child dies with the
/// worker.
int fork_copy();

/// A flag that fork() sets: in the child for good, in the worker until settle_forks().
const volatile bool* fork_flag();
/// Whether this process is a child of the worker that called notice_forks().
bool is_forked_child();

/// In a child that has come back: notifies the worker, and ends the process.
[[noreturn]] void end_forked_child();

/// In the worker: waits, though not for long, until each child has come back, ended, or become
/// another program. False if one came back.
bool settle_forks();

}  // namespace reprise
