// Standstill: what is found where a run, or a part of it, gets nowhere: the tasks concerned, with
// what each of them waits for.
#pragma once

#include <reprise/core/completion.h>
#include <reprise/core/internal/open.h>
#include <reprise/sim/evidence/run_view.h>
#include <reprise/sim/finding.h>

#include <string>
#include <string_view>
#include <vector>

namespace reprise {

/// What is said of one kind of standstill.
struct Standstill {
  const char* what;  // for signatures: "deadlock"
  std::string message;
  const char* expected;
  const char* help;
};

/// A finding of `check` about these tasks.
Finding finding_of(const RunView& run, std::string_view check, const Standstill& standstill,
                   const std::vector<TaskId>& tasks);
/// The same about one whose operation is under way, and has just answered `waits_for`.
Finding finding_of(const RunView& run, std::string_view check, const Standstill& standstill,
                   TaskId task, const Completion& waits_for);
/// The same about all that wait and are not done.
Finding finding_of_all(const RunView& run, std::string_view check, const Standstill& standstill);

}  // namespace reprise
