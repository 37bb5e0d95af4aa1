// Declared: everything that a scenario has declared in this run, for the checks: what must hold,
// what must agree, and what is taken and must be given back.
#pragma once

#include <reprise/core/archive.h>
#include <reprise/sim/evidence/durability.h>
#include <reprise/sim/evidence/history.h>
#include <reprise/sim/evidence/repeated_calls.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace reprise::internal {

/// Something that must hold, or a goal, as the scenario named it.
struct Property {
  enum class Kind : std::uint8_t { always, finally, sometimes };
  Kind kind;
  std::string name;
  std::function<bool()> holds;
  bool reached = false;
  /// Gives the callable that `holds` was made of, if it still exists; and a function whose
  /// parameter has its type. For debug information.
  const void* (*closure)(const std::function<bool()>& holds) = nullptr;
  const void* closure_type = nullptr;
};

/// Describes an object to an archive; empty if its type has no describe().
using Describe = std::function<void(Archive& archive)>;

/// An object that must be in its initial state whenever no operation uses it.
struct IdleObject {
  std::string name;
  std::uintptr_t begin = 0;
  std::size_t size = 0;
  Describe describe;
  bool is_own_describe = false;  // else by its digest or bytes, for want of better
  /// The task that named it, if one did; it may then be a local of that task.
  std::optional<std::uint32_t> task = {};
};

/// Two accounts of one fact.
struct Agreement {
  struct Account {
    std::string name;
    std::function<bool()> holds;
  };
  Account one;
  Account other;
};

/// A count of something taken and given back: 0 when nothing is held.
struct HeldCount {
  std::string name;
  std::function<std::uint64_t()> count;
};

/// State of one task's operations.
struct OwnedState {
  std::string name;
  std::string task;
  Describe describe;
};

/// Part of the state that equivalent schedules must agree on.
struct Observed {
  std::string name;
  Describe describe;
};

struct Declared {
  std::vector<Property> properties;
  std::vector<Observed> observed;
  std::vector<IdleObject> idle;
  std::vector<Agreement> agreements;
  std::vector<HeldCount> held;
  std::vector<OwnedState> owned;
  std::vector<std::unique_ptr<History>> histories;
  RepeatedCalls repeated_calls;
  Durability durability;
  bool next_operation_works = false;
  bool reads_may_race_writes = false;

  /// The power is lost: forgets what was declared about objects that are gone with it.
  void forget_objects() {
    idle.clear();
    agreements.clear();
    owned.clear();
    repeated_calls.clear();
  }

  /// Empties all lists, but keeps their memory.
  void clear() {
    properties.clear();
    observed.clear();
    idle.clear();
    agreements.clear();
    held.clear();
    owned.clear();
    histories.clear();
    repeated_calls.clear();
    durability.clear();
    next_operation_works = false;
    reads_may_race_writes = false;
  }
};

}  // namespace reprise::internal
