// A task that keeps the processor and gets nowhere: an entry that never gives control back, an
// operation that yields again and again while only a timer can help it, or nothing at all,
// operations that fail one after the other. Each is told after a bound, in milliseconds, and not by
// the time that it takes.
#include <reprise/sim/check/check.h>
#include <reprise/sim/evidence/operation_words.h>
#include <reprise/sim/evidence/run_view.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace reprise {

namespace {

// The bound holds for an operation that is alone, with no event of others in between. It is large,
// because a library that says "again" may have done a piece of its work, and its caller may give up
// after some tries.
constexpr std::uint32_t idle_yields_max = 1000;

class BusyTask final : public Check {
 public:
  explicit BusyTask(RunView& run) : run_(run) {}

  void run_begins() override {
    failures_.clear();
    idle_yields_ = 0;
    idle_at_ = 0;
    idle_in_ = 0;
  }

  void too_many_ios(TaskId task, const Identity& io, std::uint64_t ios) override {
    if (run_.stopped()) return;
    const std::string kind = run_.kind_of_io(io);
    Finding finding = finding_of("entry without end: " + kind, task);
    finding.message = "one entry has submitted " + std::to_string(ios) +
                      " I/Os, each of which was done at once, and has not ended";
    finding.evidence.push_back("the last one is `" + run_.io_in_words(io) + '`');
    finding.expected = "an entry comes to its end, also where no I/O makes it wait";
    finding.help =
        "bound what one entry does, and answer an explicit yield now and then, so that others have "
        "their turn";
    const AwaitSite* const site = run_.task(task).operation.open_site();
    if (site != nullptr) finding.places.push_back({site->file, site->line, "still in this call"});
    end(std::move(finding));
  }

  void yields_explicitly(TaskId task) override {
    const bool is_idle = run_.operations_under_way() == 1 && !run_.has_io_in_flight();
    const bool has_timers = run_.has_timers();
    // In a row: no event between the two, and of one operation.
    const std::uint64_t event = run_.stats().events;
    const std::uint32_t operation = run_.task(task).operations;
    if (event != idle_at_ + 1 || std::exchange(idle_in_, operation) != operation) idle_yields_ = 0;
    // An operation that changes something may be a long computation that lets others run.
    const bool goes_on =
        is_idle && (has_timers ? run_.memory().has_changed_nothing() : call_of(task) != nullptr);
    idle_yields_ = goes_on ? idle_yields_ + 1 : 0;
    idle_at_ = event;
    if (idle_yields_ <= idle_yields_max || run_.stopped() || others_can_run(task)) return;
    if (has_timers) {
      report_idle(task);
    } else {
      report_hopeless(task, *call_of(task));
    }
  }

  void operation_over(const OperationRef& operation, const OperationEnd& ending) override {
    if (failures_.size() <= operation.task) failures_.resize(operation.task + 1);
    std::uint32_t& failures = failures_[operation.task];
    failures = ending.kind == OperationEnd::Kind::error ? failures + 1 : 0;
    if (failures <= run_.options().failures_in_a_row_max || run_.stopped()) return;
    Finding finding = finding_of("operations that fail", operation.task);
    finding.message = std::to_string(failures) +
                      " operations of one task have failed, one after the other, and it goes on";
    finding.evidence.push_back("the last one " + to_text(ending));
    finding.expected = "who tries again gives up in the end";
    finding.help = "bound the number of tries: an error may be there to stay";
    show_place(finding, operation, "the last operation yielded here last");
    if (finding.places.empty()) show_await(run_, finding, operation);
    run_.report(std::move(finding));
  }

  void too_many_answers(TaskId task, const AwaitSite& site, std::uint64_t answers) override {
    if (run_.stopped()) return;
    Finding finding =
        finding_of(std::string("loop at ") + site.function + '/' + site.expression, task);
    finding.message = "one entry has got the answer IO " + std::to_string(answers) +
                      " times, and does not give control back";
    finding.expected = "who gets IO for an answer yields: nobody else can do anything until then";
    finding.help =
        "hand the IO on to the caller (RETURN_IF_IO), instead of calling again in a loop";
    finding.places.push_back({site.file, site.line, "answers IO again and again"});
    end(std::move(finding));
  }

 private:
  /// The last foreign call of that task that has answered "again" in this entry.
  const RepeatedCalls::Waiting* call_of(TaskId task) const {
    return run_.declared().repeated_calls.last_of(task, run_.stats().events);
  }

  bool others_can_run(TaskId task) const {
    for (TaskId id = 0; id < run_.task_count(); ++id) {
      const Task& other = run_.task(id);
      if (id != task && other.state != Task::State::done && other.ready) return true;
    }
    return false;
  }

  void report_hopeless(TaskId task, const RepeatedCalls::Waiting& call) {
    const std::string name = call.name.empty() ? "call_again()" : call.name;
    Finding finding = finding_of("again, with nobody to wake it: " + name, task);
    finding.message = '`' + name + "` has answered \"again\" " + std::to_string(idle_yields_) +
                      " times in a row; nothing is in flight, and nobody else could help it";
    finding.expected = "who answers \"again\" waits for something that is under way";
    finding.help =
        "submit what the call waits for before the yield, and yield on its completion; a call that "
        "works in small pieces says \"again\" to sim.same_arguments_again() only where it waits";
    show_yield(finding, task);
    if (call.place.line != 0) {
      finding.places.push_back({call.place.file, call.place.line, "this call answers \"again\""});
    }
    run_.report(std::move(finding));
  }

  void show_yield(Finding& finding, TaskId task) const {
    const OperationRef operation = operation_ref_of(run_.task(task));
    show_place(finding, operation, "yields here");
    if (finding.places.empty()) show_await(run_, finding, operation);
  }

  void report_idle(TaskId task) {
    const AwaitSite* const site = run_.task(task).operation.yield_site();
    Finding finding = finding_of(
        site == nullptr ? std::string("busy waiting")
                        : std::string("busy waiting at ") + site->function + '/' + site->expression,
        task);
    finding.message = "an operation wakes itself again and again: " + std::to_string(idle_yields_) +
                      " explicit yields in a row, though nothing but a timer in flight can help it";
    finding.expected = "who waits for something waits on its completion";
    finding.help =
        "yield on the completion of the timer, or of whatever is to come, and not on "
        "Completion::yield()";
    show_yield(finding, task);
    run_.report(std::move(finding));
  }

  Finding finding_of(const std::string& what, TaskId id) const {
    const Task& task = run_.task(id);
    Finding finding;
    finding.check = name();
    finding.signature = run_.signature(name(), what);
    finding.evidence.push_back("task `" + std::string(run_.names().text(task.name)) + "`, entry " +
                               std::to_string(task.operation.entries()) +
                               " of its operation number " + std::to_string(task.operations));
    return finding;
  }

  void end(Finding finding) {
    run_.report(std::move(finding));
    if (run_.stopped()) run_.leave_entry();
  }

  RunView& run_;
  std::uint32_t idle_yields_ = 0;
  std::uint64_t idle_at_ = 0;            // the event of the last of them
  std::uint32_t idle_in_ = 0;            // its operation, by number
  std::vector<std::uint32_t> failures_;  // in a row, by task
};

}  // namespace

std::unique_ptr<Check> make_busy_task(RunView& run) {
  return make_check<BusyTask>(run, check_name::busy_task);
}

}  // namespace reprise
