// CallPaths: gives each chain of calls from an entry to an instruction a number. Two stores are
// made by the same code only if the same path leads to both.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/sim/store_watch/epoch_table.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace reprise {

/// 0: in the entry itself, within no watched call. Numbers stay the same within one process.
using CallPath = std::uint32_t;

/// An instruction, and the calls that lead to it from the entry.
struct CodeAddress {
  std::uintptr_t pc = 0;  // after the instruction
  CallPath path = 0;

  friend bool operator==(const CodeAddress&, const CodeAddress&) = default;
};

class CallPaths {
 public:
  /// The path that extends `path` by the call that returns to `pc`.
  CallPath called(CallPath path, std::uintptr_t pc) {
    Step step{path, pc};
    const auto [known, is_new] = known_.insert(step);
    if (is_new) {
      steps_.push_back(step);
      *known = static_cast<CallPath>(steps_.size() - 1);
    }
    return *known;
  }
  /// The path without its last call.
  CallPath caller(CallPath path) const { return steps_[path].caller; }
  /// The return address of the last call of `path`. REQUIRES: `path` is not 0.
  std::uintptr_t pc(CallPath path) const { return steps_[path].pc; }

 private:
  struct Step {
    CallPath caller = 0;
    std::uintptr_t pc = 0;

    friend bool operator==(const Step&, const Step&) = default;
    friend std::uint64_t hash_of(const Step& step) {
      return internal::spread(step.pc ^ (std::uint64_t{step.caller} << 48U) ^ step.caller);
    }
  };

  std::vector<Step> steps_ = std::vector<Step>(1);
  internal::EpochTable<Step, CallPath> known_;
};

}  // namespace reprise
