// The factories of the checks that look at a single run. To add a check, add its file to this
// folder, its factory here, and its line to list.cpp.
#pragma once

#include <reprise/sim/check/check.h>

#include <memory>

namespace reprise {

std::unique_ptr<Check> make_double_mutation(World& world);
std::unique_ptr<Check> make_spurious_reentry(World& world);
std::unique_ptr<Check> make_bookkeeping(World& world);
std::unique_ptr<Check> make_double_submit(World& world);
std::unique_ptr<Check> make_early_result(World& world);
std::unique_ptr<Check> make_unseen_error(World& world);
std::unique_ptr<Check> make_left_in_flight(World& world);
std::unique_ptr<Check> make_short_count(World& world);
std::unique_ptr<Check> make_overlap(World& world);
std::unique_ptr<Check> make_lost_callee(World& world);
std::unique_ptr<Check> make_buffer_ownership(World& world);
std::unique_ptr<Check> make_heap_lifetime(World& world);
std::unique_ptr<Check> make_lost_allocation(World& world);
std::unique_ptr<Check> make_clean_up(World& world);
std::unique_ptr<Check> make_next_operation(World& world);
std::unique_ptr<Check> make_idle_state(World& world);
std::unique_ptr<Check> make_leak(World& world);
std::unique_ptr<Check> make_prefix_read(World& world);
std::unique_ptr<Check> make_completion_protocol(World& world);
std::unique_ptr<Check> make_linearizability(World& world);
std::unique_ptr<Check> make_progress(World& world);
std::unique_ptr<Check> make_busy_task(World& world);
std::unique_ptr<Check> make_held_mutex(World& world);
std::unique_ptr<Check> make_invariant(World& world);

}  // namespace reprise
