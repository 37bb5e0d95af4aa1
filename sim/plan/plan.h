// Plan: what makes a run what it is. A base, the decisions that are not calm, and the order of
// events where it is not the calm one. A run is a pure function of (scenario, options, plan).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace reprise {

/// The world in which nothing fails and nothing is injected: in `sync` every I/O succeeds before
/// submit returns; in `lazy` every I/O is in flight until no task can run, and then the oldest is
/// delivered.
enum class Base : std::uint8_t { sync, lazy };

struct PlannedDecision {
  std::string identity;  // `client[2]/write(wal)#3/error`
  std::uint32_t value = 0;

  friend bool operator==(const PlannedDecision&, const PlannedDecision&) = default;
};

struct Plan {
  Base base = Base::sync;
  std::vector<PlannedDecision> decisions;
  /// Identities of events. Each is held back until those before it are done; what is not listed
  /// goes in calm order.
  std::vector<std::string> order;

  friend bool operator==(const Plan&, const Plan&) = default;
};

/// In how many decisions and order constraints a plan differs from its base.
inline std::uint64_t distance(const Plan& plan) {
  // A list of n events says n - 1 times "this one before the next".
  return plan.decisions.size() + (plan.order.empty() ? 0 : plan.order.size() - 1);
}

}  // namespace reprise
