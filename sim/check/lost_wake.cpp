// Lost wake: a task waits, nothing can happen any more, and what it waits for is there: entered
// once more, it goes on.
#include <reprise/sim/check/check.h>
#include <reprise/sim/evidence/standstill.h>
#include <reprise/sim/evidence/wait_graph.h>

#include <optional>
#include <string>

namespace reprise {

namespace {

class LostWake final : public Check {
 public:
  explicit LostWake(RunView& run) : run_(run) {}

  /// The rest it gets while a task is entered once more.
  Hooks wants(Hooks) const override { return run_.faults().spurious ? hooks(Hook::quiescence) : 0; }

  void quiescence() override {
    const WaitGraph graph(run_);
    for (const TaskId id : graph.stuck()) {
      if (run_.stopped()) return;
      look_at(id);
    }
  }

  void entry_ends(TaskId, Answer answer, const Completion& waits_for) override {
    if (answer == Answer::done) {
      goes_on("says Done");
    } else if (answer == Answer::error) {
      goes_on("says Err");
    } else if (!run_.is_same_wait(waits_for, waited_for_)) {
      goes_on("waits for something else");
    }
  }

  void io_submitted(const SubmittedIO& io, const Completion&) override {
    if (io.kind == IOKind::ready) return;  // asks once more for the same
    goes_on("submits `" + std::string(run_.names().text(io.identity.name)) + '`');
  }

 private:
  // If re-entering the task makes progress although nothing woke it, a wake-up was lost.
  void look_at(TaskId id) {
    Task& task = run_.task(id);
    if (task.state != Task::State::parked) return;
    waited_for_ = task.waits_for;
    found_ = finding_of(
        run_, name(),
        {"lost wake", "what a task waits for is there, but nobody told it",
         "who makes something come true finishes what others wait on",
         "look again after the last yield before the wait, and finish the completion wherever the "
         "state changes"},
        {id});
    run_.at_the_end().enter_once_more(task, *this);
    found_.reset();
    waited_for_ = {};
  }

  void goes_on(const std::string& what) {
    if (run_.stopped()) return;
    found_->evidence.push_back("entered once more, with nothing finished, it " + what);
    run_.report(*found_);
  }

  RunView& run_;
  std::optional<Finding> found_;  // while a task is entered once more
  Completion waited_for_;         // by that task
};

}  // namespace

std::unique_ptr<Check> make_lost_wake(RunView& run) {
  return make_check<LostWake>(run, check_name::lost_wake);
}

}  // namespace reprise
