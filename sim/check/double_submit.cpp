// The same I/O submitted again by a later entry of the same operation, when nobody asks how the
// first one came out: the operation says Done, or submits it once more.
#include <reprise/core/internal/peek.h>
#include <reprise/sim/check/check.h>
#include <reprise/sim/evidence/run_view.h>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace reprise {

namespace {

class DoubleSubmit final : public Check {
 public:
  explicit DoubleSubmit(RunView& run) : run_(run) {}

  void run_begins() override {
    for (std::vector<Submitted>& ios : ios_) ios.clear();
    for (std::vector<Candidate>& candidates : candidates_) candidates.clear();
  }
  void run_ends() override { run_begins(); }

  void operation_begins(TaskId task) override {
    if (ios_.size() <= task) {
      ios_.resize(task + 1);
      candidates_.resize(task + 1);
    }
    ios_[task].clear();
    candidates_[task].clear();
  }

  void operation_ends(TaskId task) override {
    ios_[task].clear();
    candidates_[task].clear();
  }

  void entry_ends(TaskId task, Answer answer, const Completion&) override {
    std::vector<Submitted>& ios = ios_[task];
    for (Candidate& candidate : candidates_[task]) {
      if (answer == Answer::done && !is_seen(candidate.first)) return report(candidate);
    }
    if (ios.empty() || answer != Answer::io) return;
    const Operation& operation = run_.task(task).operation;
    for (Submitted& submitted : ios) {
      if (submitted.entry != operation.entries()) continue;
      submitted.yielded = operation.yield_site();
      // What its own entry was told of it was only "not yet".
      const internal::Peek completion(submitted.completion);
      if (!completion.finished()) completion.forget_asked();
    }
    std::erase_if(ios, [](const Submitted& submitted) {
      return internal::Peek(submitted.completion).is_asked();
    });
  }

  void io_submitted(const SubmittedIO& io, const Completion& completion) override {
    // A timer has no result: to be woken was all that was wanted. What a connection does again is
    // not the same, but what comes next.
    if (io.kind == IOKind::timer || is_of_network(io.kind)) return;
    std::vector<Submitted>& ios = ios_[io.task];
    const Operation& operation = run_.task(io.task).operation;
    Submitted& submitted = ios.emplace_back();
    submitted.io = io;
    submitted.completion = completion;
    submitted.entry = operation.entries();
    submitted.site = operation.open_site();
    if (ios.size() == 1) return;
    look_for_another(ios);
    constexpr std::size_t kept_max = 256;
    if (ios.size() > kept_max) ios.erase(ios.begin());
  }

 private:
  struct Submitted {
    SubmittedIO io;
    Completion completion;
    std::uint32_t entry = 0;
    const AwaitSite* site = nullptr;     // of the call that it was submitted in
    const AwaitSite* yielded = nullptr;  // where its entry has yielded
  };

  /// Looks whether the last of these was there before.
  void look_for_another(std::span<const Submitted> ios) {
    const Submitted& again = ios.back();
    for (const Submitted& first : ios.first(ios.size() - 1)) {
      if (run_.stopped()) return;
      if (first.entry != again.entry && is_same(first.io, again.io) && !is_seen(first.completion)) {
        return add_candidate(first, again);
      }
    }
  }

  static bool is_same(const SubmittedIO& a, const SubmittedIO& b) {
    return a.identity.name == b.identity.name && a.offset == b.offset && a.size == b.size;
  }

  /// The first of two equal I/Os, and the finding to report if nobody asks how it came out.
  struct Candidate {
    Completion first;
    Finding finding;
  };

  static bool is_seen(const Completion& completion) {
    return completion.cancel_requested() || internal::Peek(completion).is_asked();
  }

  /// Two of them may be meant so, and be asked later; three are not.
  void add_candidate(const Submitted& first, const Submitted& again) {
    std::vector<Candidate>& candidates = candidates_[first.io.task];
    const auto known = std::ranges::find(candidates, first.completion, &Candidate::first);
    if (known != candidates.end()) return report(*known);
    candidates.push_back({first.completion, finding_of(first, again)});
  }

  void report(Candidate& candidate) {
    if (!run_.stopped()) run_.report(std::move(candidate.finding));
  }

  std::string to_text(const Submitted& submitted) const {
    const std::string io =
        run_.io_in_words(submitted.io.identity, run_.task(submitted.io.task).name);
    const bool moves = submitted.io.kind == IOKind::read || submitted.io.kind == IOKind::write;
    return "entry " + std::to_string(submitted.entry) + " submits `" + io + '`' +
           (moves ? ": " + bytes_in_words(submitted.io.size, submitted.io.offset) : "");
  }

  Finding finding_of(const Submitted& first, const Submitted& again) const {
    const std::string kind = run_.kind_of_io(first.io.identity);
    const std::string task(run_.names().text(run_.task(first.io.task).name));
    const internal::Peek outcome(first.completion);
    Finding finding;
    finding.check = name();
    finding.signature = run_.signature(name(), kind);
    finding.message = "one operation submitted the same `" + kind +
                      "` twice, and never looked at how the first one came out";
    finding.evidence.push_back("task `" + task + '`');
    finding.evidence.push_back(to_text(first));
    finding.evidence.push_back(!outcome.finished() ? "it is still in flight"
                               : outcome.succeeded()
                                   ? "it has finished, and nobody asked"
                                   : "it has failed (" + to_string(outcome.error()) +
                                         "), and nobody asked");
    finding.evidence.push_back(to_text(again));
    finding.expected = "an entry that comes by again finds the I/O that is there already";
    finding.help =
        "keep the completion in the machine, submit only where there is none, and ask it before "
        "going on; one that does not matter is told ignore()";
    const std::string by_first = "submitted in this call (entry " + std::to_string(first.entry);
    const std::string by_again = "(entry " + std::to_string(again.entry) + ')';
    const std::string here = "submitted here (entry " + std::to_string(first.entry);
    if (run_.submit_places().add(
            finding, first.io.identity, again.io.identity,
            {here + ')', "submitted again here " + by_again, here + "), and again " + by_again})) {
      // Nothing is closer than these lines.
    } else if (first.site != nullptr && first.site == again.site) {
      add(finding, first.site, by_first + "), and again " + by_again);
    } else {
      add(finding, first.site, by_first + ')');
      add(finding, again.site, "submitted again in this call " + by_again);
    }
    add(finding, first.yielded, "yielded here, and was entered again");
    return finding;
  }

  static void add(Finding& finding, const AwaitSite* site, const std::string& note) {
    if (site != nullptr) finding.places.push_back({site->file, site->line, note});
  }

  RunView& run_;
  std::vector<std::vector<Submitted>> ios_;         // by task: of its operation, not looked at yet
  std::vector<std::vector<Candidate>> candidates_;  // likewise
};

}  // namespace

std::unique_ptr<Check> make_double_submit(RunView& run) {
  return make_check<DoubleSubmit>(run, check_name::double_submit);
}

}  // namespace reprise
