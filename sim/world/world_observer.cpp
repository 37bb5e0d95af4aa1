#include <reprise/sim/world/world_observer.h>

#include <reprise/sim/check_names.h>
#include <reprise/sim/operation/await_sites.h>
#include <reprise/sim/operation/operation_ref.h>
#include <reprise/sim/world/leave_entry.h>
#include <reprise/sim/world/world.h>

#include <optional>
#include <string>

namespace reprise::internal {

namespace {

/// Whether yields may be injected: not where the machine says that it has none, nor in an entry
/// that is itself injected, which must answer as the one before did, nor without end.
bool may_inject(const Task& task) {
  return !task.operation.no_io() && !task.spurious && task.operation.bears_injection();
}

/// The task whose machine runs now; null in a scenario's own code.
Task* entered_task(World& world) {
  Task* const task = world.run().current;
  return task != nullptr && task->operation.in_entry() ? task : nullptr;
}

}  // namespace

Operation::Work WorldObserver::work_now() { return {world_.run().work_done, observed_handles}; }

inline void WorldObserver::answered_io(const Task& task, const AwaitSite& site) {
  RunState& run = world_.run();
  if (++run.answers_in_entry > run.options->answers_per_entry_max) [[unlikely]]
    tell_of_too_many(task, site);
}

void WorldObserver::tell_of_too_many(const Task& task, const AwaitSite& site) {
  const RunState& run = world_.run();
  world_.checks().tell<&Check::too_many_answers>(task.id, site, run.answers_in_entry);
}

Observer::Enter WorldObserver::enter_await(const AwaitSite& site) {
  const MemoryWatch::Pause own_stores(world_.memory());
  Task* const task = entered_task(world_);
  if (task == nullptr) return Enter::call;
  if (ReachedSites* const sites = world_.view().options().sites) sites->add(site);
  Operation& operation = task->operation;
  const Operation::Arrival arrival = operation.arrive(site);
  const NameId name = arrival.returned
                          ? arrival.name
                          : world_.view().names().site(operation.innermost_name(), site);
  const bool is_first =
      world_.host().may(DecisionKind::yield) && operation.is_first_arrival(site, name);
  world_.checks().tell<&Check::site_entered>(task->id, arrival.depth, site, arrival.returned);
  if (arrival.hand_over) {
    world_.checks().tell<&Check::site_left>(task->id, arrival.depth, site, Answer::done);
    return Enter::hand_over;
  }
  if (world_.host().may(DecisionKind::yield_before) && may_inject(*task)) {
    // A name of its own: the ordinals of the yields after the call must not depend on whether
    // yields before it are asked for.
    const NameId before = world_.view().names().child(name, "before");
    const Identity point{before, world_.view().names().next_ordinal(before),
                         DecisionKind::yield_before};
    if (world_.host().decide(point, 2) != 0) {
      operation.yield_at(site, name, arrival.depth, point);
      world_.checks().tell<&Check::site_left>(task->id, arrival.depth, site, Answer::io);
      answered_io(*task, site);
      return Enter::yield;
    }
  }
  operation.open(site, name, work_now(), is_first);
  if (MemoryWatch& memory = world_.memory(); memory.running()) memory.enter_level();
  return Enter::call;
}

Observer::Leave WorldObserver::leave_await(const AwaitSite& site, Answer answer) {
  const MemoryWatch::Pause own_stores(world_.memory());
  Task* const task = entered_task(world_);
  if (task == nullptr) return Leave::pass;
  Operation& operation = task->operation;
  const NameId name = operation.innermost_name();
  const bool may_yield =
      answer == Answer::done && world_.host().may(DecisionKind::yield) && may_inject(*task);
  const Leave how = may_yield ? how_to_yield(*task, site) : Leave::pass;
  operation.close(answer);
  if (MemoryWatch& memory = world_.memory(); memory.running()) memory.leave_level();
  const std::size_t depth = operation.open_depth();
  Leave leave = Leave::pass;
  if (may_yield) {
    // Counted also where none is injected, so that the number does not depend on what was seen.
    const Identity point{name, world_.view().names().next_ordinal(name), DecisionKind::yield};
    if (how != Leave::pass && world_.host().decide(point, 2) != 0) {
      operation.yield_at(site, name, depth, point);
      leave = how;
      answer = Answer::io;
    }
  }
  world_.checks().tell<&Check::site_left>(task->id, depth, site, answer);
  if (answer == Answer::io) answered_io(*task, site);
  leave_entry_if_told(world_.run());
  return leave;
}

/// How a yield may be injected behind the call at the innermost open site, which has said Done.
/// `pass`: not at all. A yield stands for the slow path of a call that took its fast one, so the
/// call must have done nothing. docs/DECISIONS.md, "Checks".
Observer::Leave WorldObserver::how_to_yield(Task& task, const AwaitSite& site) {
  MemoryWatch& memory = world_.memory();
  if (!task.operation.has_done_nothing(work_now())) return Leave::pass;
  if (memory.running() && site.is_watched) {
    return memory.level_has_changed_memory() ? Leave::pass : Leave::again;
  }
  // In a loop the value would go to another round.
  return site.resumes_here || task.operation.is_first_here() ? Leave::park : Leave::pass;
}

void* WorldObserver::park(std::size_t size, std::size_t alignment, void (*destroy)(void*)) {
  const MemoryWatch::Pause own_stores(world_.memory());
  void* const room = world_.view().current_task().operation.park(size, alignment, destroy);
  // What is put there is the harness's, though the machine's code puts it there.
  world_.memory().allocated(room, size);
  return room;
}
void* WorldObserver::parked() { return world_.view().current_task().operation.parked(); }
void WorldObserver::unpark() { world_.view().current_task().operation.unpark(); }

void WorldObserver::bare_yield(const AwaitSite& site, const Completion&) {
  const MemoryWatch::Pause own_stores(world_.memory());
  Task* const task = entered_task(world_);
  if (task == nullptr) return;
  if (ReachedSites* const sites = world_.view().options().sites) sites->add(site);
  const NameId name = world_.view().names().site(task->operation.innermost_name(), site);
  task->operation.bare_yield_at(site,
                                {name, world_.view().names().next_ordinal(name), EventKind::turn});
  answered_io(*task, site);
  leave_entry_if_told(world_.run());
}

void WorldObserver::enter_no_io(const AwaitSite&) {
  if (Task* const task = entered_task(world_)) task->operation.enter_no_io();
}

void WorldObserver::leave_no_io(const AwaitSite& site, bool yielded) {
  const MemoryWatch::Pause own_stores(world_.memory());
  Task* const task = entered_task(world_);
  if (task != nullptr) task->operation.leave_no_io();
  if (!yielded || world_.view().stopped()) return;
  Finding finding;
  finding.check = check_name::invariant;
  finding.signature = world_.view().signature(
      check_name::invariant, std::string("yield in EXPECT_NO_IO(") + site.expression + ')');
  finding.message = std::string("`") + site.expression + "` in `" + site.function +
                    "` yielded, though it says EXPECT_NO_IO";
  finding.expected = "the call says Done or Err at once";
  finding.help = "await it with RETURN_IF_IO, or make sure that it has nothing to wait for here";
  finding.places.push_back({site.file, site.line, "must not yield"});
  world_.view().report(std::move(finding));
}

void WorldObserver::stored(const Store& store) {
  const MemoryWatch::Pause own_stores(world_.memory());
  Task* const task = entered_task(world_);
  if (task == nullptr) return;
  if (store.before != store.after) {
    if (world_.run().is_logged) log(store);
    ++world_.run().work_done;
    task->spins = 0;
  }
  const std::size_t depth = task->operation.open_depth();
  world_.checks().tell<&Check::stored>(task->id, depth, store);
}

void WorldObserver::log(const Store& store) {
  const std::string object = store.name[0] == '\0' ? "a tracked value" : store.name;
  world_.log().note("changes `" + object + "` (" + store.operation +
                    "): " + (store.shows_size ? "size " : "") + std::to_string(store.shown_before) +
                    " -> " + std::to_string(store.shown_after));
}

void WorldObserver::pause_stores() { world_.memory().pause(); }
void WorldObserver::resume_stores() { world_.memory().resume(); }

void WorldObserver::memory_freed(std::uintptr_t begin, std::size_t size) {
  world_.checks().tell<&Check::memory_freed>(begin, size);
}

void WorldObserver::owned_memory_used(const OwnedMemory& memory, const MemoryAccess& access,
                                      bool is_store) {
  world_.checks().tell<&Check::owned_memory_used>(memory, access, is_store);
}

void WorldObserver::owned_memory_freed(const OwnedMemory& memory) {
  world_.checks().tell<&Check::owned_memory_freed>(memory);
}

bool WorldObserver::mutex_used(MutexEvent event, const MemoryAccess& mutex) {
  return world_.checks().ask<&Check::mutex_used>(event, mutex);
}

void WorldObserver::freed_memory_used(const FreedMemory& memory, const MemoryAccess& access,
                                      bool is_store) {
  world_.checks().tell<&Check::freed_memory_used>(memory, access, is_store);
  world_.leave_run_if_stopped();
}

void WorldObserver::memory_freed_again(const FreedMemory& memory, const CodeAddress& code) {
  world_.checks().tell<&Check::memory_freed_again>(memory, code);
  world_.leave_run_if_stopped();
}

EntryNumber WorldObserver::entry_now() {
  const Task* const task = entered_task(world_);
  if (task == nullptr) return {};
  return {task->id, task->operations, task->operation.entries()};
}

bool WorldObserver::may_lack_memory() {
  return world_.host().may(DecisionKind::no_memory) && entered_task(world_) != nullptr;
}

bool WorldObserver::lacks_memory() {
  Names& names = world_.view().names();
  const NameId name = names.child(entered_task(world_)->operation.innermost_name(), "allocation");
  return world_.host().decide({name, names.next_ordinal(name), DecisionKind::no_memory}, 2) != 0;
}

void WorldObserver::forgotten(const void* object) {
  world_.checks().tell<&Check::forgotten>(object);
}

void WorldObserver::holds_now() { ++world_.run().work_done; }

void WorldObserver::called(const RepeatedCall& call) {
  const MemoryWatch::Pause own_stores(world_.memory());
  RunState& run = world_.run();
  if (run.current == nullptr) return;
  if (!call.is_again) ++run.work_done;
  const RunView& view = world_.view();
  const std::optional<std::string> difference = view.declared().repeated_calls.made(
      {run.current->id, run.current->operations, run.stats.events}, call);
  if (difference) view.report_expectation(*difference, call.place);
}

void WorldObserver::answer_ignored(const Completion& waits_for) {
  const MemoryWatch::Pause own_stores(world_.memory());
  if (world_.run().current == nullptr) return;
  world_.checks().tell<&Check::answer_ignored>(waits_for);
}

// Not where a property of the scenario asks: it is told 0, which may be all that it wants.
void WorldObserver::result_asked_early(const Completion& completion) {
  const MemoryWatch::Pause own_stores(world_.memory());
  if (world_.run().current == nullptr) return;
  world_.checks().tell<&Check::result_asked_early>(completion);
}

std::uint64_t WorldObserver::origin_now() {
  const Task* const task = world_.run().current;
  if (task == nullptr) return 0;
  return CompletionOrigin{task->id, task->operation.in_entry() ? task->operation.entries() : 0}
      .packed();
}

void WorldObserver::completion_event(CompletionEvent event, const Completion& completion,
                                     IOError error, std::uint64_t bytes) {
  RunState& run = world_.run();
  ++run.work_done;
  if (event == CompletionEvent::finished) {
    ++run.completions_finished;
    if (run.is_logged && run.current != nullptr) world_.note_woken(completion);
  }
  world_.checks().tell<&Check::completion_event>(event, completion, error, bytes);
}

}  // namespace reprise::internal
