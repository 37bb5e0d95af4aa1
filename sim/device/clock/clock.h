// Clock: the timers of a node. They fire in the order of their deadlines, and never early.
#pragma once

#include <reprise/core/completion_pool.h>
#include <reprise/core/internal/open.h>
#include <reprise/core/time.h>
#include <reprise/sim/device/device.h>
#include <reprise/sim/device/submitted_io.h>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace reprise {

class Clock final : public Device, private Canceller {
 public:
  using Device::Device;

  /// A timer that finishes when `delay` has passed.
  Completion timer(Duration delay, CompletionCallback callback);

  std::string_view name() const override { return "clock"; }
  bool is_clock() const override { return true; }
  void deliver(std::uint32_t slot) override;
  std::optional<EarliestTimer> earliest_timer() const override;
  Identity identity_of(const Completion& completion) const override;
  Identity identity_at(std::uint32_t slot) const override { return timers_[slot].identity; }
  const Completion& completion_at(std::uint32_t slot) const override {
    return timers_[slot].completion;
  }
  void drop_in_flight() override;
  void reset() override {}

 private:
  /// An armed timer, or one that was cancelled and will be delivered.
  struct Timer {
    Completion completion;
    Identity identity;
    TaskId task = 0;
    std::uint32_t operation = 0;  // that submitted it; 0: none
    bool cancelled = false;

    SubmittedIO submitted() const;
  };
  struct Armed {
    Instant deadline;
    std::uint64_t order;
    std::uint32_t slot;

    static bool later(const Armed& a, const Armed& b) {
      return a.deadline != b.deadline ? a.deadline > b.deadline : a.order > b.order;
    }
  };

  void cancel(const Completion& completion, std::uint64_t token) override;
  void release(std::uint32_t slot);

  std::vector<Timer> timers_;  // by slot
  std::vector<std::uint32_t> free_slots_;
  std::vector<Armed> armed_;  // a heap: the earliest first, ties by order of submission
  std::uint64_t order_ = 0;
};

}  // namespace reprise
