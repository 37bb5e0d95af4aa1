// A result that is used before it is there, and an error that nobody has looked at.
#include <reprise/core/internal/peek.h>
#include <reprise/sim/check/list.h>
#include <reprise/sim/store_watch/call_stack.h>
#include <reprise/sim/world/world.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace reprise {

namespace {

/// result() asked of a completion that has not finished.
class EarlyResult final : public Check {
 public:
  explicit EarlyResult(World& world) : world_(world) {}

  std::string_view name() const override { return check_name::premature_use; }
  Hooks wants() const override { return hooks(Hook::misuse); }

  void result_asked_early(const Completion& completion) override {
    if (world_.stopped()) return;
    const Task& task = *world_.current();
    const Identity io = world_.device().identity_of(completion);
    const std::string what = io.name != 0            ? '`' + world_.kind_of_io(io) + '`'
                             : completion.is_group() ? "a group of completions"
                                                     : "a completion";
    const AwaitSite* const site = task.operation.open_site();
    Finding finding;
    finding.check = name();
    finding.signature = world_.signature(
        name(),
        "result of " + what + (site == nullptr ? "" : std::string(" in ") + site->expression));
    finding.message = "result() was asked of " + what + ", which has not finished";
    std::string who = "task `" + std::string(world_.names().text(task.name)) + '`';
    if (task.operation.in_entry()) who += ", entry " + std::to_string(task.operation.entries());
    finding.evidence.push_back(std::move(who));
    if (io.name != 0) {
      finding.evidence.push_back('`' + world_.io_in_words(io) + "` is in flight: the answer is 0");
    }
    finding.expected = "a result is asked for when its completion has finished";
    finding.help = "ask finished() first, and yield if it has not; then succeeded()";
    if (world_.memory().running() && world_.logging()) {
      finding.places = own_places_now(world_.debug_info(), "asked here");
    }
    if (site != nullptr && finding.places.empty()) {
      finding.places.push_back({site->file, site->line, "in this call"});
    }
    world_.report(std::move(finding));
  }

 private:
  World& world_;
};

/// An operation that said Done, and an I/O of its that had failed, or did later, whose error nobody
/// has looked at by the end of the run: until then another operation may, as with a page that many
/// share. If one of those was cut short, by an error or because it was dropped, nobody can tell
/// whether it would have looked: then nothing is reported.
class UnseenError final : public Check {
 public:
  explicit UnseenError(World& world) : world_(world) {}

  std::string_view name() const override { return check_name::premature_use; }
  Hooks wants() const override {
    return hooks(Hook::run, Hook::entry, Hook::io_failure, Hook::quiescence);
  }

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
    if (completion.cancel_requested()) return;
    const Task& task = world_.task(io.task);
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
      if (world_.stopped()) return;
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
    return failed.io.task == task && failed.io.operation == world_.task(task).operations;
  }

  void report(const Failed& failed) {
    const std::string kind = world_.kind_of_io(failed.io.identity);
    Finding finding;
    finding.check = name();
    finding.signature = world_.signature(name(), "error of " + kind);
    finding.message =
        "the error of `" + kind + "` was never looked at, and its operation said Done";
    finding.evidence.push_back("task `" +
                               std::string(world_.names().text(world_.task(failed.io.task).name)) +
                               "`, its operation number " + std::to_string(failed.io.operation));
    finding.evidence.push_back('`' + world_.io_in_words(failed.io.identity) + "` failed with " +
                               to_string(internal::Peek(failed.completion).error()) +
                               (failed.is_late ? ", after its operation had said Done" : ""));
    finding.evidence.push_back(
        "nobody asked succeeded(), get_error() or result(), of it or of a group that it is in, and "
        "it has no callback");
    finding.expected = "whoever submits an I/O looks how it came out";
    finding.help =
        "ask succeeded() before going on, and answer the error as Err or try again; where it "
        "does not matter, say so: completion.ignore()";
    world_.submit_places().add(finding, failed.io.identity, '`' + kind + "` is submitted");
    if (failed.site != nullptr) {
      finding.places.push_back(
          {failed.site->file, failed.site->line, "here when `" + kind + "` failed"});
    }
    world_.report(std::move(finding));
  }

  World& world_;
  std::vector<Failed> failed_;
  std::vector<std::vector<Begun>> begun_;  // by task and operation
  std::uint32_t cut_short_ = 0;            // operations that have ended without saying Done
};

}  // namespace

std::unique_ptr<Check> make_early_result(World& world) { return make_check<EarlyResult>(world); }
std::unique_ptr<Check> make_unseen_error(World& world) { return make_check<UnseenError>(world); }

}  // namespace reprise
