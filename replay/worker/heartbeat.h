// The heartbeat of runs within a worker.
#pragma once

#include <reprise/replay/worker/worker.h>
#include <reprise/sim/runner.h>

namespace reprise {

/// Makes runs with these options show that the worker of `port` is alive; `port` must outlive them.
inline void beat_at(WorkerPort& port, RunOptions& run) {
  run.heartbeat = [](void* context) { static_cast<WorkerPort*>(context)->beat(); };
  run.heartbeat_context = &port;
  run.heartbeat_always = port.has_forked();
}

}  // namespace reprise
