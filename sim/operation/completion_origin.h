// Maker: the task in whose turn a completion was made, as Completion::maker() tells it in a
// simulated world.
#pragma once

#include <reprise/sim/check/check.h>

#include <cstdint>
#include <optional>

namespace reprise {

struct Maker {
  TaskId task = 0;
  std::uint32_t entry = 0;  // of its operation; 0: between two entries

  std::uint64_t packed() const { return (std::uint64_t{task} + 1) << 32 | entry; }
  /// Nothing if no task made the completion, but the scenario before its run, or a callback.
  static std::optional<Maker> of(const Completion& completion) {
    return of_packed(completion.maker());
  }
  static std::optional<Maker> of_packed(std::uint64_t packed) {
    if (packed == 0) return std::nullopt;
    return Maker{static_cast<TaskId>((packed >> 32) - 1), static_cast<std::uint32_t>(packed)};
  }
};

}  // namespace reprise
