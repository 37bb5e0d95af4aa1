// Perfetto: a timeline in Chrome's trace format, as ui.perfetto.dev and chrome://tracing open it.
// Entries and waits are complete events (`X`) on the thread of their task, I/Os are asynchronous
// events (`b`, `e`) with an id, flows (`s`, `f`) lead from the submit to the re-entry, and stores
// and decisions are instants (`i`).
//
// Timestamps count moments, one microsecond each: virtual time often stands still while much
// happens. The virtual time is an argument of each event.
#pragma once

#include <reprise/replay/report/timeline/timeline.h>

#include <string>

namespace reprise {

/// One JSON object with `traceEvents`, ordered by timestamp.
std::string to_perfetto(const Timeline& timeline);

}  // namespace reprise
