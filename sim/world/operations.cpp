// How the world drives operations: entries, waits, and what may happen to one meanwhile.
#include <reprise/core/assert.h>
#include <reprise/core/digest.h>
#include <reprise/core/internal/peek.h>
#include <reprise/sim/device/buffer_guard.h>
#include <reprise/sim/world/world.h>

#include <algorithm>
#include <span>
#include <string>
#include <utility>

namespace reprise {

using internal::Resume;

void World::begin_operation(Task& task, const AwaitOptions& options, CodeLocation place) {
  REPRISE_ASSERT(!task.in_operation,
                 "a task awaits one operation at a time; an operation must neither await another "
                 "nor be left by longjmp");
  task.in_operation = true;
  ++task.operations;
  task.awaited_at = place;
  if (&task.options != &options) {
    if (options.abandon || options.abort) {
      task.options = options;
    } else if (task.options.abandon || task.options.abort) {
      task.options = {};
    }
  }
  task.error = IOError::none;
  task.aborted = false;
  task.spurious = false;
  task.asked_spurious = false;
  task.operation.begin(task.name);
  tell(Hook::operation_begins, [&](Check& check) { check.operation_begins(task.id); });
  ++operations_under_way_;
}

namespace {

std::string entry_in_words(const Task& task) {
  const std::string entry = " (entry " + std::to_string(task.operation.entries()) + ')';
  if (task.operation.entries() == 1) return "begins an operation" + entry;
  const AwaitSite* const site = task.operation.outermost_site();
  const std::string enters =
      site == nullptr ? "goes on" : "enters `" + std::string(site->function) + "` again";
  return enters + (task.spurious ? ", although nothing has finished" : "") + entry;
}

}  // namespace

void World::begin_entry(Task& task) {
  ++stats_.entries;
  answers_in_entry_ = ios_in_entry_ = 0;
  time_is_asked_ = false;
  task.operation.begin_entry();
  if (logging()) {
    note(entry_in_words(task));
  }
  tell(Hook::entry_begins, [&](Check& check) { check.entry_begins(task.id); });
}

void World::end_operation(Task& task, internal::Step step) {
  const Answer answer = step.answer;
  const IOError error = step.error;
  task.error = error;
  task.operation.end_entry(answer);
  keep_footprint(task);
  tell(Hook::entry_ends, [&](Check& check) { check.entry_ends(task.id, answer, {}); });
  tell(Hook::operation_ends, [&](Check& check) { check.operation_ends(task.id); });
  task.operation.end();
  task.in_operation = false;
  if (device_.has_io_in_flight()) submissions_.depend_on_timing();
  task.results = mix(task.results, mix(step.value_digest, static_cast<std::uint64_t>(error)));
  fold(task.results);
  if (logging()) {
    keep_outcome(task, step);
    note(answer == Answer::done ? std::string("its operation ends: Done")
                                : "its operation ends: Err " + to_string(error));
  }
  const OperationEnd ending{
      answer == Answer::done ? OperationEnd::Kind::done : OperationEnd::Kind::error, error};
  operation_is_over(operation_ref_of(task), ending);
}

void World::keep_submission(const SubmittedIO& io, std::span<const Buffer> buffers) {
  if (logging() && memory_.running()) submit_places_.keep(io.identity, debug_info_);
  if (stats_.faults != 0 || (!serial_ && task_count_ != 1) || !options_->observed) return;
  if (io.kind == IOKind::timer) submissions_.depend_on_timing();
  if (!submissions_.comparable() || io.operation == 0) return;
  submissions_.add({io.identity.name, io.kind, io.operation, io.offset, io.size,
                    io.kind == IOKind::write ? digest_of_bytes(buffers) : 0,
                    current_->operation.open_site()});
}

void World::operation_is_over(const OperationRef& operation, const OperationEnd& ending) {
  --operations_under_way_;
  tell(Hook::operation_over, [&](Check& check) { check.operation_over(operation, ending); });
}

/// The operation ends without an answer.
void World::drop_operation(Task& task) {
  task.operation.end();
  task.in_operation = false;
  tell(Hook::operation_ends, [&](Check& check) { check.operation_ends(task.id); });
}

void World::operation_threw(Task& task) {
  if (!task.in_operation) return;
  drop_operation(task);
  operation_is_over(operation_ref_of(task), {OperationEnd::Kind::threw, IOError::none});
}

/// Drops the operation, and lets `clean_up` run behind it, which may await, and so begin others.
template <class CleanUp>
void World::drop_and_clean_up(Task& task, const OperationEnd& ending, CleanUp clean_up) {
  const OperationRef dropped = operation_ref_of(task);
  drop_operation(task);
  tell(Hook::clean_up_begins, [&](Check& check) { check.clean_up_begins(dropped, ending); });
  const AwaitOptions options = task.options;  // of this operation, whichever others begin
  clean_up(options);
  operation_is_over(dropped, ending);
}

void World::abandon(Task& task) {
  task.waits_for = {};
  drop_and_clean_up(task, {OperationEnd::Kind::abandoned, IOError::none},
                    [](const AwaitOptions& options) { options.abandon(); });
}

void World::abort(Task& task, IOError error) {
  task.results = mix(task.results, static_cast<std::uint64_t>(error));
  if (logging()) {
    note("what it waited for has failed (" + to_string(error) +
         "): its operation is aborted, and not entered again");
  }
  task.error = error;
  drop_and_clean_up(task, {OperationEnd::Kind::aborted, error}, [&](const AwaitOptions& options) {
    if (options.abort) options.abort(error);
  });
  task.error = error;
  task.aborted = true;
}

std::string World::yield_in_words(const Task& task) const {
  const AwaitSite* const site = task.operation.yield_site();
  std::string words = "yields";
  if (site != nullptr) words += " at `" + std::string(site->expression) + '`';
  if (task.waits_for.is_explicit_yield()) return words + ", only to let others run";
  const Identity io = device_.identity_of(task.waits_for);
  const std::string what = io.name != 0                ? io_in_words(io, task.name)
                           : task.waits_for.is_group() ? "a group of completions"
                                                       : "a completion";
  return words + (internal::Peek(task.waits_for).finished()
                      ? ", though " + what + " has finished already"
                      : ", and waits for " + what);
}

OperationOutcome& World::outcome_of(const Task& task) {
  const std::string_view name = names_.text(task.name);
  const auto known =
      std::find_if(operations_.rbegin(), operations_.rend(), [&](const OperationOutcome& outcome) {
        return outcome.number == task.operations && outcome.task == name;
      });
  if (known != operations_.rend()) return *known;
  operations_.push_back({std::string(name), task.operations, {}, 0, {}});
  return operations_.back();
}

void World::keep_yield(const Task& task) {
  if (!serial_ && task_count_ != 1) return;
  // The machine's own await, not that of a helper below it that many share.
  const AwaitSite* const outermost = task.operation.outermost_site();
  const AwaitSite* const site = outermost != nullptr ? outermost : task.operation.yield_site();
  ShownLocation place{task.awaited_at.file, task.awaited_at.line, {}};
  if (site != nullptr) place = {site->file, site->line, {}, 0, site->function};
  if (place.line == 0) return;
  std::vector<ShownLocation>& yields = outcome_of(task).yields;
  const bool is_known = std::ranges::any_of(yields, [&](const ShownLocation& other) {
    return other.line == place.line && other.file == place.file;
  });
  if (!is_known) yields.push_back(std::move(place));
}

void World::keep_outcome(const Task& task, const internal::Step& answer) {
  if (!serial_ && task_count_ != 1) return;
  OperationOutcome& outcome = outcome_of(task);
  outcome.digest = mix(answer.value_digest, static_cast<std::uint64_t>(answer.error));
  outcome.answer = answer.answer == Answer::done ? "Done" : "Err " + to_string(answer.error);
  if (!answer.value.empty()) outcome.answer += ' ' + answer.value;
}

Resume World::park(Task& task, const Completion& waits_for) {
  const Resume resume = begin_wait(task, waits_for);
  if (resume != Resume::enter) return resume;
  task.fiber->suspend();
  return after_wait(task);
}

void World::keep_footprint(const Task& task) {
  if (!options_->footprints || !memory_.running()) return;
  const auto ranges = [](std::span<const MemoryAccess> accesses) {
    std::vector<MemoryRange> all;
    for (const MemoryAccess& access : accesses) {
      all.push_back({access.address, access.address + access.size});
    }
    return joined(std::move(all));
  };
  Footprint footprint;
  footprint.event = stats_.events;
  footprint.task = task.id;
  footprint.stored = ranges(memory_.stores());
  footprint.loaded = ranges(memory_.loads());
  footprints_.push_back(std::move(footprint));
}

/// The entry has ended in a yield: what happens to the operation meanwhile. `enter`: it waits.
Resume World::begin_wait(Task& task, const Completion& waits_for) {
  task.operation.end_entry(Answer::io);
  keep_footprint(task);
  task.waits_for = waits_for;
  if (CompletionGroup::is_any(waits_for)) submissions_.depend_on_timing();
  tell(Hook::entry_ends, [&](Check& check) { check.entry_ends(task.id, Answer::io, waits_for); });
  if (logging()) {
    note(yield_in_words(task));
    keep_yield(task);
  }
  task.state = Task::State::parked;
  const Identity point = point_of(task, waits_for);
  if (!stopped() && drop_or_cancel(task, waits_for, point)) {
    task.state = Task::State::running;
    return Resume::abandoned;
  }
  wait_for_turn(task, waits_for, point);
  return Resume::enter;
}

/// What this wait's decisions are about, and its turn if nothing in flight sets it going. Unique in
/// a run; and the same whichever decisions are asked for, so that a plan meets the run it came
/// from.
Identity World::point_of(Task& task, const Completion& waits_for) {
  const Identity io = device_.identity_of(waits_for);
  if (io.name != 0) return point_of_io(task, waits_for, io);
  const Identity point = task.operation.yield_point();
  if (point.name != 0) return point;
  const NameId name = names_.child(task.name, "wait");
  return {name, names_.next_ordinal(name), EventKind::turn};
}

Identity World::point_of_io(Task& task, const Completion& waits_for, const Identity& io) {
  constexpr DecisionKinds asked =
      kinds(DecisionKind::abandon, DecisionKind::cancel, DecisionKind::spurious);
  if ((active_ & asked) == 0) return io;
  const bool of_this_task = names_.parent(io.name) == task.name;
  const NameId name = of_this_task ? io.name : names_.after(task.name, io.name);
  if (device_.waits_first(waits_for, task.id)) return {name, io.ordinal, EventKind::turn};
  const NameId again = names_.child(name, "again");
  return {again, names_.next_ordinal(again), EventKind::turn};
}

/// True if the operation was abandoned.
bool World::drop_or_cancel(Task& task, const Completion& waits_for, const Identity& point) {
  const bool may_abandon = may(DecisionKind::abandon) && task.options.abandon;
  const bool may_cancel = may(DecisionKind::cancel) && !internal::Peek(waits_for).finished();
  if (may_abandon && decide({point.name, point.ordinal, DecisionKind::abandon}, 2) != 0) {
    abandon(task);
    return true;
  }
  if (may_cancel) {
    const std::uint32_t arity = faults_.retries ? 5 : faults_.short_io ? 4 : 3;
    const std::uint32_t value = decide({point.name, point.ordinal, DecisionKind::cancel}, arity);
    if (value != 0) device_.cancel_with(waits_for, value - 1);
  }
  return false;
}

void World::wait_for_turn(Task& task, const Completion& waits_for, const Identity& point) {
  // Finished already, or an explicit yield: the scheduler decides all the same.
  if (waits_for.is_explicit_yield() || !waits_for.add_waiter(task)) {
    enable_turn(task, point, Rank::yielded);
    return;
  }
  if (may(DecisionKind::spurious) && !task.asked_spurious) {
    task.asked_spurious = true;
    if (decide({point.name, point.ordinal, DecisionKind::spurious}, 2) != 0) {
      const NameId name = names_.child(point.name, "spurious");
      enable_turn(task, {name, point.ordinal, EventKind::turn},
                  Rank::wake);  // before the I/O is there
    }
  }
}

/// The task has its turn again.
Resume World::after_wait(Task& task) {
  const Completion waited = std::exchange(task.waits_for, {});
  const internal::Peek outcome(waited);
  task.state = Task::State::running;
  task.spurious = !outcome.finished();
  task.stop_waiting();
  if (!task.spurious) task.asked_spurious = false;
  // A machine whose driver always looks need not ask again.
  if (driver_sees_errors_ && outcome.finished()) outcome.ask_outcome();
  if (driver_sees_errors_ && outcome.finished() && !outcome.succeeded()) {
    abort(task, outcome.error());
    return Resume::aborted;
  }
  return Resume::enter;
}

void World::enter_once_more(Task& task, Check& check) {
  after_the_end_->begin(names_);
  Strategy* const strategy = std::exchange(strategy_, after_the_end_.get());
  auto listeners = std::exchange(listeners_, {});
  listen(check, check.listens_to() & hooks(Hook::entry, Hook::submit));
  const DecisionKinds active = std::exchange(active_, 0);
  const std::uint64_t digest = digest_;
  const RunStats stats = stats_;
  {
    const MemoryWatch::Awake awake(memory_);
    take_turn(task);
  }
  stats_ = stats;
  digest_ = digest;
  active_ = active;
  listeners_ = std::move(listeners);
  strategy_ = strategy;
}

namespace {
/// Thrown through an entry that is left for good, where no fiber can be left behind.
struct EntryLeft {};
}  // namespace

void World::leave_for_good() {
  if (current_ == nullptr || !current_->operation.in_entry()) return;
  leaves_entry_ = false;
  if (current_->fiber == nullptr) throw EntryLeft();  // tidy-ok: nothing else gets out of it
  current_->fiber->suspend();
}

}  // namespace reprise
