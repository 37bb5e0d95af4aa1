// Sweep: all plans at distance 1 from a base: each yield, error, cancel, overtaking and abandonment
// at each single point. PairSweep: the plans at distance 2, each pair of these. A bug found there
// is minimal already.
#pragma once

#include <reprise/sim/plan/plan.h>
#include <reprise/sim/runner.h>
#include <reprise/sim/strategy/strategy.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace reprise {

/// A plan with the decisions of its run. Its neighbours are the plans with one difference more.
/// They are numbered in the order of the run, and made only on demand, since a long run has
/// millions.
class Neighbourhood {
 public:
  /// Which neighbours to make: those of decisions of these kinds, and overtakings.
  struct Range {
    DecisionKinds varied = all_kinds;
    bool overtakes = true;
    /// Only neighbours that differ after the plan's last difference.
    bool only_later = false;
  };

  /// Runs the plan once. If that run has a finding, there are no neighbours with `only_later`.
  Neighbourhood(Runner& runner, const internal::Scenario& scenario, const RunOptions& options,
                Plan plan, const Range& range);

  std::uint64_t size() const { return size_; }
  /// `number` is in [0, size()). First come the decisions, each with each of its values (a few
  /// values of long ranges); then the events, each overtaken by each other event that could have
  /// come first (64 at most).
  Plan neighbour(const Names& names, std::uint64_t number) const;
  const Recording& recording() const { return recording_; }
  /// Calls `visit` with the name of each point, such as `client/read(db)#1`, and the number of
  /// neighbours that differ there.
  template <class Visit>
  void for_each_point(const Names& names, Visit visit) const;

 private:
  struct Part {
    std::uint64_t begin = 0;  // number of its first neighbour
    std::size_t index = 0;    // in the recording's decisions or, if `is_order`, its events
    bool is_order = false;
  };
  struct From {
    std::size_t decision = 0;
    std::size_t event = 0;
  };
  From behind_last_difference(const Names& names) const;
  void add(std::size_t index, bool is_order, std::uint64_t neighbours);

  Plan plan_;
  Recording recording_;
  std::vector<Part> parts_;
  std::uint64_t size_ = 0;
};

/// The number of a base's neighbours by point; certificates are made of it.
using Points = std::map<std::string, std::uint64_t, std::less<>>;

/// The plans at distance 1 from `base`. If its run has several tasks, also those around
/// serial_plan(), where schedule-equivalence applies and only timing is varied. If both error
/// contracts are allowed, also those around the plan where the driver sees errors, where only
/// faults are varied.
class Sweep {
 public:
  /// If there are more than `most` plans, takes `most` of them, spread evenly.
  Sweep(Runner& runner, const internal::Scenario& scenario, Base base, const RunOptions& options,
        std::uint64_t most = UINT64_MAX);

  std::uint64_t size() const { return taken_; }
  /// The number of all plans, taken or not.
  std::uint64_t total() const { return total_; }
  Plan plan(const Names& names, std::uint64_t number) const;
  Plan base_plan() const { return {base_, {}, {}}; }
  /// Whether the base's run may lose power.
  bool may_lose_power() const;
  Points points(const Names& names) const;

 private:
  Base base_;
  std::vector<Neighbourhood> neighbourhoods_;
  std::uint64_t total_ = 0;
  std::uint64_t taken_ = 0;
};

/// The plans at distance 2: each plan of a sweep with one more difference later in its run.
class PairSweep {
 public:
  /// What the second difference is.
  enum class Second : std::uint8_t {
    any,
    power_loss,  // the first power loss; the plans at distance 1 that have only this count as pairs
  };
  /// If there are more pairs than `most`, `most` of them are drawn by `seed`, evenly over all.
  struct Limit {
    std::uint64_t most = UINT64_MAX;
    std::uint64_t seed = 0;
    Second second = Second::any;
  };
  /// Runs every plan of `sweep` once, and tells `at` before each run which plan it is. All
  /// references must outlive this object.
  PairSweep(Runner& runner, const internal::Scenario& scenario, const RunOptions& options,
            const Sweep& sweep, const Limit& limit,
            const std::function<void(std::uint64_t number)>& at);

  std::uint64_t size() const { return taken_; }
  std::uint64_t total() const { return total_; }
  /// Fast if called in ascending order.
  Plan plan(std::uint64_t number);

 private:
  Runner& runner_;
  const internal::Scenario& scenario_;
  const RunOptions& options_;
  /// The number of first differences, and the plan that has one of them.
  std::uint64_t firsts() const;
  Plan first(std::uint64_t number) const;
  Neighbourhood around(const Plan& first) const;

  const Sweep& sweep_;
  Second second_;
  std::vector<std::uint64_t> begins_;  // by first difference: the number of its first pair
  std::uint64_t total_ = 0;
  std::uint64_t taken_ = 0;
  std::uint64_t seed_;
  std::optional<Neighbourhood> current_;
  std::uint64_t current_index_ = 0;
};

/// The calm plan in which the tasks run one after the other.
Plan serial_plan(Base base);

template <class Visit>
void Neighbourhood::for_each_point(const Names& names, Visit visit) const {
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    const Part& part = parts_[i];
    const Identity& identity = part.is_order ? recording_.events[part.index].identity
                                             : recording_.decisions[part.index].identity;
    const std::uint64_t end = i + 1 < parts_.size() ? parts_[i + 1].begin : size_;
    visit(point_text(names, identity), end - part.begin);
  }
}

}  // namespace reprise
