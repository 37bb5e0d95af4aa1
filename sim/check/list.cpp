#include <reprise/sim/check/list.h>

#include <reprise/sim/runner.h>

namespace reprise {

std::vector<std::unique_ptr<Check>> make_checks(World& world) {
  std::vector<std::unique_ptr<Check>> checks;
  checks.push_back(make_double_mutation(world));
  checks.push_back(make_spurious_reentry(world));
  checks.push_back(make_double_submit(world));
  checks.push_back(make_lost_callee(world));
  checks.push_back(make_buffer_ownership(world));
  checks.push_back(make_heap_lifetime(world));
  checks.push_back(make_lost_allocation(world));
  checks.push_back(make_bookkeeping(world));
  checks.push_back(make_early_result(world));
  checks.push_back(make_unseen_error(world));
  checks.push_back(make_left_in_flight(world));
  checks.push_back(make_short_count(world));
  checks.push_back(make_overlap(world));
  checks.push_back(make_clean_up(world));
  checks.push_back(make_idle_state(world));
  checks.push_back(make_next_operation(world));
  checks.push_back(make_prefix_read(world));
  checks.push_back(make_completion_protocol(world));
  // Before those that look at the end: where tasks still wait, this is why it is not as it should
  // be.
  checks.push_back(make_progress(world));
  checks.push_back(make_leak(world));
  checks.push_back(make_invariant(world));
  checks.push_back(make_linearizability(world));
  checks.push_back(make_held_mutex(world));
  checks.push_back(make_busy_task(world));
  return checks;
}

const std::vector<std::string>& check_names() {
  // Those above, those that compare runs, and `crash`, which has no file: the runner and the
  // processes around it see it.
  // clang-format off
  static const std::vector<std::string> names = {
      "bookkeeping",
      "buffer-ownership",
      "clean-up",
      "completion-protocol",
      "crash",
      "determinism",
      "double-mutation",
      "double-submit",
      "held-mutex",
      "heap-lifetime",
      "idle-state",
      "invariant",
      "leak",
      "linearizability",
      "lost-callee",
      "next-operation",
      "overlap",
      "prefix-read",
      "premature-use",
      "progress",
      "schedule-equivalence",
      "short-count",
      "spurious-re-entry",
  };
  // clang-format on
  return names;
}

}  // namespace reprise
