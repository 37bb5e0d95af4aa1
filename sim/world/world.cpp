#include <reprise/sim/world/world.h>

#include <reprise/core/assert.h>
#include <reprise/sim/check_names.h>
#include <reprise/sim/store_watch/call_stack.h>

#include <exception>
#include <span>
#include <string>
#include <utility>

namespace reprise {

World::World(Lasting& lasting)
    : names_(lasting.names),
      debug_info_(lasting.debug_info),
      observer_(*this),
      memory_(observer_),
      surfaces_(view_, host_),
      findings_(run_),
      log_(run_, names_),
      host_({run_, names_, memory_, debug_info_, log_, checks_, view_, submit_places_}),
      view_({run_, findings_, names_, tasks_, host_, memory_, debug_info_, declared_,
             submit_places_, holders_, power_losses_, nodes_, *this}),
      holders_(view_),
      checks_(view_),
      outcomes_(view_, run_, host_),
      loop_(
          {run_, names_, tasks_, host_, checks_, findings_, log_, holders_, view_, turns_, power_}),
      driver_({run_, names_, host_, host_.submissions(), checks_, view_, log_, outcomes_, loop_}),
      turns_({run_, names_, findings_, loop_, driver_,
              [this](const std::string& where, std::exception_ptr failure) {
                report_exception(where, std::move(failure));
              }}),
      power_({run_, names_, tasks_, host_, surfaces_, checks_, log_, declared_, power_losses_,
              driver_, turns_, findings_, nodes_,
              [this](Node& node, std::string_view name) -> Task& { return spawn(node, name); },
              [this] { return loop_.until_nothing_can_happen(); }}),
      after_the_end_(make_calm_strategy(Base::lazy)) {
  node();
}

World::~World() = default;

// A run.

void World::begin_run(std::string_view scenario, Strategy& strategy, const RunOptions& options) {
  names_.begin_run();
  strategy.begin(names_);
  run_ = {};
  run_.strategy = &strategy;
  run_.options = &options;
  run_.scenario = scenario;
  run_.base = strategy.base();
  run_.is_observed = options.observed;
  run_.is_logged = options.log_events;
  run_.is_attended = options.observed || options.log_events || options.heartbeat != nullptr ||
                     options.break_at != 0;
  run_.active = strategy.active() & (timing_kinds | kinds(DecisionKind::cancel_answer));
  if (!options.observed) run_.active &= ~kinds(DecisionKind::yield);
  run_.entries_per_operation_max = options.entries_per_operation_max;
  run_.events_max = options.events_max;
  tasks_.begin_run();
  declared_.clear();
  for (const std::unique_ptr<Node>& node : nodes_) node->begin_run();
  power_losses_.clear();
  submit_places_.begin_run();
  holders_.begin_run();
  options_asked_.clear();
  resets_.clear();
  held_.clear();
  all_is_done_ = false;
  view_.forget_objects();
  findings_.begin_run();
  log_.begin_run();
  host_.begin_run();
  outcomes_.begin_run();
  driver_.begin_run();
  loop_.begin_run();
  surfaces_.begin_run();
  checks_.look_at_options();
  select_checks();
  last_thrown.is_kept = options.log_events;
  last_thrown.object = nullptr;
  if (options.observed) set_observer(&observer_);
  if (options.observed && MemoryWatch::has_watched_code()) {
    memory_.begin_run({.with_loads = checks_.read_loads() || options.footprints,
                       .keeps_freed = checks_.wants(Hook::freed_memory_used),
                       .knows_held = options.checks.on(check_name::leak)});
    memory_.fill_stacks(options.stacks.fill);
  }
  checks_.run_begins();
}

void World::select_checks() {
  run_.claims_changed = false;
  checks_.select(run_.active, run_.is_recovering);
}

void World::end_run(RunResult& result) {
  memory_.disown_all();
  turns_.release(tasks_);
  keep_goals(result);
  declared_.clear();
  for (const std::unique_ptr<Node>& node : nodes_) node->recovery = nullptr;
  for (void (*const reset)() : resets_) reset();
  checks_.tell<&Check::run_ends>();
  checks_.tell<&Check::all_let_go>();
  const bool is_good = all_is_done_ && !findings_.has_error();
  take_result(result);
  {
    const MemoryWatch::Quiet quiet;
    host_.reset();
    tasks_.begin_run();
  }
  if (!memory_.running()) return;
  if (is_good) held_ = memory_.held();
  memory_.end_run();
}

void World::end_left_run(RunResult& result) {
  turns_.forget_fibers();
  keep_goals(result);
  take_result(result);
  if (memory_.running()) memory_.end_run();
}

void World::take_result(RunResult& result) {
  set_observer(nullptr);
  last_thrown.is_kept = false;
  result.outcome = outcomes_.take_parts();
  result.comparable = !findings_.has_error() && !result.outcome.empty();
  result.operations = outcomes_.take_operations();
  if (run_.is_logged) {
    result.disk_contents = node().disk.disk().contents();
    result.disk_digest = node().disk.disk().digest();
  }
  result.workload_digest = run_.workload_digest;
  result.finding = findings_.take_error();
  result.notes = findings_.take_notes();
  result.digest = run_.digest;
  result.stats = run_.stats;
  result.events = log_.take();
  result.footprints = driver_.take_footprints();
  result.options_asked = std::exchange(options_asked_, {});
}

void World::keep_goals(RunResult& result) const {
  for (const Property& property : declared_.properties) {
    if (property.kind != Property::Kind::sometimes) continue;
    bool& reached = result.goals[property.name];
    reached = reached || property.reached;
  }
}

// What the scenario says.

Task& World::spawn(const Node& node, std::string_view part) {
  REPRISE_ASSERT(node.state != Node::State::down, "no task starts on a node that is down");
  REPRISE_ASSERT(!run_.has_run || run_.current != nullptr || run_.is_recovering,
                 "tasks are made before run(), or by a task");
  Task& task = tasks_.add();
  task.waker = &loop_;
  std::string in_world;
  if (node.has_name()) in_world = node.name_in_world(part);
  const std::string_view name = node.has_name() ? in_world : part;
  if (task.name == 0 || names_.text(task.name) != name) {
    task.name = names_.child(0, name);
    task.io_names.clear();
  }
  task.node = node.id;
  REPRISE_ASSERT(names_.next_ordinal(task.name) == 1,
                 "every task has a name of its own; who is started again and again has an index");
  task.state = Task::State::unstarted;
  task.ready = false;
  task.spurious = false;
  task.in_operation = false;
  task.plain_wait = false;
  task.is_daemon = false;
  task.results = 0;
  task.operations = 0;
  if (run_.has_run && !run_.is_serial) {
    loop_.enable_turn(task, {task.name, 1, EventKind::turn}, Rank::wake);
  }
  return task;
}

Node& World::node(std::string_view name) {
  for (const std::unique_ptr<Node>& known : nodes_) {
    if (known->name == name) return *known;
  }
  nodes_.push_back(std::make_unique<Node>(host_, static_cast<NodeId>(nodes_.size()), name));
  return *nodes_.back();
}

void World::survives(const Faults& faults) {
  REPRISE_ASSERT(!run_.has_run, "a scenario says what it survives before it runs");
  const bool power_loss = run_.faults.power_loss;
  run_.faults = faults;
  run_.faults.power_loss = power_loss;
  choose_active();
}

void World::quiet() {
  run_.active &= ~fault_kinds;
  run_.claims_changed = true;
  power_.be_quiet();
}

void World::reset_globals(void (*reset)()) {
  REPRISE_ASSERT(!run_.has_run, "a scenario says what it resets before it runs");
  resets_.push_back(reset);
  reset();
}

void World::recovers(Node& node, std::function<void()> recovery, const DiskRules& disk) {
  REPRISE_ASSERT(!run_.has_run, "a scenario says how it recovers before it runs");
  node.recovery = std::move(recovery);
  node.disk.begin_tracking(rules_of(disk));
  run_.faults.power_loss = true;
  choose_active();
}

void World::choose_active() {
  DecisionKinds legal = allowed_kinds(run_.faults);
  if (!run_.is_observed)
    legal &= ~kinds(DecisionKind::yield, DecisionKind::yield_before, DecisionKind::no_memory);
  run_.active = run_.strategy->active() & legal;
  run_.claims_changed = true;
}

DiskRules World::rules_of(DiskRules rules) {
  const std::int64_t device = option("disk", static_cast<std::int64_t>(rules.device));
  REPRISE_ASSERT(device >= 0 && device <= static_cast<std::int64_t>(DiskClass::hostile),
                 "--set disk= is 0, ordered; 1, sata; 2, nvme; or 3, hostile");
  rules.device = static_cast<DiskClass>(device);
  const std::int64_t atomic =
      option("atomic", rules.device == DiskClass::nvme ? 4096 : rules.atomic);
  REPRISE_ASSERT(atomic > 0 && atomic <= 65536 && (atomic & (atomic - 1)) == 0,
                 "--set atomic= is a power of two, 65,536 at most");
  rules.atomic = static_cast<std::uint32_t>(atomic);
  rules.syncs_names = option("sync-names", rules.syncs_names ? 1 : 0) != 0;
  rules.tears = option("tears", rules.tears ? 1 : 0) != 0;
  return rules;
}

std::int64_t World::option(std::string_view name, std::int64_t otherwise) {
  const auto set = run_.options->options.find(name);
  const std::int64_t value = set != run_.options->options.end() ? set->second : otherwise;
  options_asked_.insert_or_assign(std::string(name), value);
  return value;
}

void World::reached(std::string_view goal) {
  for (Property& property : declared_.properties) {
    if (property.kind == Property::Kind::sometimes && property.name == goal) {
      property.reached = true;
      return;
    }
  }
  declared_.properties.push_back({Property::Kind::sometimes, std::string(goal), nullptr, true});
  if (!run_.has_run) claims_have_changed();
}

void World::claims_have_changed() {
  run_.claims_changed = true;
  // The rest of the task's turn, in this very event, counts already.
  if (run_.current != nullptr && !run_.current->operation.in_entry()) select_checks();
}

// The events.

void World::begin_events() {
  run_.has_run = true;
  if (run_.claims_changed) select_checks();
  checks_.tell<&Check::events_begin>();
  const NameId world = names_.child(0, "world");
  run_.driver_sees_errors = run_.faults.contract == ErrorContract::driver ||
                            host_.decide({world, 1, DecisionKind::contract}, 2) != 0;
  run_.is_serial = tasks_.count() > 1 && host_.decide({world, 1, DecisionKind::serial}, 2) != 0;
  if (run_.is_serial) run_.active &= ~fault_kinds;
  loop_.enable_first_turns();
}

void World::run_events() {
  REPRISE_ASSERT(!run_.has_run, "a scenario calls run() once");
  // What the scenario had in registers is saved right below this frame.
  __builtin_unwind_init();
  constexpr std::uintptr_t registers = 8 * sizeof(void*);
  scenario_frame_ = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)) - registers;
  try {
    begin_events();
    run_.came_to_an_end = loop_.until_nothing_can_happen();
    run_.happening = {};
    if (run_.came_to_an_end) checks_.tell<&Check::quiescence>();
    if (run_.is_attended && run_.came_to_an_end && !findings_.has_error()) {
      outcomes_.look(surfaces_.has_answered());
    }
  } catch (...) {
    report_exception("a callback or a property of the scenario", std::current_exception());
  }
  all_is_done_ = run_.came_to_an_end && power_losses_.empty() && !findings_.has_error();
  for (TaskId id = 0; id < tasks_.count(); ++id) {
    all_is_done_ = all_is_done_ && tasks_[id].state == Task::State::done;
  }
  run_.happening = {};
  run_.current = nullptr;
  // Before what tasks and callbacks refer to goes out of the scenario's scope.
  memory_.disown_all();  // what is in flight never takes effect
  turns_.release(tasks_);
  surfaces_.forget_all();
  host_.drop_in_flight();
}

void World::enter_once_more(Task& task, Check& check) {
  after_the_end_->begin(names_);
  const Checks::OnlyOne listens(
      checks_, check,
      hooks(Hook::entry_begins, Hook::entry_ends, Hook::operation_ends, Hook::io_submitted));
  const RunState before = run_;
  run_.strategy = after_the_end_.get();
  run_.active = 0;
  {
    const MemoryWatch::Awake awake(memory_);
    turns_.take<true>(task);
  }
  run_.strategy = before.strategy;
  run_.active = before.active;
  run_.stats = before.stats;
  run_.digest = before.digest;
}

// A run that is left, and exceptions.

void World::leave_run_if_stopped() {
  if (findings_.has_error() && run_fiber_ != nullptr) run_fiber_->leave_for_good();
}

void World::note_woken(const Completion& completion) {
  if (declared_.held.empty()) return;
  for (TaskId id = 0; id < tasks_.count(); ++id) {
    const Task& task = tasks_[id];
    if (task.state == Task::State::parked && task.waits_for == completion) holders_.woke(id);
  }
}

std::vector<MemoryBlock> World::stacks_in_use() const {
  std::vector<MemoryBlock> stacks = turns_.stacks_in_use();
  if (run_fiber_ != nullptr)
    stacks.insert(stacks.begin(), Turns::used_part(*run_fiber_, scenario_frame_));
  return stacks;
}

void World::report_exception(std::string_view where, std::exception_ptr failure) {
  std::string what = "something that is no std::exception";
  const void* object = nullptr;
  try {
    std::rethrow_exception(std::move(failure));
  } catch (const std::exception& exception) {
    what = exception.what();
    object = dynamic_cast<const void*>(&exception);
  } catch (...) {
  }
  Finding finding;
  finding.check = check_name::crash;
  finding.signature = findings_.signature(check_name::crash, "exception: " + without_numbers(what));
  finding.message = std::string(where) + " threw an exception: " + what;
  finding.expected = "no exception gets out of a task";
  finding.help = "catch it where it can arise: a machine answers an error as Err";
  if (run_.is_logged && object != nullptr && object == last_thrown.object) {
    finding.places = own_places(
        debug_info_, std::span(last_thrown.stack).first(last_thrown.stack_size), "thrown here");
  }
  findings_.report(std::move(finding));
}

}  // namespace reprise
