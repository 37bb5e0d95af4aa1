// Plan: all that determines a run besides the scenario and its options: a base, the decisions that
// are not calm, and the order of events where it is not the calm order. A run is a pure function of
// (scenario, options, plan).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace reprise {

/// The kind of calm world that a run starts from, where nothing fails and nothing is injected. In
/// `sync` every I/O succeeds before submit returns; in `lazy` I/Os stay in flight until no task can
/// run, and then the oldest is delivered.
enum class Base : std::uint8_t { sync, lazy };

struct PlannedDecision {
  std::string identity;  // `client[2]/write(wal)#3/error`
  std::uint32_t value = 0;

  friend bool operator==(const PlannedDecision&, const PlannedDecision&) = default;
};

struct Plan {
  Base base = Base::sync;
  std::vector<PlannedDecision> decisions;
  /// Identities of events. Each is held back until those before it are done; events that are not
  /// listed happen in calm order.
  std::vector<std::string> order;

  friend bool operator==(const Plan&, const Plan&) = default;
};

/// The number of decisions and order constraints in which a plan differs from its base.
inline std::uint64_t distance(const Plan& plan) {
  // A list of n events is n - 1 constraints "this one before the next".
  return plan.decisions.size() + (plan.order.empty() ? 0 : plan.order.size() - 1);
}

}  // namespace reprise
