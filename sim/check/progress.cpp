// Deadlock and lost wake: somebody waits, and nothing can happen any more. Livelock: turns upon
// turns without any I/O being delivered. Starvation: others get on, and one operation does not.
// Spinning on explicit yields where there is something to wait for. A run that does not end.
#include <reprise/core/completion_group.h>
#include <reprise/sim/check/list.h>
#include <reprise/sim/evidence/repeated_states.h>
#include <reprise/sim/evidence/resource_holders.h>
#include <reprise/sim/evidence/wait_graph.h>
#include <reprise/sim/world/world.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace reprise {

namespace {

/// What is said of one kind of standstill.
struct Standstill {
  const char* what;
  std::string message;
  const char* expected;
  const char* help;
};

constexpr std::uint32_t few_spins = 16;  // not worth any book-keeping

class Progress final : public Check {
 public:
  explicit Progress(World& world) : world_(world), holders_(world), repeated_(world) {}

  std::string_view name() const override { return check_name::progress; }
  Hooks wants() const override {
    return hooks(Hook::run, Hook::entry, Hook::store, Hook::submit, Hook::completion, Hook::event,
                 Hook::quiescence);
  }

  void run_begins() override {
    events_ = 0;
    turns_ = 0;
    ended_ = 0;
    spins_ = false;
    deliveries_ = 1;
    tasks_.clear();
    holders_.begin();
    repeated_.begin();
    lost_wake_.reset();
  }

  void operation_begins(TaskId id) override {
    if (tasks_.size() <= id) tasks_.resize(id + 1);
    PerTask& task = tasks_[id];
    task.others_ended = ended_ - task.ended;
    task.spins = 0;
    task.spun_at = 0;
    task.while_in_flight = 0;
    task.looks_again = false;
  }

  void operation_ends(TaskId id) override {
    ++ended_;
    ++tasks_[id].ended;
    tasks_[id].spins = 0;
    repeated_.news();
  }

  void entry_begins(TaskId id) override {
    const std::uint32_t entries = world_.task(id).operation.entries();
    if (entries <= 1 || lost_wake_ || world_.stopped()) return;
    // How long an I/O takes is the strategy's choice, and how often a task looks at it meanwhile.
    PerTask& task = tasks_[id];
    if (task.looks_again && world_.device().has_io_in_flight()) ++task.while_in_flight;
    if (entries - task.while_in_flight > world_.entries_per_operation_max()) {
      report(
          {"endless operation",
           "an operation has been entered " + std::to_string(entries) + " times and has not ended",
           "an operation says Done or Err after some entries",
           "look for work that starts again on each entry; a long operation that is sound is "
           "declared with sim.entries_per_operation_max()"},
          {id});
    }
  }

  void entry_ends(TaskId id, Answer answer, const Completion& waits_for) override {
    if (lost_wake_) {
      look_at_answer(answer, waits_for);
      return;
    }
    if (answer != Answer::io) return;
    look_for_starvation(id, waits_for);
    PerTask& task = tasks_[id];
    // Most operations have few entries.
    task.looks_again =
        world_.task(id).operation.entries() >= few_spins &&
        (waits_for.is_explicit_yield() || world_.device().kind_of(waits_for) == IOKind::timer);
    if (!waits_for.is_explicit_yield()) {
      task.spins = 0;
    } else if (!is_injected(world_.task(id).operation.yield_point().kind()) &&
               task.spun_at != deliveries_) {
      // How often it spins while one I/O takes its time is the strategy's choice.
      task.spun_at = deliveries_;
      if (++task.spins >= few_spins) spin(id, waits_for);
    }
  }

  void stored(TaskId id, std::size_t, const Store& store) override {
    if (store.before == store.after) return;
    repeated_.stored(store);
    tasks_[id].spins = 0;
  }

  void submitted(TaskId id, const Identity& io) override {
    if (lost_wake_) {
      goes_on("submits `" + std::string(world_.names().text(io.name)) + '`');
    } else if (id < tasks_.size()) {
      tasks_[id].spins = 0;
    }
  }

  // Also an I/O that completes at submit, and what one task finishes for another.
  void completion_event(CompletionEvent event, const Completion& completion, IOError,
                        std::uint64_t) override {
    if (event != CompletionEvent::finished) return;
    turns_ = 0;
    if (shows_holders() && world_.current() != nullptr) note_woken(completion);
  }

  void event_done(Event event) override {
    ++events_;
    const bool is_turn = event.identity.kind() == EventKind::turn;
    if (event.rank == Rank::yielded) {
      ++turns_;
    } else {
      repeated_.news();
      if (!is_turn) ++deliveries_;
      if (spins_ && !is_turn) moved(world_.names().parent(event.identity.name));
    }
    if (shows_holders()) {
      holders_.look(is_turn ? std::optional<TaskId>(event.slot) : std::nullopt);
    }
    if (!world_.stopped()) look_at_run(event);
  }

  void quiescence() override {
    const WaitGraph graph(world_, holders_);
    if (graph.stuck().empty() || world_.stopped()) return;
    if (world_.faults().spurious) {
      for (const TaskId id : graph.stuck()) {
        look_for_lost_wake(id);
        if (world_.stopped()) return;
      }
    }
    Finding finding = finding_of(
        {"deadlock", "tasks wait, and nothing is in flight that could wake them",
         "somebody finishes what a task waits for",
         "make sure that every awaited completion is finished on every path, including errors"},
        graph.stuck());
    for (std::string& chain : graph.chains()) finding.evidence.push_back(std::move(chain));
    world_.report(std::move(finding));
  }

 private:
  struct PerTask {
    std::uint64_t ended = 0;            // operations of this task
    std::uint64_t others_ended = 0;     // of the others, when this one began
    std::uint32_t spins = 0;            // explicit yields in a row, and nothing came of them
    std::uint64_t spun_at = 0;          // what deliveries_ was at the last of them
    std::uint32_t while_in_flight = 0;  // entries that only looked at I/O in flight
    bool looks_again = false;           // it has waited for a turn, or for a timer
  };

  /// Holders appear only in reports, so they are tracked only in runs whose report is read.
  bool shows_holders() const { return world_.logging() && !world_.declared().held.empty(); }

  static bool is_injected(IdentityKind kind) {
    return kind == DecisionKind::yield || kind == DecisionKind::yield_before;
  }

  // An operation that may be long for the one bound may be long for the other.
  std::uint32_t starved_max() const {
    const bool is_raised =
        world_.entries_per_operation_max() > world_.options().entries_per_operation_max;
    return is_raised ? world_.entries_per_operation_max() : world_.options().starved_entries_max;
  }
  std::uint64_t others_ended(TaskId id) const {
    return ended_ - tasks_[id].ended - tasks_[id].others_ended;
  }

  /// Whether only others can help it on. An operation that lets others run, or that waits for its
  /// own I/O, may simply have that much to do.
  bool is_up_to_others(const Completion& waits_for) {
    if (waits_for.is_explicit_yield()) return world_.memory().has_changed_nothing();
    return !waits_for.is_group() && world_.device().identity_of(waits_for).name == 0;
  }

  void look_for_starvation(TaskId id, const Completion& waits_for) {
    const std::uint32_t entries = world_.task(id).operation.entries();
    if (entries < world_.options().starved_entries_max || world_.stopped()) return;
    if (entries < starved_max() || others_ended(id) < starved_max()) return;
    if (!is_up_to_others(waits_for)) return;
    report({"starved",
            "an operation has been entered " + std::to_string(entries) +
                " times and has not ended, while others have ended " +
                std::to_string(others_ended(id)) + " operations",
            "who waits has his turn, however many come after him",
            "serve those that wait in the order in which they came; a long operation that is sound "
            "is declared with sim.entries_per_operation_max()"},
           id, waits_for);
  }

  /// Who waits for what one task finishes for another may have been given something with it.
  void note_woken(const Completion& completion) {
    for (TaskId id = 0; id < world_.task_count(); ++id) {
      const Task& task = world_.task(id);
      if (task.state == Task::State::parked && task.waits_for == completion) holders_.woke(id);
    }
  }

  void look_at_run(Event event) {
    if (turns_ > few_spins && event.rank == Rank::yielded && world_.device().idle()) {
      look_for_livelock(event.slot);
    }
    if (events_ > world_.events_max()) {
      report({"endless", "the run has not ended after " + std::to_string(events_) + " events",
              "every run comes to an end",
              "bound the workload's loops; a run that is sound and long is declared with "
              "sim.events_max()"},
             unfinished());
    }
  }

  // While something is in flight it is the strategy that lets others go first.
  void look_for_livelock(TaskId turn_of) {
    std::string message;
    if (turns_ > world_.options().entries_without_delivery_max) {
      message = std::to_string(turns_) +
                " turns after explicit yields in a row, and no I/O was delivered";
    } else if (world_.memory().has_changed_memory()) {
      repeated_.news();
      return;
    } else if (repeated_.look(turn_of) >= world_.options().repeated_rounds_max) {
      const std::size_t size = repeated_.size();
      message = "after explicit yields, " +
                (size == 1 ? std::string("the same state")
                           : "the same " + std::to_string(size) + " states") +
                " came back " + std::to_string(world_.options().repeated_rounds_max) +
                " times, and no I/O was delivered";
    } else {
      return;
    }
    report({"livelock", message, "between one yield and the next, somebody gets on with their work",
            "a task that waits for another must wait on a completion that the other finishes, or "
            "let it run"},
           unfinished());
  }

  // An explicit yield, after some others.
  void spin(TaskId id, const Completion& waits_for) {
    spins_ = true;
    if (world_.memory().has_changed_memory()) {
      tasks_[id].spins = 0;
      repeated_.news();
    }
    const std::uint32_t spins = tasks_[id].spins;
    if (spins <= world_.options().spins_max || world_.stopped()) return;
    if (!world_.device().has_io_in_flight()) return;
    report({"spins",
            "an operation has answered " + std::to_string(spins) +
                " explicit yields in a row, while I/O was delivered that it might have waited for",
            "an explicit yield lets others run for once; who waits for something waits on its "
            "completion",
            "spins on explicit yields: wait on a completion instead, one that the other finishes "
            "when it is done"},
           id, waits_for);
  }

  /// An I/O of this task has been delivered.
  void moved(NameId task) {
    for (TaskId id = 0; id < tasks_.size(); ++id) {
      if (world_.task(id).name == task) tasks_[id].spins = 0;
    }
  }

  // If re-entering the task makes progress although nothing woke it, a wake-up was lost.
  void look_for_lost_wake(TaskId id) {
    Task& task = world_.task(id);
    if (task.state != Task::State::parked) return;
    waited_for_ = task.waits_for;
    lost_wake_ = finding_of(
        {"lost wake", "what a task waits for is there, but nobody told it",
         "who makes something come true finishes what others wait on",
         "look again after the last yield before the wait, and finish the completion wherever the "
         "state changes"},
        {id});
    world_.enter_once_more(task, *this);
    lost_wake_.reset();
    waited_for_ = {};
  }

  void look_at_answer(Answer answer, const Completion& waits_for) {
    if (answer == Answer::done) {
      goes_on("says Done");
    } else if (answer == Answer::error) {
      goes_on("says Err");
    } else if (!CompletionGroup::same_pending(waits_for, waited_for_)) {
      goes_on("waits for something else");
    }
  }

  void goes_on(const std::string& what) {
    if (world_.stopped()) return;
    lost_wake_->evidence.push_back("entered once more, with nothing finished, it " + what);
    world_.report(*lost_wake_);
  }

  std::vector<TaskId> unfinished() const { return WaitGraph(world_, holders_).stuck(); }

  void report(const Standstill& standstill, const std::vector<TaskId>& tasks) {
    world_.report(finding_of(standstill, tasks));
  }
  /// The operation of `task` is under way, and has just answered `waits_for`.
  void report(const Standstill& standstill, TaskId task, const Completion& waits_for) {
    Finding finding = finding_of(standstill, {task});
    finding.evidence = {WaitGraph(world_, holders_).line_of(task, waits_for)};
    world_.report(std::move(finding));
  }

  Finding finding_of(const Standstill& standstill, const std::vector<TaskId>& tasks) const {
    const WaitGraph graph(world_, holders_);
    Finding finding;
    finding.check = name();
    finding.message = standstill.message;
    finding.expected = standstill.expected;
    finding.help = standstill.help;
    std::string where;
    constexpr std::size_t shown_max = 8;
    for (const TaskId id : tasks) {
      if (finding.evidence.size() == shown_max) break;
      finding.evidence.push_back(graph.line_of(id));
      const Task& task = world_.task(id);
      const std::string who = '`' + std::string(world_.names().text(task.name)) + '`';
      // An entry that has just begun has not yielded yet.
      const AwaitSite* const here = task.operation.yield_site();
      const AwaitSite* const site = here != nullptr ? here : task.operation.last_yield().site;
      if (site == nullptr) {
        const CodeLocation& awaited = task.awaited_at;
        if (awaited.line != 0 && task.in_operation) {
          finding.places.push_back({awaited.file, awaited.line, who + " waits here"});
        }
        continue;
      }
      finding.places.push_back(
          {site->file, site->line,
           who + (task.operation.in_entry() ? " yields here again and again" : " waits here"), 0,
           site->function});
      const AwaitSite* const call = task.operation.resume_site();
      const AwaitSite& named = call != nullptr ? *call : *site;
      if (where.empty()) where = std::string(" at ") + named.function + '/' + named.expression;
    }
    finding.signature = world_.signature(name(), standstill.what + where);
    return finding;
  }

  World& world_;
  std::uint64_t events_ = 0;
  std::uint64_t turns_ = 0;       // after explicit yields, since anything was finished
  std::uint64_t ended_ = 0;       // operations, of all tasks
  std::uint64_t deliveries_ = 0;  // of this run, and effects and timers
  bool spins_ = false;            // some operation did, in this run
  std::vector<PerTask> tasks_;
  ResourceHolders holders_;
  RepeatedStates repeated_;
  std::optional<Finding> lost_wake_;  // while a task is entered once more
  Completion waited_for_;             // by that task
};

}  // namespace

std::unique_ptr<Check> make_progress(World& world) { return make_check<Progress>(world); }

}  // namespace reprise
