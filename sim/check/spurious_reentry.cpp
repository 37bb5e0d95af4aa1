// A machine that is entered with nothing finished must answer the same wait, and do nothing. If
// anything has happened since its last entry (another I/O has finished, another task has had its
// turn), it may have found something to do: then its answer is its own affair.
#include <reprise/sim/check/check.h>
#include <reprise/sim/evidence/run_view.h>
#include <reprise/sim/evidence/seen_access.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace reprise {

namespace {

class SpuriousReentry final : public Check {
 public:
  explicit SpuriousReentry(RunView& run) : run_(run) {}

  DecisionKinds about() const override { return kinds_that(Effect::enters_early); }

  void run_begins() override { waits_.clear(); }
  void run_ends() override { waits_.clear(); }

  void operation_begins(TaskId task) override {
    if (waits_.size() <= task) waits_.resize(task + 1);
    waits_[task] = {};
  }

  void entry_begins(TaskId task) override {
    Wait& wait = waits_[task];
    wait.spurious = run_.task(task).spurious && run_.stats().events == wait.since + 1;
  }

  void entry_ends(TaskId task, Answer answer, const Completion& waits_for) override {
    Wait& wait = waits_[task];
    if (wait.spurious && answer != Answer::io) {
      report(task, answer == Answer::done ? "answered Done" : "answered Err");
    } else if (wait.spurious && !run_.is_same_wait(waits_for, wait.waits_for)) {
      report(task, "answered another wait");
    } else if (wait.spurious && run_.memory().running()) {
      look_at_memory(task);
    }
    wait.spurious = false;
    wait.waits_for = waits_for;
    wait.since = run_.stats().events;
  }

  void operation_ends(TaskId task) override { waits_[task] = {}; }

  void stored(TaskId task, std::size_t, const Store& store) override {
    if (!spurious(task) || store.before == store.after) return;
    report(task, std::string("changed `") + store.name + "` (" + store.operation + ')');
  }

  void io_submitted(const SubmittedIO& io, const Completion&) override {
    // To ask again when there is something to do is the same wait.
    if (!spurious(io.task) || io.kind == IOKind::ready) return;
    report(io.task, "submitted `" + std::string(run_.names().text(io.identity.name)) + "` again");
  }

 private:
  struct Wait {
    Completion waits_for;     // what the last entry waited for
    std::uint64_t since = 0;  // the number of the event in which that was
    bool spurious = false;    // the entry under way is one with nothing finished, or happened
  };

  bool spurious(TaskId task) const { return task < waits_.size() && waits_[task].spurious; }

  void look_at_memory(TaskId task) {
    MemoryWatch& memory = run_.memory();
    for (const MemoryAccess& store : memory.stores()) {
      if (!store.changed || !memory.lasts(store)) continue;
      if (memory.belongs_to_ignored(store.address)) continue;
      const SeenAccess seen(run_, store);
      if (seen.is_benign()) continue;
      const std::string change = seen.change(store);
      report(task, "changed " + seen.variable_or("something"), seen.place(change));
      return;
    }
  }

  void report(TaskId task, const std::string& what, std::optional<ShownLocation> place = {}) {
    const std::string who(run_.names().text(run_.task(task).name));
    Finding finding;
    finding.check = name();
    finding.signature = run_.signature(name(), place ? "changed something" : what);
    finding.message = "entered with nothing finished, the machine " + what;
    finding.evidence.push_back("task `" + who + "`, entry " +
                               std::to_string(run_.task(task).operation.entries()));
    finding.expected = "the same wait once more, with nothing changed and nothing submitted";
    finding.help =
        "ask `finished()` of what the machine waits for before going on, and answer the same "
        "wait again if it has not";
    if (place) finding.places.push_back(*std::move(place));
    run_.report(std::move(finding));
    waits_[task].spurious = false;
  }

  RunView& run_;
  std::vector<Wait> waits_;
};

}  // namespace

std::unique_ptr<Check> make_spurious_reentry(RunView& run) {
  return make_check<SpuriousReentry>(run, check_name::spurious_reentry);
}

}  // namespace reprise
