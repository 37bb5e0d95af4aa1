#include <reprise/sim/sim.h>

#include <reprise/core/assert.h>
#include <reprise/sim/check_names.h>
#include <reprise/sim/stack_layout.h>
#include <reprise/sim/store_watch/foreign_heap.h>
#include <reprise/sim/world/foreign_stack.h>
#include <reprise/sim/world/world.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace reprise {

using internal::ForeignHeap;
using internal::Resume;

Sim::Sim(World& world) : world_(world) {}

World& internal::world_of(Sim& sim) { return sim.world_; }

RunView& Sim::run_view() const { return world_.view(); }

IO& Sim::io() { return world_.node().disk; }
File& Sim::open(std::string_view path) { return world_.node().disk.open_for_run(path); }
void Sim::connection_capacity(std::size_t bytes) {
  REPRISE_ASSERT(bytes != 0, "a connection without room takes nothing");
  world_.node().sockets.set_capacity(bytes);
}

void Sim::write_file(std::string_view path, std::span<const std::byte> bytes) {
  world_.node().disk.write_file(path, bytes);
}
std::string Sim::read_file(std::string_view path) const {
  return world_.node().disk.disk().text_of(path);
}
Instant Sim::now() const { return world_.host().tell_time(); }

void Sim::task(std::string_view name, std::function<void()> body) {
  task_on(world_.node(), name, std::move(body));
}

void Sim::task_on(internal::Node& node, std::string_view name, std::function<void()> body) {
  Task& task = world_.spawn(node, name);
  task.body = std::move(body);
  task.uses_rest = true;
}

void Sim::task(std::string_view name, std::uint32_t index, std::function<void()> body) {
  task(std::string(name) + '[' + std::to_string(index) + ']', std::move(body));
}

void Sim::daemon() { world_.view().current_task().is_daemon = true; }

internal::Node& Sim::first_node() const { return world_.node(); }

void Sim::drive_steps(internal::Node& node, std::string_view name, std::function<Step()> step,
                      AwaitOptions options, CodeLocation place) {
  Task& task = world_.spawn(node, name);
  task.step = std::move(step);
  OperationDriver::keep(options, task);
  task.awaited_at = place;
}

void Sim::begin_operation(const AwaitOptions& options, CodeLocation place) {
  Task& task = world_.view().current_task();
  REPRISE_ASSERT(task.foreign == nullptr,
                 "foreign code awaits no machine: it waits by sim.block()");
  REPRISE_ASSERT(!task.step, "a driven machine awaits with RETURN_IF_IO, not with sim.await");
  // After a finding the task stays here; its fiber is unwound at the run's end.
  while (world_.view().stopped()) task.fiber->suspend();
  world_.driver().begin_operation(task, options, place);
}

void Sim::begin_entry() {
  Task& task = world_.view().current_task();
  if (world_.run().is_attended) {
    world_.driver().begin_entry<true>(task);
  } else {
    world_.driver().begin_entry<false>(task);
  }
  fill_stack(world_.view().options().stacks);
}

void Sim::end_operation(Answer answer, IOError error, std::uint64_t value_digest,
                        std::string value) {
  const Step step{answer, {}, error, value_digest, std::move(value)};
  world_.driver().end_operation(world_.view().current_task(), step);
}

bool Sim::logging() const { return world_.run().is_logged; }

void Sim::operation_threw() { world_.driver().operation_threw(world_.view().current_task()); }

Resume Sim::park(const Completion& waits_for) {
  return world_.driver().park(world_.view().current_task(), waits_for);
}

IOError Sim::operation_error() const { return world_.view().current_task().error; }

void Sim::run_foreign(void (*body)(void*), void* context, CodeLocation place) {
  Task& task = world_.view().current_task();
  REPRISE_ASSERT(task.foreign == nullptr && !task.in_operation,
                 "sim.foreign() is called by a task's body, outside of operations");
  ForeignStack stack(world_.turns(), task);
  Completion waits_for = stack.start(body, context);
  while (waits_for) {
    const IOError error = wait(waits_for, place);
    waits_for = error == IOError::none ? stack.resume(waits_for.result()) : stack.resume(error);
  }
}

Result<std::uint64_t> Sim::block(Completion&& completion) {
  Task& task = world_.view().current_task();
  REPRISE_ASSERT(task.foreign != nullptr, "only code that sim.foreign() runs may block");
  ForeignHeap::require_outside();
  return task.foreign->block(std::move(completion));
}

IOError Sim::wait(const Completion& completion, CodeLocation place) {
  bool waited = false;
  Task& task = world_.view().current_task();
  task.plain_wait = true;
  const auto entry = [&]() -> IOResult<Unit> {
    if (!completion.finished() || (completion.is_explicit_yield() && !waited)) {
      waited = true;
      return completion;
    }
    if (!completion.succeeded()) return completion.get_error();
    return Unit{};
  };
  const Outcome<Unit> outcome = await(entry, {}, place);
  task.plain_wait = false;
  return outcome.error();
}

void Sim::sleep(Duration delay, CodeLocation place) {
  internal::Node& here = world_.node_here();
  const Instant end = here.clock.now() + delay;
  // What the world cancels is the code under test's, not the scenario's own sleep.
  while (wait(here.disk.timer(delay), place) == IOError::cancelled && here.clock.now() < end) {
    delay = end - here.clock.now();
  }
}
void Sim::yield(CodeLocation place) { static_cast<void>(wait(Completion::yield(), place)); }

std::uint32_t Sim::choose(std::string_view name, std::uint32_t bound) {
  REPRISE_ASSERT(bound > 0, "there is nothing to choose from");
  if (bound == 1) return 0;
  ForeignHeap::require_outside();
  const NameId id = world_.host().names().child(world_.view().context_name(), name);
  return world_.host().decide({id, world_.host().names().next_ordinal(id), DecisionKind::workload},
                              bound);
}

std::int64_t Sim::choose_between(std::string_view name, std::int64_t low, std::int64_t high) {
  REPRISE_ASSERT(low <= high && high - low < UINT32_MAX, "the range is not empty, nor too large");
  return low + choose(name, static_cast<std::uint32_t>(high - low) + 1);
}

void Sim::keep_property(Property property) {
  world_.view().declared().properties.push_back(std::move(property));
  world_.claims_have_changed();
}
void Sim::sometimes(std::string_view name, std::function<bool()> happens) {
  world_.view().declared().properties.push_back(
      {Property::Kind::sometimes, std::string(name), std::move(happens)});
  world_.claims_have_changed();
}
void Sim::reached(std::string_view name) { world_.reached(name); }

bool Sim::expect(bool holds, std::string_view what, CodeLocation place) {
  if (!holds) failed_expectation(what, place);
  return holds;
}

void Sim::failed_expectation(std::string_view what, CodeLocation place) {
  ForeignHeap::require_outside();
  world_.view().report_expectation(what, place);
}

bool Sim::same_arguments_again(std::string_view call, bool is_again,
                               std::initializer_list<RepeatedArgument> arguments,
                               CodeLocation place) {
  ForeignHeap::require_outside();
  static_cast<void>(world_.view().current_task());  // or it is said that there is none
  const std::span<const RepeatedArgument> all(arguments.begin(), arguments.size());
  world_.observer().called({call, all, place, is_again});
  return is_again;
}

std::string Sim::differs(const std::string& is, const std::string& should_be) {
  return is + " to be " + should_be;
}

void Sim::observe(std::string_view name, std::function<std::uint64_t()> digest) {
  keep_observed(name, [digest = std::move(digest)](Archive& archive) { archive("", digest()); });
}
void Sim::keep_observed(std::string_view name, Describe describe) {
  world_.view().declared().observed.push_back({std::string(name), std::move(describe)});
}

void Sim::know_object(std::string_view name, const void* object, const void* function) {
  world_.view().know_object({std::string(name), object, function});
}
void Sim::keep_idle(IdleObject object) {
  if (const Task* const task = world_.view().current()) object.task = task->id;
  world_.view().declared().idle.push_back(std::move(object));
  world_.claims_have_changed();
}
void Sim::keep_state(std::unique_ptr<KeptState> state) {
  state->know_nodes([this] { return world_.node_here().id; });
  world_.view().declared().durability.keep(std::move(state));
  world_.claims_have_changed();
}
void Sim::agree(std::string_view one, std::function<bool()> is_one, std::string_view other,
                std::function<bool()> is_other) {
  world_.view().declared().agreements.push_back(
      {{std::string(one), std::move(is_one)}, {std::string(other), std::move(is_other)}});
  world_.claims_have_changed();
}
void Sim::held(std::string_view name, std::function<std::uint64_t()> count) {
  world_.view().declared().held.push_back({std::string(name), std::move(count)});
  world_.claims_have_changed();
}
void Sim::keep_owned(std::string_view name, std::string_view task, Describe describe) {
  world_.view().declared().owned.push_back(
      {std::string(name), std::string(task), std::move(describe)});
  world_.claims_have_changed();
}
void Sim::next_operation_works() {
  world_.view().declared().next_operation_works = true;
  world_.claims_have_changed();
}
void Sim::let_change(const void* object, std::size_t size) { world_.memory().ignore(object, size); }

void Sim::survives(const Faults& faults) { world_.survives(faults); }
void Sim::no_memory_in(std::string_view library) { world_.memory().add_failing_library(library); }
void Sim::reset_globals(void (*reset)()) { world_.reset_globals(reset); }
void Sim::quiet() { world_.quiet(); }
void Sim::recovers(std::function<void()> recovery, const DiskRules& disk) {
  world_.recovers(world_.node(), std::move(recovery), disk);
}
std::int64_t Sim::option(std::string_view name, std::int64_t otherwise) {
  return world_.option(name, otherwise);
}
void Sim::reads_may_race_writes() { world_.view().declared().reads_may_race_writes = true; }
void Sim::results_depend_on_timing() {
  world_.run().compares_results = false;
  world_.host().submissions().depend_on_timing();
}
void Sim::entries_per_operation_max(std::uint32_t entries) {
  world_.run().entries_per_operation_max = entries;
}
void Sim::events_max(std::uint64_t events) { world_.run().events_max = events; }
void Sim::run() { world_.run_events(); }

}  // namespace reprise
