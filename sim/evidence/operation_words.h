// The words in which a finding speaks of an operation, and the place where it stands.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/sim/evidence/run_view.h>
#include <reprise/sim/finding.h>
#include <reprise/sim/operation/operation_ref.h>

#include <string>

namespace reprise {

/// "operation 2 of task `client`".
std::string operation_in_words(const RunView& run, const OperationRef& operation_ref);
/// "1 entry", "2 entries".
std::string entries_in_words(const OperationRef& operation_ref);
/// " at `load()`, in `bump`", with the calls around it. Empty if the operation has not yielded, or
/// not at a macro.
std::string site_in_words(const RunView& run, const OperationRef& operation_ref);
/// "in entry 2, which yielded at `load()`, in `bump`, and waits for read(db)#1". The task must be
/// waiting.
std::string yield_in_words(const RunView& run, const OperationRef& operation_ref);
/// Adds to `finding` the place where the operation yielded last, if any.
void show_place(Finding& finding, const OperationRef& operation_ref, const std::string& note);
/// Adds to `finding` the place where the scenario awaits or drives the operation, if it is the
/// task's last.
void show_await(const RunView& run, Finding& finding, const OperationRef& operation_ref);

}  // namespace reprise
