// Schedule equivalence: an operation that runs alone must have the same outcome in the sync world,
// in the lazy world, and under yields at any subset of its await sites. It also must not repeat
// work there that it does once in the sync world. The check compares two runs of one workload.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/sim/evidence/submissions.h>
#include <reprise/sim/finding.h>
#include <reprise/sim/plan/names.h>
#include <reprise/sim/run.h>

#include <optional>
#include <string_view>

namespace reprise {

/// Compares the outcomes; nothing if they agree. `reference` is the sync world's run with the same
/// workload choices.
std::optional<Finding> compare_schedules(std::string_view scenario, const RunResult& run,
                                         const RunResult& reference);

/// Compares what the operations of two runs that agree otherwise have submitted. An error if an
/// operation has written the same bytes to the same place more often than in the reference; a note
/// if it has submitted more I/Os of one kind on one file.
std::optional<Finding> compare_submissions(std::string_view scenario, const Names& names,
                                           const Submissions& run, const Submissions& reference);

/// Adds to `finding` which operation and which values differ, and where that operation yielded.
/// Both runs must be logged.
void show_difference(Finding& finding, const RunResult& run, const RunResult& reference);

}  // namespace reprise
