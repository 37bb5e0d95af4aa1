// How control is taken from an entry that would not end by itself.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/sim/operation/run_state.h>

namespace reprise {

/// See leave_entry_if_told().
void leave_entry(RunState& run);

/// Leaves the entry under way if a check has said so. Its frames are unwound: at the run's end if
/// it is on a fiber, else by an exception.
inline void leave_entry_if_told(RunState& run) {
  if (run.leaves_entry) [[unlikely]]
    leave_entry(run);
}

}  // namespace reprise
