// Clock: the clock of a node, and its timers. They fire in the order of their deadlines, and never
// early by this clock. It may go faster or slower than the world's; the wall clock may be wrong
// besides, and stepped.
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
  Clock(DeviceHost& host, NodeId node);

  /// A timer that finishes when `delay` has passed.
  Completion timer(Duration delay, CompletionCallback callback);

  /// For this run: how many ns it gains in 1,000,000 of the world's; and how far the wall clock is
  /// ahead of what it would show then.
  void set(std::int32_t drift_ppm, Duration ahead);
  void step_wall_clock(Duration by) { ahead_ += by; }
  /// What the clock shows: the time since the run began. It never goes back.
  Instant now() const;
  /// What the wall clock shows: the time since 1970. In every run the world's begins in 2020.
  Instant wall_now() const;
  /// The world's time at which the clock will show `at`, or has begun to.
  Instant in_world(Instant at) const;
  /// Lets the world's time go on until this clock shows `time` more.
  void pass_time(Duration time);

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
  void reset() override { set(0, {}); }

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

  static constexpr std::uint64_t million = 1'000'000;

  void cancel(const Completion& completion, std::uint64_t token) override;
  void release(std::uint32_t slot);
  Instant shown_at(Instant world) const;
  /// In the world's time.
  Instant deadline_of(Duration delay) const;

  std::vector<Timer> timers_;  // by slot
  std::vector<std::uint32_t> free_slots_;
  std::vector<Armed> armed_;  // a heap: the earliest first, ties by order of submission
  std::uint64_t order_ = 0;
  std::uint64_t rate_ = million;  // ns of this clock in a million of the world's
  Duration ahead_{};
};

}  // namespace reprise
