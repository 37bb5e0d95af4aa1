// Deadlock and lost wake: somebody waits, and nothing can happen any more. Livelock: turns upon
// turns without any I/O being delivered. A run that does not end.
#include <reprise/sim/check/list.h>
#include <reprise/sim/world.h>

#include <string>
#include <utility>
#include <vector>

namespace reprise {

namespace {

class Progress final : public Check {
 public:
  explicit Progress(World& world) : world_(world) {}

  std::string_view name() const override { return "progress"; }
  Hooks wants() const override {
    return hooks(Hook::run, Hook::entry, Hook::completion, Hook::event, Hook::quiescence);
  }

  void run_begins() override {
    events_ = 0;
    turns_ = 0;
  }

  void entry_begins(TaskId task) override {
    const std::uint32_t entries = world_.task(task).operation.entries();
    if (entries <= world_.entries_per_operation_max() || world_.stopped()) return;
    report("endless operation",
           "an operation has been entered " + std::to_string(entries) + " times and has not ended",
           "an operation says Done or Err after some entries",
           "look for work that starts again on each entry; a long operation that is sound is "
           "declared with sim.entries_per_operation_max()");
  }

  // Also an I/O that completes at submit, and what one task finishes for another.
  void completion_event(CompletionEvent event, const Completion&, IOError, std::uint64_t) override {
    if (event == CompletionEvent::finished) turns_ = 0;
  }

  void event_done(Event event) override {
    ++events_;
    if (event.rank == Rank::yielded) ++turns_;
    if (world_.stopped()) return;
    // While something is in flight it is the strategy that lets others go first.
    if (turns_ > world_.options().entries_without_delivery_max && world_.device().idle()) {
      report("livelock",
             std::to_string(turns_) +
                 " turns after explicit yields in a row, and no I/O was delivered",
             "between one yield and the next, somebody gets on with their work",
             "a task that waits for another must wait on a completion that the other finishes, or "
             "let it run");
    } else if (events_ > world_.options().events_max) {
      report("endless", "the run has not ended after " + std::to_string(events_) + " events",
             "every run comes to an end", "bound the workload's loops");
    }
  }

  void quiescence() override {
    bool stuck = false;
    for (std::uint32_t i = 0; i < world_.task_count(); ++i) {
      stuck = stuck || world_.task(i).state != Task::State::done;
    }
    if (stuck) {
      report(
          "deadlock", "tasks wait, and nothing is in flight that could wake them",
          "somebody finishes what a task waits for",
          "see to it that each completion waited for is finished on every path, errors included");
    }
  }

 private:
  void report(const std::string& what, const std::string& message, const std::string& expected,
              const std::string& help) {
    Finding finding;
    finding.check = name();
    finding.message = message;
    finding.expected = expected;
    finding.help = help;
    std::string who;
    constexpr std::size_t shown_max = 8;
    for (std::uint32_t i = 0; i < world_.task_count(); ++i) {
      const Task& task = world_.task(i);
      if (task.state == Task::State::done || finding.evidence.size() == shown_max) continue;
      const std::string name(world_.names().text(task.name));
      finding.evidence.push_back("task `" + name + "`, entry " +
                                 std::to_string(task.operation.entries()) + ", waits for " +
                                 world_.what_it_waits_for(task));
      if (const AwaitSite* const site = task.operation.yield_site()) {
        finding.places.push_back({site->file, site->line, "`" + name + "` waits here"});
        const AwaitSite* const call = task.operation.resume_site();
        const AwaitSite& named = call != nullptr ? *call : *site;
        if (who.empty()) who = std::string(" at ") + named.function + '/' + named.expression;
      }
    }
    finding.signature = world_.signature(this->name(), what + who);
    world_.report(std::move(finding));
  }

  World& world_;
  std::uint64_t events_ = 0;
  std::uint64_t turns_ = 0;  // after explicit yields, since anything was finished
};

}  // namespace

std::unique_ptr<Check> make_progress(World& world) { return std::make_unique<Progress>(world); }

}  // namespace reprise
