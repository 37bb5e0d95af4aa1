// A part of unseen-error: an operation that says Done while an I/O of its own, which changes a
// file, is in flight, and nobody who ever asks how that comes out.
#include <reprise/core/internal/peek.h>
#include <reprise/sim/check/check.h>
#include <reprise/sim/evidence/done_operations.h>
#include <reprise/sim/evidence/run_view.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace reprise {

namespace {

class LeftInFlight final : public Check {
 public:
  explicit LeftInFlight(RunView& run) : run_(run) {}

  void run_begins() override {
    for (std::vector<Submitted>& ios : ios_) ios.clear();
    left_.clear();
    cut_off_.begin_run();
  }
  void run_ends() override { run_begins(); }

  void operation_begins(TaskId task) override {
    if (ios_.size() <= task) ios_.resize(task + 1);
    ios_[task].clear();
  }

  void fault_taken(const Identity& what, std::uint32_t) override { cut_off_.fault_taken(what); }

  void io_submitted(const SubmittedIO& io, const Completion& completion) override {
    // A read may be made ahead of who wants it; a timer has no outcome.
    // What becomes of a connection is told by its next I/O, too.
    if (io.kind == IOKind::read || io.kind == IOKind::timer || is_of_network(io.kind)) return;
    ios_[io.task].push_back({io, completion, run_.task(io.task).operation.open_site()});
  }

  void entry_ends(TaskId task, Answer answer, const Completion&) override {
    std::vector<Submitted>& ios = ios_[task];
    if (ios.empty()) return;
    std::erase_if(ios, [](const Submitted& submitted) {
      const internal::Peek completion(submitted.completion);
      return completion.finished() || completion.is_outcome_asked();
    });
    if (answer == Answer::done) left_.insert(left_.end(), ios.begin(), ios.end());
  }

  void operation_ends(TaskId task) override { ios_[task].clear(); }

  /// Until now another operation may have asked.
  void quiescence() override {
    if (cut_off_.had_one()) return;
    for (const Submitted& submitted : left_) {
      const internal::Peek completion(submitted.completion);
      // What has failed is told as an error by the other part.
      const bool is_told = !completion.finished() || completion.error() != IOError::none ||
                           submitted.completion.cancel_requested();
      if (!is_told && !completion.is_outcome_asked()) report(submitted);
    }
  }

 private:
  struct Submitted {
    SubmittedIO io;
    Completion completion;
    const AwaitSite* site = nullptr;  // of the call that it was submitted in
  };

  void report(const Submitted& submitted) {
    const std::string kind = run_.kind_of_io(submitted.io.identity);
    Finding finding;
    finding.check = name();
    finding.severity = Severity::note;
    finding.signature = run_.signature(name(), "Done before " + kind);
    finding.message = "an operation said Done while its `" + kind +
                      "` was in flight, and nobody asked how it "
                      "came out";
    finding.evidence.push_back("task `" +
                               std::string(run_.names().text(run_.task(submitted.io.task).name)) +
                               "`, its operation number " + std::to_string(submitted.io.operation));
    finding.evidence.push_back('`' + run_.io_in_words(submitted.io.identity) +
                               "` finished later, in this run without an error");
    finding.expected = "somebody learns of it if it fails";
    finding.help =
        "yield until it has finished, or leave its completion to who asks later; where it does not "
        "matter, say so: completion.ignore()";
    const bool is_line_known =
        run_.submit_places().add(finding, submitted.io.identity, "submitted here");
    if (!is_line_known && submitted.site != nullptr) {
      finding.places.push_back(
          {submitted.site->file, submitted.site->line, "submitted in this call"});
    }
    run_.report(std::move(finding));
  }

  RunView& run_;
  CutOff cut_off_;
  std::vector<std::vector<Submitted>> ios_;  // by task: of its operation, not finished
  std::vector<Submitted> left_;              // of operations that are over
};

}  // namespace

std::unique_ptr<Check> make_left_in_flight(RunView& run) {
  return make_check<LeftInFlight>(run, check_name::left_in_flight);
}

}  // namespace reprise
