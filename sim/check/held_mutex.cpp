// A mutex of the C or C++ library that is held over a yield. All tasks run in one thread, so that
// whoever asks for it meanwhile would wait for ever; in production the same, or undefined where
// another thread goes on with the operation.
#include <reprise/sim/check/check.h>
#include <reprise/sim/evidence/run_view.h>
#include <reprise/sim/evidence/seen_access.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace reprise {

namespace {

class HeldMutex final : public Check {
 public:
  explicit HeldMutex(RunView& run) : run_(run) {}

  bool needs_store_watch() const override { return true; }

  void run_begins() override { held_.clear(); }

  bool mutex_used(MutexEvent event, const MemoryAccess& mutex) override {
    const Task* const task = run_.current();
    if (task == nullptr) return true;
    const auto held = std::ranges::find(held_, mutex.address,
                                        [](const Held& each) { return each.mutex.address; });
    switch (event) {
      case MutexEvent::asked:
        if (held == held_.end()) break;
        report_deadlock(*held, *task, mutex);
        return false;
      case MutexEvent::taken:
        if (held == held_.end()) held_.push_back({mutex, task->id, task->operation.entries()});
        break;
      case MutexEvent::given_back:
        if (held != held_.end()) held_.erase(held);
        break;
    }
    return true;
  }

  void entry_ends(TaskId task, Answer answer, const Completion&) override {
    if (answer != Answer::io) return;
    for (const Held& held : held_) {
      if (held.task == task) report_yield(held);
    }
  }

 private:
  struct Held {
    MemoryAccess mutex;  // and the code that has taken it
    TaskId task = 0;
    std::uint32_t entry = 0;
  };

  std::string task_in_words(TaskId task) const {
    return "task `" + std::string(run_.names().text(run_.task(task).name)) + '`';
  }

  Finding finding_of(const Held& held, const std::string& what) const {
    const MemoryWatch::Quiet quiet;
    Finding finding;
    finding.check = name();
    finding.signature = run_.signature(name(), what);
    finding.evidence.push_back(task_in_words(held.task) + " has taken it in entry " +
                               std::to_string(held.entry));
    finding.expected = "a mutex is given back before the yield";
    finding.help =
        "give it back before yielding; a lock that is held over a yield is one that waits by "
        "yielding too, such as reprise::FairLock";
    if (auto place = SeenAccess(run_, held.mutex).place("taken here")) {
      finding.places.push_back(*std::move(place));
    }
    return finding;
  }

  std::string mutex_in_words(const Held& held) const {
    const MemoryWatch::Quiet quiet;
    return SeenAccess(run_, held.mutex).variable_or("a mutex");
  }

  void report_yield(const Held& held) {
    Finding note = finding_of(held, "held over a yield");
    note.severity = Severity::note;
    note.message = mutex_in_words(held) + " is held over a yield";
    const AwaitSite* const site = run_.task(held.task).operation.yield_site();
    if (site != nullptr)
      note.places.push_back({site->file, site->line, "yields here, and holds it"});
    run_.report(std::move(note));
  }

  // The lock would never come: the entry goes on without it, and the run ends with its turn.
  void report_deadlock(const Held& held, const Task& task, const MemoryAccess& asks) {
    const bool is_own = held.task == task.id;
    Finding finding = finding_of(held, is_own ? "taken twice" : "asked for meanwhile");
    finding.message = mutex_in_words(held) +
                      (is_own ? " is taken again by the task that holds it"
                              : " is asked for while another task holds it "
                                "over a yield") +
                      ": that never comes back";
    finding.evidence.push_back(task_in_words(task.id) + " asks for it in entry " +
                               std::to_string(task.operation.entries()));
    const MemoryWatch::Quiet quiet;
    if (auto place = SeenAccess(run_, asks).place("asked for here")) {
      finding.places.push_back(*std::move(place));
    }
    run_.report(std::move(finding));
  }

  RunView& run_;
  std::vector<Held> held_;
};

}  // namespace

std::unique_ptr<Check> make_held_mutex(RunView& run) {
  return make_check<HeldMutex>(run, check_name::held_mutex);
}

}  // namespace reprise
