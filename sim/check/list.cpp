#include <reprise/sim/check/list.h>

#include <reprise/sim/check_names.h>
#include <reprise/sim/runner.h>

#include <array>

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
  static constexpr std::array names = {
      check_name::bookkeeping,
      check_name::buffer_ownership,
      check_name::clean_up,
      check_name::completion_protocol,
      check_name::crash,
      check_name::determinism,
      check_name::double_mutation,
      check_name::double_submit,
      check_name::heap_lifetime,
      check_name::held_mutex,
      check_name::idle_state,
      check_name::invariant,
      check_name::leak,
      check_name::linearizability,
      check_name::lost_callee,
      check_name::next_operation,
      check_name::overlap,
      check_name::prefix_read,
      check_name::premature_use,
      check_name::progress,
      check_name::schedule_equivalence,
      check_name::short_count,
      check_name::spurious_re_entry,
  };
  // clang-format on
  static const std::vector<std::string> all(names.begin(), names.end());
  return all;
}

}  // namespace reprise
