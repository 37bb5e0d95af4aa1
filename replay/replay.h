// The front door of replay: many runs of scenarios, what they find, and the command line.
#pragma once

#include <reprise/replay/campaign/campaign.h>  // IWYU pragma: export
#include <reprise/replay/campaign/search.h>    // IWYU pragma: export
#include <reprise/replay/campaign/selftest.h>  // IWYU pragma: export
#include <reprise/replay/campaign/shrink.h>    // IWYU pragma: export
#include <reprise/replay/campaign/sweep.h>     // IWYU pragma: export
#include <reprise/replay/campaign/triage.h>    // IWYU pragma: export
#include <reprise/replay/fuzz.h>               // IWYU pragma: export
#include <reprise/replay/report/report.h>      // IWYU pragma: export
#include <reprise/replay/trace/file.h>         // IWYU pragma: export
#include <reprise/replay/trace/replay.h>       // IWYU pragma: export
#include <reprise/replay/trace/trace.h>        // IWYU pragma: export
