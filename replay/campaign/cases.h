// Cases: the numbered runs of a campaign over one scenario. First the two calm runs, then the sweep
// at distance 1 from either base, then that at distance 2, then random ones. A case is fully
// determined by its kind and number, whichever process runs it, so any case can be run again.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/replay/campaign/crash_explorer.h>
#include <reprise/replay/campaign/portfolio.h>
#include <reprise/replay/campaign/sweep.h>
#include <reprise/sim/plan/plan.h>
#include <reprise/sim/runner.h>
#include <reprise/sim/scenario.h>
#include <reprise/sim/strategy/profile.h>
#include <reprise/sim/strategy/strategy.h>

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace reprise {

enum class CaseKind : std::uint8_t {
  calm,  // 0: the base `sync`, 1: the base `lazy`; 2 and 3: with the tasks one after the other
  sweep_sync,    // a plan at distance 1 from `sync`
  sweep_lazy,    // a plan at distance 1 from `lazy`
  pairs_sync,    // a plan at distance 2 from `sync`
  pairs_lazy,    // a plan at distance 2 from `lazy`
  crashes_sync,  // a power loss, after one other difference from `sync` at most; see CrashExplorer
  crashes_lazy,  // the same from `lazy`
  random,        // by case_seed()
};
inline constexpr std::uint8_t case_kind_count = 8;
/// The calm cases that are run as cases; the others are run while a sweep is prepared.
inline constexpr std::uint64_t calm_case_count = 2;

struct Case {
  CaseKind kind = CaseKind::calm;
  std::uint64_t number = 0;  // within its kind

  friend auto operator<=>(const Case&, const Case&) = default;
};

/// A part of the cases, for one of several machines: of each kind those whose number leaves the
/// remainder `index` when divided by `of`. The shards with all indexes below `of` are disjoint, and
/// together they are all cases.
struct CaseShard {
  std::uint32_t index = 0;  // below `of`
  std::uint32_t of = 1;

  bool has(std::uint64_t number) const { return number % of == index; }
  /// How many of the numbers below `end` it has.
  std::uint64_t count_below(std::uint64_t end) const {
    return end / of + (end % of > index ? 1U : 0U);
  }
  friend auto operator<=>(const CaseShard&, const CaseShard&) = default;
};
/// The largest CaseShard::of.
inline constexpr std::uint32_t shards_max = 100'000;

/// A case as one number, in the same order; number < 2^56.
std::uint64_t pack(const Case& item);
Case unpack(std::uint64_t packed);

struct CaseOptions {
  StrategyChoice strategy = nullptr;  // of the random ones
  std::uint64_t seed = 0;
  /// Whether `seed` is the seed of random case 0 itself, instead of a root from which seeds are
  /// made.
  bool is_seed_of_run = false;
  Profile profile;
  RunOptions run;
  /// Each case has a process of its own: nothing else is run in it, and no check may compare the
  /// case with another run.
  bool is_isolated = false;
  /// The most plans taken from each base's sweep; if it has more, these are spread evenly over it.
  std::uint64_t sweep_max = UINT64_MAX;
  /// The most pairs taken from each base; if there are more, they are drawn by `seed`.
  std::uint64_t pairs_max = UINT64_MAX;
  /// The most power losses, likewise, and how far each is explored.
  std::uint64_t crashes_max = UINT64_MAX;
  CrashLimits crash_limits;
};

/// One case of so many is run twice, to check that both runs are the same.
inline constexpr std::uint64_t run_twice_every = 64;
/// Whether the case of this number is. It is another one in each block of numbers, so that each
/// shard has some, however many shards there are.
inline bool is_run_twice(std::uint64_t number) {
  return (number + number / run_twice_every) % run_twice_every == 0;
}

/// Runs cases of one scenario in this process. `scenario` must outlive it.
class CaseRunner {
 public:
  CaseRunner(const Scenario& scenario, const CaseOptions& options);

  /// How many cases of this kind there are; for a sweep this runs its base once, for pairs each
  /// plan of the sweep. Random ones have no end.
  std::uint64_t count(CaseKind kind);
  /// How many cases of this kind there would be without a limit.
  std::uint64_t total(CaseKind kind);
  /// The points of the base that a sweep covers.
  Points points(CaseKind kind) { return sweep(kind).points(runner_.names()); }
  /// Sets a function that is told which case of a sweep is being run while its pairs are counted.
  void on_counting(std::function<void(const Case& item)> at) { at_ = std::move(at); }

  /// What the cases of power losses have looked at so far.
  const CrashCounts& crash_counts() const { return crash_counts_; }

  /// Runs a case; `twice`: with the check `determinism`.
  RunResult run(const Case& item, bool twice);

  /// The same of no case: with any strategy.
  RunResult run(Strategy& strategy, const RunOptions& options, bool twice = false);

  struct Recorded {
    RunResult result;
    Plan plan;
  };
  /// Runs a case, and records the plan that makes the same run again.
  Recorded record(const Case& item);

  /// The strategy of a case, to be wrapped in another. Valid until the next call.
  Strategy& strategy_for(const Case& item);

  RunResult run_plan(const Plan& plan, bool twice = false, bool log_events = false);

  /// The plan of a case of a sweep, which is made for that if need be.
  Plan plan_of(const Case& item);
  /// The plan of this case is known, and its sweep need not be made.
  void give_plan(const Case& item, Plan plan) { given_ = {item, std::move(plan)}; }

  /// The seed of a random case; nothing for other cases.
  std::optional<std::uint64_t> seed_of(const Case& item) const;
  /// The name of what made the case's decisions: `uniform`, `sweep from sync` ...
  std::string strategy_name(const Case& item) const;

  Runner& runner() { return runner_; }

 private:
  /// The sweep from the kind's base.
  Sweep& sweep(CaseKind kind);
  PairSweep& pairs(CaseKind kind);
  /// Explores the case's power loss.
  Recorded explore(const Case& item);
  /// The same of one of several nodes: each state is a run of its own. Gives the run that has a
  /// finding, or the last.
  Recorded explore_anew(Recorded first);

  const Scenario& scenario_;
  CaseOptions options_;
  Runner runner_;
  Portfolio portfolio_;
  std::unique_ptr<Strategy> plan_strategy_;
  std::array<std::optional<Sweep>, 2> sweeps_;       // by base
  std::array<std::optional<PairSweep>, 2> pairs_;    // likewise
  std::array<std::optional<PairSweep>, 2> crashes_;  // likewise
  std::optional<std::pair<Case, Plan>> given_;
  CrashMemory crash_memory_;
  CrashCounts crash_counts_;
  std::function<void(const Case& item)> at_ = [](const Case&) {};
};

}  // namespace reprise
