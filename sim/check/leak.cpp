// What was taken and not given back: counts that the scenario has named with sim.held(), when
// nothing can happen any more; and completions that somebody still holds when the scenario and all
// that was its own is gone.
#include <reprise/sim/check/asking.h>
#include <reprise/sim/check/list.h>
#include <reprise/sim/world.h>

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
  explicit Leak(World& world) : world_(world) {}

  std::string_view name() const override { return "leak"; }
  Hooks wants() const override {
    return world_.claims().held.empty() ? hooks(Hook::run)
                                        : hooks(Hook::run, Hook::entry, Hook::quiescence);
  }

  void run_begins() override {
    taken_.clear();
    // Nearly always there are none.
    completions_before_.clear();
    if (world_.device().live_completions() != 0) completions_before_ = world_.device().live_ids();
  }

  void entry_ends(TaskId task, Answer, const Completion&) override {
    sample(whereabouts_of(world_.task(task)));
  }

  void operation_over(const Whereabouts& operation, const Ending& ending) override {
    if (ending.is_dropped()) sample(operation);
    for (Taken& taken : taken_) {
      if (taken.count == 0 || !taken.by.same_operation(operation)) continue;
      taken.by = operation;
      taken.ending = ending;
    }
  }

  void quiescence() override {
    if (world_.stopped() || somebody_is_stuck()) return;
    const std::vector<HeldCount>& held = world_.claims().held;
    taken_.resize(held.size());
    for (std::size_t i = 0; i < held.size(); ++i) {
      if (world_.stopped()) return;
      const std::uint64_t count = ask(held[i]);
      if (count != 0) report(held[i], count, taken_[i]);
    }
  }

  void all_let_go() override {
    // A run that was stopped, or never came to its end, may have left anything behind.
    if (world_.stopped() || !world_.came_to_an_end()) return;
    if (world_.device().live_completions() == completions_before_.size()) return;
    const std::vector<std::uint64_t> now = world_.device().live_ids();
    std::vector<std::uint64_t> held;
    std::ranges::set_difference(now, completions_before_, std::back_inserter(held));
    if (held.empty()) return;
    const std::size_t count = held.size();
    Finding finding;
    finding.check = name();
    finding.signature = world_.signature(name(), "completions");
    finding.message = std::to_string(count) + (count == 1 ? " completion is" : " completions are") +
                      " still held by somebody, though the scenario is over";
    for (const std::uint64_t id : held) {
      const Identity io = world_.device().logged_io(id);
      if (io.name != 0) finding.evidence.push_back("of " + world_.io_in_words(io));
    }
    finding.expected = "who takes a reference to a completion gives it back";
    finding.help =
        "look for a copy of a Completion that is never destroyed: in an object that nobody "
        "deletes, in a static, in a callback that holds itself";
    world_.report(std::move(finding));
  }

 private:
  /// Of one count, as it was when it was last asked for.
  struct Taken {
    std::uint64_t count = 0;
    Whereabouts by;  // whose operation was under way when it rose from 0
    std::optional<Ending> ending;
  };

  static std::uint64_t ask(const HeldCount& held) {
    const Asking asking;
    return held.count();
  }

  void sample(const Whereabouts& operation) {
    const std::vector<HeldCount>& held = world_.claims().held;
    taken_.resize(held.size());
    if (world_.stopped()) return;
    for (std::size_t i = 0; i < held.size(); ++i) {
      const std::uint64_t before = std::exchange(taken_[i].count, ask(held[i]));
      if (before != 0 || taken_[i].count == 0) continue;
      taken_[i].by = operation;
      taken_[i].ending.reset();
    }
  }

  /// That is the business of `progress`.
  bool somebody_is_stuck() {
    for (TaskId i = 0; i < world_.task_count(); ++i) {
      if (world_.task(i).state != Task::State::done) return true;
    }
    return false;
  }

  void report(const HeldCount& held, std::uint64_t count, const Taken& taken) {
    Finding finding;
    finding.check = name();
    finding.signature = world_.signature(name(), held.name);
    finding.message = '"' + held.name + "\" is still held at the end: " + std::to_string(count);
    if (taken.count == 0) {
      finding.evidence.emplace_back("it was taken after the last operation");
    } else {
      finding.evidence.push_back("it was taken, and has been held ever since, in " +
                                 operation_in_words(world_, taken.by));
      const std::string where = site_in_words(world_, taken.by);
      if (taken.ending) {
        finding.evidence.push_back("that " + in_words(*taken.ending) + " after " +
                                   entries_in_words(taken.by));
      }
      if (!where.empty()) finding.evidence.push_back("it yielded last" + where);
      show_place(finding, taken.by, "it yielded here last");
    }
    finding.expected = '"' + held.name + "\" is 0 when nothing can happen any more";
    finding.help =
        "give back what was taken on each way out: at Done, at every Err, and where the operation "
        "is aborted or abandoned";
    world_.report(std::move(finding));
  }

  World& world_;
  std::vector<Taken> taken_;                       // as Claims::held
  std::vector<std::uint64_t> completions_before_;  // ids of those that earlier runs have left
};

}  // namespace

std::unique_ptr<Check> make_leak(World& world) { return std::make_unique<Leak>(world); }

}  // namespace reprise
