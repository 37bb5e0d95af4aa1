// After a fault the next operation works, where the scenario says so with
// sim.next_operation_works(): one that no fault has touched does not end in an error because of
// what an earlier one, which was hit, has left behind. As long as that is under way it may well
// stand in the way of others, and nobody is judged.
#include <reprise/sim/check/check.h>
#include <reprise/sim/evidence/operation_words.h>
#include <reprise/sim/evidence/run_view.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace reprise {

namespace {

constexpr DecisionKinds faults_that_hit =
    fault_kinds &
    ~kinds(DecisionKind::spurious, DecisionKind::yield_before, DecisionKind::cancel_answer);

class NextOperation final : public Check {
 public:
  explicit NextOperation(RunView& run) : run_(run) {}

  Hooks wants(Hooks overridden) const override {
    return run_.declared().next_operation_works ? overridden : overridden & life_hooks;
  }

  void run_begins() override {
    tasks_.clear();
    earlier_.reset();
    touches_ = 0;
    hit_under_way_ = 0;
  }

  void fault_taken(const Identity& what, std::uint32_t value) override {
    if ((kinds(what.kind()) & faults_that_hit) == 0) return;
    ++touches_;
    const Task* const hit = run_.current();
    if (hit == nullptr || !hit->in_operation) {
      earlier_ = Fault{what, value, {}, {}};
      return;
    }
    OfTask& task = of(hit->id);
    if (!task.fault) {
      ++hit_under_way_;
      task.fault = Fault{what, value, {}, {}};
    }
  }
  void io_hit(const Identity&) override { ++touches_; }

  void operation_begins(TaskId id) override {
    OfTask& task = of(id);
    if (task.cleaning != 0) return;  // a part of what it cleans up behind
    task.is_judged = earlier_ && hit_under_way_ == 0 && !run_.task(id).plain_wait;
    task.touches_before = touches_;
  }

  void clean_up_begins(const OperationRef& operation, const OperationEnd&) override {
    ++of(operation.task).cleaning;
  }

  void operation_over(const OperationRef& operation, const OperationEnd& ending) override {
    OfTask& task = of(operation.task);
    if (ending.is_dropped() && task.cleaning != 0) --task.cleaning;
    if (task.cleaning != 0) return;
    if (task.fault) {
      earlier_ = std::exchange(task.fault, std::nullopt);
      earlier_->hit = operation;
      earlier_->ending = ending;
      --hit_under_way_;
    } else if (task.is_judged && task.touches_before == touches_ && has_failed(ending)) {
      report(operation, ending);
    }
    task.is_judged = false;
  }

 private:
  struct Fault {
    Identity what;
    std::uint32_t value = 0;
    std::optional<OperationRef> hit;  // the operation, which is over
    OperationEnd ending;
  };
  struct OfTask {
    std::optional<Fault> fault;  // the first that has hit its operation under way
    std::uint32_t cleaning = 0;
    bool is_judged = false;
    std::uint64_t touches_before = 0;
  };

  static bool has_failed(const OperationEnd& ending) {
    return ending.kind == OperationEnd::Kind::error || ending.kind == OperationEnd::Kind::aborted;
  }

  OfTask& of(TaskId task) {
    if (tasks_.size() <= task) tasks_.resize(task + 1);
    return tasks_[task];
  }

  void report(const OperationRef& operation, const OperationEnd& ending) {
    if (run_.stopped()) return;
    const std::string_view task = run_.names().text(run_.task(operation.task).name);
    Finding finding;
    finding.check = name();
    finding.signature = run_.signature(name(), without_numbers(task));
    finding.message = operation_in_words(run_, operation) + ' ' + to_text(ending) +
                      ", though no fault has touched it";
    finding.evidence.push_back("a fault before it: " + run_.io_in_words(earlier_->what) + ", " +
                               meaning_of(earlier_->what.kind(), earlier_->value, run_.base()));
    if (earlier_->hit) {
      finding.evidence.push_back("that hit " + operation_in_words(run_, *earlier_->hit) +
                                 ", which " + to_text(earlier_->ending) + ", after " +
                                 entries_in_words(*earlier_->hit));
    }
    finding.expected = "an operation succeeds, whatever has become of those before it";
    finding.help =
        "look for what the earlier operation has left behind: an old completion, a flag, a state "
        "in the middle; put it back on each way out";
    show_place(finding, operation, "the operation that failed yielded here last");
    if (earlier_->hit) {
      show_place(finding, *earlier_->hit, "the one that the fault hit yielded here last");
    }
    run_.report(std::move(finding));
  }

  RunView& run_;
  std::vector<OfTask> tasks_;
  std::optional<Fault> earlier_;     // the last fault whose operation is over
  std::uint64_t touches_ = 0;        // faults, and I/Os that came to harm
  std::uint32_t hit_under_way_ = 0;  // operations that were hit, and are not over
};

}  // namespace

std::unique_ptr<Check> make_next_operation(RunView& run) {
  return make_check<NextOperation>(run, check_name::next_operation);
}

}  // namespace reprise
