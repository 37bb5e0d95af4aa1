// An error of an I/O that nobody has looked at.
#include <reprise/core/internal/peek.h>
#include <reprise/sim/check/check.h>
#include <reprise/sim/evidence/run_view.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace reprise {

namespace {

/// An operation that said Done, and an I/O of its that had failed, or did later, whose error nobody
/// has looked at by the end of the run: until then another operation may, as with a page that many
/// share. If one of those was cut short, by an error or because it was dropped, nobody can tell
/// whether it would have looked: then nothing is reported.
class UnseenError final : public Check {
 public:
  explicit UnseenError(RunView& run) : run_(run) {}

  void run_begins() override {
    failed_.clear();
    cut_short_ = 0;
    for (std::vector<Begun>& begun : begun_) begun.clear();
  }
  void run_ends() override { failed_.clear(); }

  void operation_begins(TaskId task) override {
    if (begun_.size() <= task) begun_.resize(task + 1);
    begun_[task].push_back({false, cut_short_});
  }

  void entry_ends(TaskId task, Answer answer, const Completion&) override {
    if (answer != Answer::done) return;
    begun_[task].back().is_done = true;
    for (Failed& failed : failed_) {
      if (is_of_now(failed, task)) failed.is_done = true;
    }
  }

  void operation_ends(TaskId task) override {
    // Those of an operation that did not say Done are its own affair.
    std::erase_if(failed_,
                  [&](const Failed& failed) { return is_of_now(failed, task) && !failed.is_done; });
    if (!begun_[task].back().is_done) ++cut_short_;
  }

  void io_failed(const SubmittedIO& io, const Completion& completion) override {
    if (internal::Peek(completion).error() == IOError::cancelled) return;
    if (is_of_network(io.kind)) return;  // the next I/O of the connection tells it, too
    if (completion.cancel_requested()) return;
    const Task& task = run_.task(io.task);
    const bool is_over = !task.in_operation || task.operations != io.operation;
    if (is_over && !begun_[io.task][io.operation - 1].is_done) return;
    Failed failed{io, completion, is_over, is_over, nullptr};
    if (!is_over) {
      failed.site =
          task.operation.in_entry() ? task.operation.open_site() : task.operation.yield_site();
    }
    failed_.push_back(std::move(failed));
  }

  void quiescence() override {
    for (const Failed& failed : failed_) {
      if (run_.stopped()) return;
      if (!failed.is_done || internal::Peek(failed.completion).is_outcome_asked()) continue;
      const Begun& begun = begun_[failed.io.task][failed.io.operation - 1];
      if (begun.cut_short_before == cut_short_) report(failed);
    }
  }

 private:
  struct Failed {
    SubmittedIO io;
    Completion completion;
    bool is_done = false;  // its operation has said Done
    bool is_late = false;  // it failed after that
    const AwaitSite* site = nullptr;
  };

  struct Begun {
    bool is_done = false;                // it has said Done
    std::uint32_t cut_short_before = 0;  // how many operations were, when it began
  };

  bool is_of_now(const Failed& failed, TaskId task) const {
    return failed.io.task == task && failed.io.operation == run_.task(task).operations;
  }

  void report(const Failed& failed) {
    const std::string kind = run_.kind_of_io(failed.io.identity);
    Finding finding;
    finding.check = name();
    finding.signature = run_.signature(name(), "error of " + kind);
    finding.message =
        "the error of `" + kind + "` was never looked at, and its operation said Done";
    finding.evidence.push_back("task `" +
                               std::string(run_.names().text(run_.task(failed.io.task).name)) +
                               "`, its operation number " + std::to_string(failed.io.operation));
    finding.evidence.push_back('`' + run_.io_in_words(failed.io.identity) + "` failed with " +
                               to_string(internal::Peek(failed.completion).error()) +
                               (failed.is_late ? ", after its operation had said Done" : ""));
    finding.evidence.push_back(
        "nobody asked succeeded(), get_error() or result(), of it or of a group that it is in, and "
        "it has no callback");
    finding.expected = "whoever submits an I/O looks how it came out";
    finding.help =
        "ask succeeded() before going on, and answer the error as Err or try again; where it "
        "does not matter, say so: completion.ignore()";
    run_.submit_places().add(finding, failed.io.identity, '`' + kind + "` is submitted");
    if (failed.site != nullptr) {
      finding.places.push_back(
          {failed.site->file, failed.site->line, "here when `" + kind + "` failed"});
    }
    run_.report(std::move(finding));
  }

  RunView& run_;
  std::vector<Failed> failed_;
  std::vector<std::vector<Begun>> begun_;  // by task and operation
  std::uint32_t cut_short_ = 0;            // operations that have ended without saying Done
};

}  // namespace

std::unique_ptr<Check> make_unseen_error(RunView& run) {
  return make_check<UnseenError>(run, check_name::unseen_error);
}

}  // namespace reprise
