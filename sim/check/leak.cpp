// What was taken and not given back, or given back twice: counts that the scenario has named with
// sim.held(); and completions that somebody still holds when the scenario and all that was its own
// is gone.
#include <reprise/sim/check/check.h>
#include <reprise/sim/evidence/bookings.h>
#include <reprise/sim/evidence/operation_words.h>
#include <reprise/sim/evidence/run_view.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace reprise {

namespace {

class Leak final : public Check {
 public:
  explicit Leak(RunView& run) : run_(run), bookings_(run) {}

  Hooks wants(Hooks overridden) const override {
    return run_.declared().held.empty() ? overridden & life_hooks : overridden;
  }

  void run_begins() override {
    bookings_.begin();
    // Nearly always there are none.
    completions_before_.clear();
    if (run_.live_completions() != 0) completions_before_ = run_.live_ids();
  }

  void operation_begins(TaskId task) override { bookings_.operation_begins(task); }
  void entry_begins(TaskId) override { look_outside(); }
  void entry_ends(TaskId task, Answer answer, const Completion& waits_for) override {
    if (!run_.stopped() && bookings_.ask()) book(operation_ref_of(run_.task(task)));
    if (answer == Answer::io) bookings_.waits_for(task, waits_for);
  }

  void clean_up_begins(const OperationRef&, const OperationEnd&) override { look_outside(); }
  void operation_over(const OperationRef& operation, const OperationEnd& ending) override {
    if (ending.is_dropped() && !run_.stopped() && bookings_.ask()) book(operation);
    bookings_.operation_over(operation, ending);
  }

  void quiescence() override {
    if (run_.stopped() || somebody_is_stuck()) return;
    look_outside();
    const std::vector<HeldCount>& held = run_.declared().held;
    for (std::size_t i = 0; i < held.size(); ++i) {
      if (run_.stopped()) return;
      if (bookings_.value(i) != 0) report(held[i], bookings_.value(i), bookings_.holders(i));
    }
  }

  void all_let_go() override {
    // A run that was stopped, or never came to its end, may have left anything behind.
    if (run_.stopped() || !run_.came_to_an_end()) return;
    if (run_.live_completions() == completions_before_.size()) return;
    const std::vector<std::uint64_t> now = run_.live_ids();
    std::vector<std::uint64_t> held;
    std::ranges::set_difference(now, completions_before_, std::back_inserter(held));
    if (held.empty()) return;
    const std::size_t count = held.size();
    Finding finding;
    finding.check = name();
    finding.signature = run_.signature(name(), "completions");
    finding.message = std::to_string(count) + (count == 1 ? " completion is" : " completions are") +
                      " still held by somebody, though the scenario is over";
    for (const std::uint64_t id : held) {
      const Identity io = run_.logged_io(id);
      if (io.name != 0) finding.evidence.push_back("of " + run_.io_in_words(io));
    }
    finding.expected = "who takes a reference to a completion gives it back";
    finding.help =
        "look for a copy of a Completion that is never destroyed: in an object that nobody "
        "deletes, in a static, in a callback that holds itself";
    run_.report(std::move(finding));
  }

 private:
  void look_outside() {
    if (!run_.stopped() && bookings_.ask()) bookings_.book_outside();
  }

  void book(const OperationRef& operation) {
    const std::optional<Bookings::Overdraft> overdraft = bookings_.book(operation);
    if (overdraft) report(*overdraft);
    const std::vector<HeldCount>& held = run_.declared().held;
    for (std::size_t i = 0; i < held.size(); ++i) {
      if (Bookings::is_below_zero(bookings_.value(i))) report_below_zero(held[i], operation);
    }
  }

  /// That is the business of `progress`.
  bool somebody_is_stuck() {
    for (TaskId i = 0; i < run_.task_count(); ++i) {
      if (run_.task(i).state != Task::State::done) return true;
    }
    return false;
  }

  void report(const HeldCount& held, std::uint64_t count,
              const std::vector<Bookings::Holding>& holders) {
    Finding finding;
    finding.check = name();
    finding.signature = run_.signature(name(), held.name);
    finding.message = '"' + held.name + "\" is still held at the end: " + std::to_string(count);
    if (holders.empty()) finding.evidence.emplace_back("it was taken in no operation");
    for (const Bookings::Holding& holding : holders) {
      if (finding.places.size() == shown_max) break;
      const std::string what =
          holders.size() == 1 ? "it" : std::to_string(holding.amount) + " of it";
      finding.evidence.push_back(what + " was taken, and has been held ever since, in " +
                                 operation_in_words(run_, holding.by));
      const std::string where = site_in_words(run_, holding.by);
      if (holding.ending) {
        finding.evidence.push_back("that " + to_text(*holding.ending) + " after " +
                                   entries_in_words(holding.by));
      }
      if (!where.empty()) finding.evidence.push_back("it yielded last" + where);
      show_place(finding, holding.by, "it yielded here last");
    }
    finding.expected = '"' + held.name + "\" is 0 when nothing can happen any more";
    finding.help =
        "give back what was taken on each way out: at Done, at every Err, and where the operation "
        "is aborted or abandoned";
    run_.report(std::move(finding));
  }

  void report(const Bookings::Overdraft& overdraft) {
    const std::string& held = run_.declared().held[overdraft.count].name;
    Finding finding;
    finding.check = name();
    finding.signature = run_.signature(name(), held + " given back twice");
    finding.message =
        '"' + held + "\" was released twice: an operation gave back what another holds";
    finding.evidence.push_back(operation_in_words(run_, overdraft.by) +
                               " took it, gave it back, and gave it back again in entry " +
                               std::to_string(overdraft.by.entry) + ", or in its clean-up");
    finding.evidence.push_back(operation_in_words(run_, overdraft.holder.by) +
                               " has held it since step " + std::to_string(overdraft.holder.event) +
                               ", and is in the middle of its I/O" +
                               site_in_words(run_, overdraft.holder.by));
    finding.expected = "an operation gives back only what it has taken and still holds";
    finding.help =
        "forget what you hold when you give it back, so that a later error, or a clean-up, does "
        "not give it back again";
    show_place(finding, overdraft.by, "gave it back twice; it yielded here last");
    show_place(finding, overdraft.holder.by, "holds it, and waits here");
    if (!overdraft.is_certain) finding.severity = Severity::note;
    run_.report(std::move(finding));
  }

  void report_below_zero(const HeldCount& held, const OperationRef& operation) {
    if (run_.stopped()) return;
    Finding finding;
    finding.check = name();
    finding.signature = run_.signature(name(), held.name + " below zero");
    finding.message = '"' + held.name + "\" was given back though nobody holds it";
    finding.evidence.push_back("its count went below zero in " +
                               operation_in_words(run_, operation) + ", in entry " +
                               std::to_string(operation.entry) + ", or in its clean-up");
    finding.expected = "what is given back was taken before";
    finding.help =
        "forget what you hold when you give it back, so that a later error, or a clean-up, does "
        "not give it back again";
    show_place(finding, operation, "it yielded here last");
    run_.report(std::move(finding));
  }

  static constexpr std::size_t shown_max = 3;  // operations

  RunView& run_;
  Bookings bookings_;
  std::vector<std::uint64_t> completions_before_;  // ids of those that earlier runs have left
};

}  // namespace

std::unique_ptr<Check> make_leak(RunView& run) { return make_check<Leak>(run, check_name::leak); }

}  // namespace reprise
