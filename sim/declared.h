// Declared: what a scenario has said of itself in this run, for the checks: what must hold, what
// must agree, what is taken and must be given back.
#pragma once

#include <reprise/core/archive.h>
#include <reprise/sim/foreign_call.h>
#include <reprise/sim/history.h>

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
  /// What `holds` was made of, if it is there still, and a function whose parameter has its type;
  /// for debug information.
  const void* (*closure)(const std::function<bool()>& holds) = nullptr;
  const void* closure_type = nullptr;
};

/// Tells an archive of an object; empty if nobody has written its type's describe().
using Describe = std::function<void(Archive& archive)>;

/// An object that must be as it was whenever no operation uses it.
struct IdleObject {
  std::string name;
  std::uintptr_t begin = 0;
  std::size_t size = 0;
  Describe describe;
  bool is_own_describe = false;  // else of its digest or its bytes, where nothing better is at hand
  /// By which it was named; then it may be a local of that task's.
  std::optional<std::uint32_t> task = {};
};

/// Two accounts of one thing.
struct Agreement {
  struct Account {
    std::string name;
    std::function<bool()> holds;
  };
  Account one;
  Account other;
};

/// Something taken and given back: 0 when nobody has it.
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
  std::vector<ForeignCall> foreign_calls;  // that are to be made again as they were
  bool next_operation_works = false;
  bool reads_may_race_writes = false;

  /// Keeps the memory of the lists.
  void clear() {
    properties.clear();
    observed.clear();
    idle.clear();
    agreements.clear();
    held.clear();
    owned.clear();
    histories.clear();
    foreign_calls.clear();
    next_operation_works = false;
    reads_may_race_writes = false;
  }
};

}  // namespace reprise::internal
