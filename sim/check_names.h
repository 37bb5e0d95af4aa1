// The names of the built-in checks, as findings, traces and options spell them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

// The checks that look at a single run, in their order of precedence: X(unit, name), where
// sim/check/ has the file of the unit. Two units of one name are one check to its users.
#define REPRISE_RUN_CHECKS(X)                                                               \
  X(double_mutation, "double-mutation")                                                     \
  X(spurious_reentry, "spurious-re-entry")                                                  \
  X(double_submit, "double-submit")                                                         \
  X(lost_callee, "lost-callee")                                                             \
  X(buffer_ownership, "buffer-ownership")                                                   \
  X(heap_lifetime, "heap-lifetime")                                                         \
  X(lost_allocation, "heap-lifetime")                                                       \
  X(bookkeeping, "bookkeeping")                                                             \
  X(early_result, "early-result")                                                           \
  X(unseen_error, "unseen-error")                                                           \
  X(left_in_flight, "unseen-error")                                                         \
  X(short_count, "short-count")                                                             \
  X(overlap, "overlap")                                                                     \
  X(clean_up, "clean-up")                                                                   \
  X(idle_state, "idle-state")                                                               \
  X(next_operation, "next-operation")                                                       \
  X(prefix_read, "prefix-read")                                                             \
  X(completion_protocol, "completion-protocol")                                             \
  /* Before those that look at the end: where tasks still wait, this is why it is not as it \
     should be. */                                                                          \
  X(lost_wake, "lost-wake")                                                                 \
  X(deadlock, "deadlock")                                                                   \
  X(starvation, "starvation")                                                               \
  X(livelock, "livelock")                                                                   \
  X(endless_run, "endless-run")                                                             \
  X(leak, "leak")                                                                           \
  X(invariant, "invariant")                                                                 \
  X(linearizability, "linearizability")                                                     \
  X(durability, "durability")                                                               \
  X(held_mutex, "held-mutex")                                                               \
  X(busy_task, "endless-run")

// Those that compare runs, and `crash`, which has no file: the runner and the processes around it
// see it.
#define REPRISE_OTHER_CHECKS(X) \
  X(crash, "crash")             \
  X(determinism, "determinism") \
  X(schedule_equivalence, "schedule-equivalence")

namespace reprise {

namespace check_name {
#define REPRISE_CHECK(unit, name) inline constexpr std::string_view unit = name;
REPRISE_RUN_CHECKS(REPRISE_CHECK)
REPRISE_OTHER_CHECKS(REPRISE_CHECK)
#undef REPRISE_CHECK
}  // namespace check_name

/// The names of all checks, sorted.
const std::vector<std::string>& check_names();

/// The names of the groups: of checks that were one once. A group stands for all of its checks
/// wherever the name of a check is asked for.
const std::vector<std::string>& check_group_names();
/// The checks that `name` stands for: the one, or those of the group. Empty if it is neither.
std::vector<std::string> checks_named(std::string_view name);
/// Whether `name` is that of `check`, or of a group that it is in.
bool stands_for(std::string_view name, std::string_view check);

}  // namespace reprise
