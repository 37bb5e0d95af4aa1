// with_deadline(): waits for a completion, but no longer than a given time.
//
//   if (!pending) pending = with_deadline(io, file.pread(0, page), std::chrono::seconds(5));
//   if (!pending.finished()) IO_YIELD_ONE(pending);
//   if (CompletionGroup::timed_out(pending)) return give_up();
//   if (!pending.succeeded()) return pending.get_error();
//
// If the deadline comes first, the guarded completion is cancelled, and the error is
// IOError::timed_out. A cancelled I/O owns its buffer until its device has finished it: to use the
// buffer again, wait for CompletionGroup::drain(pending). If the I/O comes first, the timer is
// cancelled. A timer that fails ends the wait with its own error, since the caller must not wait
// without a limit.
#pragma once

#include <reprise/core/completion_group.h>
#include <reprise/core/io.h>

#include <utility>

namespace reprise {

/// `completion` may be an I/O, a group, or a place in a WakeList. If it has finished already, it is
/// returned as it is, and no timer is started.
inline Completion with_deadline(IO& io, const Completion& completion, Duration limit,
                                CompletionCallback callback = {}) {
  if (completion.finished()) {
    if (callback) callback(completion);
    return completion;
  }
  return CompletionGroup::until(completion, io.timer(limit), std::move(callback));
}

}  // namespace reprise
