// A call that has answered IO is made again until it says Done or Err. Its caller may not overlook
// the answer, nor forget the call.
#include <reprise/core/internal/peek.h>
#include <reprise/sim/check/check.h>
#include <reprise/sim/evidence/run_view.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace reprise {

namespace {

class LostCallee final : public Check {
 public:
  explicit LostCallee(RunView& run) : run_(run) {}

  void operation_begins(TaskId task) override {
    if (calls_.size() <= task) calls_.resize(task + 1);
    calls_[task].clear();
  }

  void site_left(TaskId task, std::size_t depth, const AwaitSite& site, Answer answer) override {
    std::vector<Call>& calls = calls_[task];
    if (answer != Answer::io && calls.empty()) return;
    const Operation& operation = run_.task(task).operation;
    const bool is_injected = operation.is_injected() && answer == Answer::io;
    // Not called at all: what is lost or not is as before.
    if (is_injected && operation.yield_point().kind() == DecisionKind::yield_before) return;
    const NameId caller = operation.innermost_name();
    const auto known =
        std::ranges::find_if(calls, [&](const Call& call) { return call.is(caller, site); });
    if (known != calls.end()) calls.erase(known);
    if (answer != Answer::io || is_injected) return;
    calls.push_back({caller, &site, depth, operation.entries()});
  }

  void run_ends() override {
    for (std::vector<Call>& calls : calls_) calls.clear();
  }

  void entry_ends(TaskId task, Answer answer, const Completion& waits_for) override {
    std::vector<Call>& calls = calls_[task];
    if (calls.empty()) return;
    const std::uint32_t entries = run_.task(task).operation.entries();
    // A turn, a timer and somebody else say no more than that it may go on.
    const bool has_outcome = answer == Answer::io && run_.has_outcome(waits_for);
    for (Call& call : calls) {
      if (call.entry == entries) call.waits_for = has_outcome ? waits_for : Completion();
    }
    if (answer != Answer::done) return;
    // Where nothing came out, or somebody else has seen how, nothing is lost.
    const auto is_settled = [](const Call& call) {
      return !call.waits_for || internal::Peek(call.waits_for).is_outcome_asked();
    };
    if (!run_.faults().yields_before_calls) {
      std::erase_if(calls,
                    [&](const Call& call) { return call.entry != entries && is_settled(call); });
    }
    if (calls.empty() || run_.stopped()) return;
    // The outermost: what it has called in turn is lost with it.
    const auto lost = std::ranges::min_element(
        calls, {}, [&](const Call& call) { return call.entry == entries ? SIZE_MAX : call.depth; });
    if (lost->entry != entries) report_lost(task, *lost);
  }

  void operation_ends(TaskId task) override { calls_[task].clear(); }

  void answer_ignored(const Completion& waits_for) override {
    if (run_.stopped()) return;
    const Task& task = *run_.current();
    const bool in_entry = task.operation.in_entry();
    const AwaitSite* const origin = in_entry ? task.operation.answering_site() : nullptr;
    const AwaitSite* const through = in_entry ? task.operation.answered_through() : nullptr;
    const AwaitSite* const site = through != nullptr ? through : origin;
    const Identity io = run_.io_of(waits_for);
    Finding finding;
    finding.check = name();
    finding.signature =
        run_.signature(name(), "ignored" + (site != nullptr ? std::string(" from ") + site->function
                                            : io.name != 0  ? ": waits for " + run_.kind_of_io(io)
                                                            : std::string()));
    finding.message =
        "an IO answer was ignored: a call had not come to its end, and its caller "
        "went on as if it had";
    std::string who = "task `" + std::string(run_.names().text(task.name)) + '`';
    if (in_entry) who += ", entry " + std::to_string(task.operation.entries());
    finding.evidence.push_back(std::move(who));
    if (io.name != 0) {
      finding.evidence.push_back("the call waits for `" + run_.io_in_words(io, task.name) + '`');
    }
    finding.evidence.emplace_back("nobody asked is_done() or is_io() of its answer");
    finding.expected = "a call that answers IO is made again until it says Done or Err";
    finding.help = "make it with RETURN_IF_IO, or ask is_io() and hand the answer on";
    if (site != nullptr) {
      finding.places.push_back(
          {site->file, site->line, "the IO that went up from here was ignored"});
    }
    if (origin != nullptr && origin != site) {
      finding.places.push_back({origin->file, origin->line, "it came from here"});
    }
    run_.report(std::move(finding));
  }

 private:
  /// An awaited call that has answered IO.
  struct Call {
    NameId caller = 0;  // the chain of sites that it was made through
    const AwaitSite* site = nullptr;
    std::size_t depth = 0;
    std::uint32_t entry = 0;
    Completion waits_for = {};  // the I/O that the entry waited for

    bool is(NameId by, const AwaitSite& at) const { return caller == by && site == &at; }
  };

  void report_lost(TaskId task, const Call& call) {
    const bool is_strict = run_.faults().yields_before_calls;
    const std::string what = std::string("`") + call.site->expression + '`';
    const Operation& operation = run_.task(task).operation;
    Finding finding;
    finding.check = name();
    finding.severity = is_strict ? Severity::error : Severity::note;
    finding.signature =
        run_.signature(name(), std::string(call.site->function) + '/' + call.site->expression);
    finding.message = what + " in `" + call.site->function +
                      "` answered IO and was never called again, though the operation said Done";
    finding.evidence.push_back("task `" + std::string(run_.names().text(run_.task(task).name)) +
                               '`');
    finding.evidence.push_back("entry " + std::to_string(call.entry) + ": " + what + " answers IO");
    finding.evidence.push_back("entry " + std::to_string(operation.entries()) +
                               ": the operation says Done");
    finding.expected = "a call that answers IO is made again until it says Done or Err";
    finding.help =
        is_strict ? "the scenario says that callees are driven to Done: move the state on behind "
                    "the call, not before it"
                  : "sound if the call has nothing left to do but its one I/O; else move the state "
                    "on behind the call, not before it";
    finding.places.push_back(
        {call.site->file, call.site->line, "answered IO in entry " + std::to_string(call.entry)});
    run_.report(std::move(finding));
  }

  RunView& run_;
  std::vector<std::vector<Call>> calls_;  // by task: that are to be made again
};

}  // namespace

std::unique_ptr<Check> make_lost_callee(RunView& run) {
  return make_check<LostCallee>(run, check_name::lost_callee);
}

}  // namespace reprise
