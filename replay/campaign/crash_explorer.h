// CrashExplorer: makes the run of a plan up to its first power loss, and recovers from there once
// for each state that the power loss may leave on the disk, up to a bound. States that the recovery
// cannot tell apart, because they differ only in bytes that it does not read, are represented by
// one. From some of them the recovery is cut off by further power losses, at each of its events.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/sim/device/disk/persistence.h>
#include <reprise/sim/plan/identity.h>
#include <reprise/sim/plan/names.h>
#include <reprise/sim/plan/plan.h>
#include <reprise/sim/strategy/strategy.h>
#include <reprise/sim/world/recovery_branches.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

namespace reprise {

/// Recoveries that read the same units of the disk, and what they read.
struct SeenByRecoveries {
  std::vector<std::pair<InodeId, std::uint64_t>> read;  // sorted, without repetitions
  std::set<std::uint64_t> seen;
};
/// All that recoveries of one scenario have seen. A recovery ends as its bytes say: one that would
/// see the same need not be made.
using CrashMemory = std::vector<SeenByRecoveries>;

/// How many states were looked at behind how many power losses.
struct CrashCounts {
  std::uint64_t points = 0;       // power losses that were explored
  std::uint64_t explored = 0;     // recoveries from a state of the disk
  std::uint64_t represented = 0;  // states that a recovery could not tell from one explored
  std::uint64_t left_out = 0;     // beyond the bounds
  std::uint64_t nested = 0;       // recoveries that were cut off themselves

  CrashCounts& operator+=(const CrashCounts& other);
  friend bool operator==(const CrashCounts&, const CrashCounts&) = default;
};

struct CrashLimits {
  std::uint64_t states_max = 512;  // behind one power loss
  std::uint64_t nested_max = 128;  // likewise
  bool prunes = true;              // false: each state is explored
};

class CrashExplorer final : public Strategy, public RecoveryBranches {
 public:
  /// `plan` has a power loss. `memory` is that of the scenario, and must outlive this object.
  CrashExplorer(const Plan& plan, const CrashLimits& limits, CrashMemory& memory);

  /// The plan of the last recovery, which has a finding if the run has one.
  Plan plan() const;
  const CrashCounts& counts() const { return counts_; }

  // Strategy.
  void begin(const Names& names) override;
  Base base() const override { return inner_->base(); }
  DecisionKinds active() const override { return inner_->active() | power_kinds; }
  std::uint32_t choose(Decision decision) override;
  void enable(Event event) override { inner_->enable(event); }
  std::size_t forget(const IsGone& is_gone) override { return inner_->forget(is_gone); }
  Event next(const Timers& timers) override { return inner_->next(timers); }

  // RecoveryBranches.
  void begin(const Persistence& disk, std::uint64_t given) override;
  bool next() override;
  void recovered(const UnitsRead& read) override;

 private:
  static constexpr DecisionKinds power_kinds = kinds_that(Effect::loses_power);

  using Values = std::vector<std::uint32_t>;  // of the changes, in the order of their effects
  /// A recovery to make.
  struct Attempt {
    Values values;
    /// The recovery is cut off before this event of its own, counted from 1, and the one from that
    /// likewise; 0: it is not.
    std::uint64_t cut_at = 0, cut_again_at = 0;
    bool keeps_all = false;  // at those
  };
  /// What there is, as hashes: of what was promised, and all names and sizes; and of each unit.
  struct Contents {
    std::uint64_t shape = 0;
    std::vector<std::vector<std::uint64_t>> units;  // by inode and number
  };
  void list_states();
  void add_state(Values values);
  /// The next values, as digits of a number; false behind the last.
  bool count_up(Values& values) const;
  Contents contents_of(const Values& values) const;
  static std::uint64_t seen_by(const SeenByRecoveries& known, const Contents& contents);
  bool is_represented(const Contents& contents) const;
  void add_nested();
  std::uint32_t choose_survival(Decision decision);

  Plan plan_;
  CrashLimits limits_;
  CrashMemory& memory_;
  std::uint64_t given_ = 0;  // see RecoveryBranches::begin()
  std::unique_ptr<PlanStrategy> inner_;
  const Names* names_ = nullptr;
  const Persistence* disk_ = nullptr;        // at the first power loss
  std::vector<std::uint32_t> ways_;          // of its changes
  std::map<std::uint64_t, std::size_t> at_;  // by the key of the decision: the change
  std::set<Values> listed_;
  std::deque<Attempt> left_;
  std::deque<Attempt> nested_left_;
  Attempt attempt_;
  Contents contents_;  // of the attempt
  struct Taken {
    Identity identity;
    std::uint32_t value = 0;
  };
  std::vector<Taken> taken_;  // since the first power loss
  std::uint64_t losses_ = 0;  // of the attempt
  std::uint64_t asked_ = 0;   // how often since the last of them the power could be lost
  CrashCounts counts_;
};

}  // namespace reprise
