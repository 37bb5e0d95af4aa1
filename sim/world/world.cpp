#include <reprise/sim/world/world.h>

#include <reprise/core/assert.h>
#include <reprise/core/digest.h>
#include <reprise/sim/store_watch/call_stack.h>
#include <reprise/sim/world/world_observer.h>

#include <bit>
#include <csignal>
#include <utility>

namespace reprise {

using internal::Resume;
using internal::Step;

World::World(Lasting& lasting)
    : names_(lasting.names),
      device_(*this),
      watch_(std::make_unique<WorldObserver>(*this)),
      after_the_end_(make_calm_strategy(Base::lazy)),
      memory_(*watch_),
      surfaces_(*this),
      debug_info_(lasting.debug_info) {
  checks_ = make_checks(*this);
  main_name_ = names_.child(0, "main");
}

World::~World() = default;

// A run.

void World::begin_run(const Scenario& scenario, Strategy& strategy, const RunOptions& options) {
  scenario_ = &scenario;
  strategy_ = &strategy;
  options_ = &options;
  names_.begin_run();
  strategy.begin(names_);
  base_ = strategy.base();
  faults_ = {};
  active_ = strategy.active() & (timing_kinds | kinds(DecisionKind::cancel_answer));
  if (!options.observed) active_ &= ~kinds(DecisionKind::yield);
  now_ = {};
  current_ = nullptr;
  happening_ = {};
  enabled_ = 0;
  serial_ = false;
  next_serial_ = 0;
  operations_under_way_ = 0;
  yields_in_a_row_ = 0;
  overlapped_ = timer_overtook_ = false;
  has_run_ = came_to_an_end_ = leaves_entry_ = false;
  compare_results_ = true;
  entries_per_operation_max_ = options.entries_per_operation_max;
  events_max_ = options.events_max;
  digest_ = 0x243f6a8885a308d3u;
  workload_digest_ = 0;
  workload_.clear();
  submissions_.begin_run();
  submit_places_.begin_run();
  outcome_.clear();
  operations_.clear();
  stats_ = {};
  finding_.reset();
  notes_.clear();
  log_.clear();
  footprints_.clear();
  declared_.clear();
  known_objects_.clear();
  options_asked_.clear();
  surfaces_.begin_run();
  select_checks();
  internal::last_thrown.is_kept = options.log_events;
  internal::last_thrown.object = nullptr;
  if (options.observed) set_observer(watch_.get());
  if (options.observed && MemoryWatch::has_watched_code()) {
    memory_.begin_run({.with_loads = wants(Hook::load) || options.footprints,
                       .keeps_freed = wants(Hook::freed_memory)});
    memory_.fill_stacks(options.stacks.fill);
  }
  // All: one that has nothing to look at yet may have when the scenario says what it survives.
  for (const std::unique_ptr<Check>& check : checks_) {
    if ((check->wants() & hooks(Hook::run)) != 0) check->run_begins();
  }
}

void World::select_checks() {
  claims_changed_ = false;
  for (std::vector<Check*>& listeners : listeners_) listeners.clear();
  if (!options_->observed) return;
  for (const std::unique_ptr<Check>& check : checks_) {
    if (!options_->checks.on(check->name())) continue;
    if (check->about() != 0 && (check->about() & active_) == 0) continue;
    if (check->needs_store_watch() && !MemoryWatch::has_watched_code()) continue;
    listen(*check, check->listens_to());
  }
}

void World::listen(Check& check, Hooks to) {
  for (; to != 0; to &= to - 1) {
    listeners_[static_cast<unsigned>(std::countr_zero(to))].push_back(&check);
  }
}

void World::end_run(RunResult& result) {
  release_tasks();
  keep_goals(result);
  declared_.clear();
  tell(Hook::run, [](Check& check) { check.run_ends(); });
  tell(Hook::run, [](Check& check) { check.all_let_go(); });
  take_result(result);
  device_.reset();
  task_count_ = 0;
}

void World::take_result(RunResult& result) {
  set_observer(nullptr);
  internal::last_thrown.is_kept = false;
  if (memory_.running()) memory_.end_run();
  result.comparable = !finding_ && !outcome_.empty();
  result.outcome = std::move(outcome_);
  outcome_.clear();
  result.operations = std::exchange(operations_, {});
  if (logging()) result.disk_contents = device_.disk().contents();
  result.workload_digest = workload_digest_;
  result.finding = std::move(finding_);
  finding_.reset();
  result.notes = std::move(notes_);
  notes_.clear();
  result.digest = digest_;
  result.stats = stats_;
  result.events = std::move(log_);
  result.footprints = std::move(footprints_);
  footprints_.clear();
  if (logging()) result.disk_digest = device_.disk().digest();
  log_.clear();
  result.options_asked = std::move(options_asked_);
}

void World::keep_goals(RunResult& result) const {
  for (const Property& property : declared_.properties) {
    if (property.kind != Property::Kind::sometimes) continue;
    bool& reached = result.goals[property.name];
    reached = reached || property.reached;
  }
}

void World::look_at_observed() {
  if (stats_.faults != 0 || overlapped_ || timer_overtook_) return;
  if (surfaces_.has_answered()) return;  // an operation that is entered again gets another answer
  if (!serial_ && task_count_ != 1) return;
  std::vector<Archive::Item> items;
  for (const Observed& observed : declared_.observed) {
    items.clear();
    Archive archive(items);
    observed.describe(archive);
    for (const Archive::Item& item : items) {
      const std::string member = item.name.empty() ? "" : '.' + item.name;
      outcome_.push_back({'`' + observed.name + member + '`', item.digest, item.value});
    }
  }
  if (!compare_results_) return;
  for (std::uint32_t i = 0; i < task_count_; ++i) {
    outcome_.push_back(
        {"the results of `" + std::string(names_.text(task(i).name)) + '`', task(i).results, {}});
  }
  outcome_.push_back({"the disk", device_.disk().digest(), {}});
}

void World::release_tasks() {
  memory_.disown_all();  // what is in flight never takes effect
  for (std::uint32_t i = 0; i < task_count_; ++i) {
    Task& task = *tasks_[i];
    task.stop_waiting();
    if (task.fiber != nullptr) {
      current_ = &task;
      task.fiber->unwind();
      idle_fibers_.push_back(std::exchange(task.fiber, nullptr));
    }
    current_ = nullptr;
    task.operation.end();
    task.body = nullptr;
    task.step = nullptr;
    task.options = {};
    task.waits_for = {};
    task.in_operation = false;
  }
}

// Tasks.

Task& World::spawn(std::string_view name) {
  REPRISE_ASSERT(!has_run_ || current_ != nullptr, "tasks are made before run(), or by a task");
  if (task_count_ == tasks_.size()) {
    tasks_.push_back(std::make_unique<Task>());
    tasks_.back()->world = this;
    tasks_.back()->id = task_count_;
  }
  Task& task = *tasks_[task_count_++];
  if (task.name == 0 || names_.text(task.name) != name) {
    task.name = names_.child(0, name);
    task.io_names.clear();
  }
  REPRISE_ASSERT(names_.next_ordinal(task.name) == 1, "every task has a name of its own");
  task.state = Task::State::unstarted;
  task.ready = false;
  task.spurious = false;
  task.in_operation = false;
  task.plain_wait = false;
  task.results = 0;
  task.operations = 0;
  if (has_run_ && !serial_) enable_turn(task, {task.name, 1, EventKind::turn}, Rank::wake);
  return task;
}

void Task::completion_finished(const Completion&) { world->wake(*this); }

void World::wake(Task& task) {
  if (task.ready) return;  // a spurious turn is enabled already: it is no longer spurious
  if (current_ != nullptr || happening_.none()) {
    // Finished by another task's code, or by nobody's event.
    const NameId name = names_.child(task.name, "woken");
    enable_turn(task, {name, names_.next_ordinal(name), EventKind::turn}, Rank::wake);
    return;
  }
  const Identity& cause = happening_.identity;
  const bool of_this_task = names_.parent(cause.name) == task.name;
  const NameId name = of_this_task ? cause.name : names_.after(task.name, cause.name);
  enable_turn(task, {name, cause.ordinal, EventKind::turn}, Rank::wake);
}

void World::enable_turn(Task& task, Identity cause, Rank rank) {
  task.ready = true;
  enable({{cause.name, cause.ordinal, EventKind::turn}, rank, task.id});
}

Task& World::current_task() {
  REPRISE_ASSERT(current_ != nullptr, "only a task's own code can do this");
  return *current_;
}

NameId World::context_name() const {
  if (current_ != nullptr) return current_->name;
  // In a callback the submitter is the task whose I/O is being delivered.
  return happening_.none() ? main_name_ : names_.parent(happening_.identity.name);
}

NameId World::name_of_io(IOKind kind, std::string_view path, std::uint32_t path_index) {
  const bool known_file = path_index != UINT32_MAX;
  const std::size_t at =
      known_file ? (std::size_t{path_index} + 1) * io_kind_count + static_cast<std::size_t>(kind)
                 : static_cast<std::size_t>(kind);
  std::vector<NameId>* const known =
      current_ != nullptr && (known_file || kind == IOKind::timer) ? &current_->io_names : nullptr;
  if (known != nullptr && at < known->size() && (*known)[at] != 0) return (*known)[at];
  std::string part(to_string(kind));
  if (kind != IOKind::timer) {
    part += '(';
    part += path;
    part += ')';
  }
  const NameId name = names_.child(context_name(), part);
  if (known != nullptr) {
    if (known->size() <= at) known->resize(at + 1);
    (*known)[at] = name;
  }
  return name;
}

// Decisions.

std::uint32_t World::ask(Identity identity, std::uint32_t arity) {
  const std::uint32_t value = strategy_->choose({identity, arity});
  if (value == 0) return 0;
  REPRISE_ASSERT(value < arity, "a strategy chooses a value that the decision has");
  ++stats_.decisions;
  const std::uint64_t key = mix(key_of(names_, identity), value);
  fold(key);
  if (identity.kind() == DecisionKind::workload) {
    workload_digest_ = mix(workload_digest_, key);
    workload_.push_back({identity, value, arity});
  }
  if ((kinds(identity.kind()) & fault_kinds) != 0) {
    ++stats_.faults;
    tell(Hook::fault, [&](Check& check) { check.fault_taken(identity, value); });
  }
  if (logging()) {
    note("plan", to_string(names_, identity) + ": " + meaning_of(identity.kind(), value, base_));
  }
  return value;
}

void World::fold(std::uint64_t value) { digest_ = mix(digest_, value); }

void World::note(std::string_view text) { note(names_.text(context_name()), text); }

void World::note(std::string_view who, std::string_view text, std::string_view io) {
  if (!log_.empty()) log_.back().facts.push_back(logged_fact(who, text, io));
}

std::string World::io_in_words(const Identity& io, NameId said_of) const {
  std::string_view name = names_.text(io.name);
  if (said_of != 0 && names_.parent(io.name) == said_of) {
    name.remove_prefix(names_.text(said_of).size() + 1);
  }
  return std::string(name) + '#' + std::to_string(io.ordinal);
}

// What happens.

void World::submitted(Identity io) {
  ++stats_.ios;
  work_done();
  if (logging()) {
    note(names_.text(context_name()), "submits", io_in_words(io, context_name()));
  }
  if (wants(Hook::submit) && current_ != nullptr) {
    tell(Hook::submit, [&](Check& check) { check.submitted(current_->id, io); });
  }
  if (current_ == nullptr || !current_->operation.in_entry()) return;
  if (++ios_in_entry_ <= options_->ios_per_entry_max) return;
  tell(Hook::entry, [&](Check& check) { check.too_many_ios(current_->id, io, ios_in_entry_); });
  leave_if_told();
}

void World::answered_io(const Task& task, const AwaitSite& site) {
  if (++answers_in_entry_ <= options_->answers_per_entry_max) return;
  tell(Hook::entry,
       [&](Check& check) { check.too_many_answers(task.id, site, answers_in_entry_); });
}

void World::io_finished(Identity io, IOError error, std::uint64_t bytes) {
  fold(mix(bytes, static_cast<std::uint64_t>(error)));
  if (logging()) {
    const std::string io_text = io_in_words(io);
    const bool moves_bytes = bytes != 0 || io_text.find("read(") != std::string::npos;
    if (error != IOError::none) {
      note("disk", io_text + " has failed: " + to_string(error));
    } else if (io_text.find("timer#") != std::string::npos) {
      note("clock", io_text + " has fired");
    } else {
      note("disk",
           io_text + " has finished" +
               (moves_bytes ? ": " + std::to_string(bytes) + (bytes == 1 ? " byte" : " bytes")
                            : ""));
    }
  }
}

void World::io_hit(Identity io) {
  tell(Hook::fault, [&](Check& check) { check.io_hit(io); });
}

// The loop.

void World::begin_events() {
  has_run_ = true;
  select_checks();
  tell(Hook::run, [](Check& check) { check.events_begin(); });
  driver_sees_errors_ = faults_.contract == ErrorContract::driver ||
                        decide({names_.child(0, "world"), 1, DecisionKind::contract}, 2) != 0;
  serial_ = task_count_ > 1 && decide({names_.child(0, "world"), 1, DecisionKind::serial}, 2) != 0;
  if (serial_) {
    active_ &= ~fault_kinds;
    start_next_serial_task();
    return;
  }
  for (std::uint32_t i = 0; i < task_count_; ++i) {
    enable_turn(task(i), {task(i).name, 1, EventKind::turn}, Rank::wake);
  }
}

void World::start_next_serial_task() {
  Task& task = *tasks_[next_serial_++];
  enable_turn(task, {task.name, 1, EventKind::turn}, Rank::wake);
}

Event World::next_event() {
  Timers timers{now_, {}, {}};
  if (serial_ && next_serial_ < task_count_) {
    // Timers wait too: one that always rearms would keep the next task from ever starting. So would
    // a task that spins on explicit yields until another has done its part.
    constexpr std::uint32_t patience = 64;
    if (enabled_ == 0 || yields_in_a_row_ >= patience) {
      yields_in_a_row_ = 0;
      overlapped_ = true;
      start_next_serial_task();
    }
    return strategy_->next(timers);
  }
  if (device_.has_timers()) {
    timers.deadline = device_.earliest_deadline();
    timers.earliest = device_.earliest_timer();
  }
  return strategy_->next(timers);
}

void World::run_events() {
  REPRISE_ASSERT(!has_run_, "a scenario calls run() once");
  // What the scenario had in registers is saved right below this frame.
  __builtin_unwind_init();
  constexpr std::uintptr_t registers = 8 * sizeof(void*);
  scenario_frame_ = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)) - registers;
  try {
    begin_events();
    came_to_an_end_ = until_nothing_can_happen();
    happening_ = {};
    if (came_to_an_end_) tell(Hook::quiescence, [](Check& check) { check.quiescence(); });
    if (came_to_an_end_ && !stopped()) look_at_observed();
  } catch (...) {
    report_exception("a callback or a property of the scenario", std::current_exception());
  }
  happening_ = {};
  current_ = nullptr;
  // Before what tasks and callbacks refer to goes out of the scenario's scope.
  release_tasks();
  device_.drop_in_flight();
}

bool World::until_nothing_can_happen() {
  constexpr std::uint64_t beat = 16;
  const volatile bool never = false;
  const volatile bool& always =
      options_->heartbeat_always != nullptr ? *options_->heartbeat_always : never;
  // The `progress` check reports a run without an end; if it is off, the run still ends.
  while (!stopped() && stats_.events <= events_max_) {
    const Event event = next_event();
    if (event.none()) return true;
    if (options_->heartbeat != nullptr && (stats_.events % beat == 0 || always)) {
      const Surfaces::Answering nobody(nullptr);
      options_->heartbeat(options_->heartbeat_context);
    }
    happen(event);
  }
  return false;
}

void World::happen(Event event) {
  ++stats_.events;
  if (claims_changed_) select_checks();
  yields_in_a_row_ = event.rank == Rank::yielded ? yields_in_a_row_ + 1 : 0;
  if (event.identity.kind() != EventKind::fire) --enabled_;
  if (options_->break_at == stats_.events) std::raise(SIGTRAP);
  happening_ = event;
  fold(key_of(names_, event.identity));
  if (logging()) log_.push_back({to_string(names_, event.identity), {}, now_.ns, 0});
  switch (event.identity.kind().event()) {
    case EventKind::delivery:
      ++now_.ns;
      device_.deliver(event.slot);
      break;
    case EventKind::effect: device_.effect(event.slot); break;
    case EventKind::fire:
      now_ = std::max(now_, device_.earliest_deadline());
      timer_overtook_ = timer_overtook_ || enabled_ != 0 || device_.has_io_in_flight();
      device_.fire(event.slot);
      break;
    case EventKind::turn:
      take_turn(task(event.slot));
      if (logging()) log_.back().site = operation_ref_of(task(event.slot)).site.site;
      break;
  }
  tell(Hook::event, [&](Check& check) { check.event_done(event); });
  if (logging()) {
    log_.back().time_ns = now_.ns;
    log_.back().digest = digest_;
  }
}

}  // namespace reprise
