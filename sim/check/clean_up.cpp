// Who cleans up leaves alone what is another's: state that the scenario has named with sim.owned()
// does not change through an operation of another task that ends badly, while its owner's is under
// way. Looked at are an entry that ends in Err, and the clean-up behind an operation that was
// aborted or abandoned, operations that it awaits included.
#include <reprise/sim/check/check.h>
#include <reprise/sim/evidence/described_state.h>
#include <reprise/sim/evidence/operation_words.h>
#include <reprise/sim/evidence/run_view.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reprise {

namespace {

class CleanUp final : public Check {
 public:
  explicit CleanUp(RunView& run) : run_(run) {}

  Hooks wants(Hooks overridden) const override {
    return run_.declared().owned.empty() ? overridden & life_hooks : overridden;
  }

  void run_begins() override {
    owned_.clear();
    known_ = 0;
    cleaning_.clear();
    marked_by_.reset();
  }

  void power_lost(NodeId) override { run_begins(); }

  void entry_begins(TaskId task) override { mark(task); }

  void entry_ends(TaskId task, Answer answer, const Completion&) override {
    if (!cleaning(task).empty()) {
      compare(cleaning(task).front());
      if (answer == Answer::io) marked_by_.reset();  // what others do meanwhile is their own
      return;
    }
    if (answer == Answer::error) {
      const Task& by = run_.task(task);
      compare({operation_ref_of(by), {OperationEnd::Kind::error, by.error}});
    }
    marked_by_.reset();
  }

  void clean_up_begins(const OperationRef& operation, const OperationEnd& ending) override {
    cleaning(operation.task).push_back({operation, ending});
    mark(operation.task);
  }

  void operation_over(const OperationRef& operation, const OperationEnd& ending) override {
    std::vector<Ended>& cleaned = cleaning(operation.task);
    if (!ending.is_dropped() || cleaned.empty()) return;
    compare(cleaned.front());
    cleaned.pop_back();
    if (cleaned.empty()) marked_by_.reset();
  }

  void quiescence() override {
    const OwnedState* claimed = run_.declared().owned.data();
    for (const Owned& owned : all_owned()) {
      const OwnedState& said = *claimed++;
      if (owned.owner) continue;
      run_.report_misuse("sim.owned() says that `" + said.name + "` belongs to the task `" +
                         said.task + "`, but no task has that name");
    }
  }

 private:
  struct Ended {
    OperationRef operation;
    OperationEnd ending;
  };
  struct Owned {
    std::optional<TaskId> owner;  // once a task with its name was there
    // As it was when the code began that is looked at, if its owner was under way.
    bool is_marked = false;
    DescribedState mark;
  };

  std::vector<Ended>& cleaning(TaskId task) {
    if (cleaning_.size() <= task) cleaning_.resize(task + 1);
    return cleaning_[task];
  }

  /// As Declared::owned.
  std::vector<Owned>& all_owned() {
    const std::vector<OwnedState>& claimed = run_.declared().owned;
    if (known_ == claimed.size()) return owned_;
    owned_.resize(claimed.size());
    known_ = 0;
    for (std::size_t i = 0; i < claimed.size(); ++i) {
      if (!owned_[i].owner) owned_[i].owner = task_named(claimed[i].task);
      if (owned_[i].owner) ++known_;
    }
    return owned_;
  }

  std::optional<TaskId> task_named(std::string_view name) {
    for (TaskId i = 0; i < run_.task_count(); ++i) {
      if (run_.names().text(run_.task(i).name) == name) return i;
    }
    return std::nullopt;
  }

  /// `task` runs now: until it yields, what changes is its doing.
  void mark(TaskId task) {
    if (marked_by_ == task || run_.stopped()) return;
    marked_by_ = task;
    const OwnedState* claimed = run_.declared().owned.data();
    for (Owned& owned : all_owned()) {
      const std::optional<TaskId> owner = owned.owner;
      owned.is_marked = owner && *owner != task && run_.task(*owner).in_operation &&
                        (*owner >= cleaning_.size() || cleaning_[*owner].empty());
      if (owned.is_marked) owned.mark.take(claimed->describe, run_.logging());
      ++claimed;
    }
  }

  void compare(const Ended& by) {
    if (marked_by_ != by.operation.task) return;
    for (std::size_t i = 0; i < owned_.size(); ++i) {
      if (run_.stopped()) return;
      if (!owned_[i].is_marked) continue;
      const OwnedState& claimed = run_.declared().owned[i];
      now_.take(claimed.describe, run_.logging());
      if (now_.same_as(owned_[i].mark)) continue;
      report(claimed, now_.changes(owned_[i].mark, claimed.name), *owned_[i].owner, by);
    }
  }

  void report(const OwnedState& owned, const std::vector<std::string>& changes, TaskId owner,
              const Ended& by) {
    const OperationRef whose = operation_ref_of(run_.task(owner));
    Finding finding;
    finding.check = name();
    finding.signature = run_.signature(name(), owned.name);
    finding.message = (changes.empty() ? '`' + owned.name + "` was changed" : changes.front()) +
                      ", through " +
                      (by.ending.is_dropped() ? "the clean-up behind" : "the error of") +
                      " another task's operation";
    for (std::size_t i = 1; i < changes.size(); ++i) finding.evidence.push_back(changes[i]);
    finding.evidence.push_back("it belongs to " + operation_in_words(run_, whose) + ": " +
                               yield_in_words(run_, whose));
    finding.evidence.push_back("it was changed by " + operation_in_words(run_, by.operation) +
                               ", which " + to_text(by.ending) + ", after " +
                               entries_in_words(by.operation));
    finding.expected = "an operation that ends badly leaves alone what is used by another";
    finding.help =
        "reset only what the operation itself has set: keep it in the operation, or remember whose "
        "it is";
    show_place(finding, whose, "its owner waits here");
    show_place(finding, by.operation, "who changed it yielded here last");
    run_.report(std::move(finding));
  }

  RunView& run_;
  std::vector<Owned> owned_;                  // as Declared::owned
  std::size_t known_ = 0;                     // of these, whose owner is known
  std::vector<std::vector<Ended>> cleaning_;  // by task: what it cleans up behind, outermost first
  std::optional<TaskId> marked_by_;           // the marks are of now, and this task runs
  DescribedState now_;
};

}  // namespace

std::unique_ptr<Check> make_clean_up(RunView& run) {
  return make_check<CleanUp>(run, check_name::clean_up);
}

}  // namespace reprise
