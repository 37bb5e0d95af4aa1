// The front door of replay: many runs of scenarios, what they find, and the command line.
#pragma once

#include <reprise/replay/campaign.h>      // IWYU pragma: export
#include <reprise/replay/command_line.h>  // IWYU pragma: export
#include <reprise/replay/examination.h>   // IWYU pragma: export
#include <reprise/replay/fuzz.h>          // IWYU pragma: export
#include <reprise/replay/hunt.h>          // IWYU pragma: export
#include <reprise/replay/replaying.h>     // IWYU pragma: export
#include <reprise/replay/report.h>        // IWYU pragma: export
#include <reprise/replay/selftest.h>      // IWYU pragma: export
#include <reprise/replay/shrink.h>        // IWYU pragma: export
#include <reprise/replay/sweep.h>         // IWYU pragma: export
#include <reprise/replay/trace.h>         // IWYU pragma: export
#include <reprise/replay/trace_file.h>    // IWYU pragma: export
