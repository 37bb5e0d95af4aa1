// Timers: the timers of one back end, by deadline.
#pragma once

#include <reprise/core/completion_pool.h>
#include <reprise/core/time.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace reprise::internal {

class Timers final : private Canceller {
 public:
  explicit Timers(CompletionPool& pool) : pool_(pool) {}

  Completion add(Instant deadline, CompletionCallback callback);
  std::optional<Instant> next_deadline() const;
  /// Finishes those whose deadline is not after `now`, in the order of their deadlines; not those
  /// that a callback adds meanwhile. Returns whether there were any.
  bool finish_due(Instant now);
  /// Finishes all of them with IOError::cancelled.
  void cancel_all();
  std::size_t count() const { return heap_.size(); }

 private:
  struct Timer {
    Instant deadline;
    std::uint64_t sequence = 0;  // breaks ties
    std::size_t place = 0;       // in heap_
    Completion completion;
  };

  void cancel(const Completion& completion, std::uint64_t token) override;
  bool is_before(std::uint32_t a, std::uint32_t b) const;
  void put(std::size_t place, std::uint32_t slot);
  void sift_up(std::size_t place, std::uint32_t slot);
  void sift_down(std::size_t place, std::uint32_t slot);
  Completion remove(std::uint32_t slot);

  CompletionPool& pool_;
  std::vector<Timer> timers_;  // by slot
  std::vector<std::uint32_t> free_slots_;
  std::vector<std::uint32_t> heap_;  // slots; the parent of each is before it
  std::uint64_t next_sequence_ = 0;
};

}  // namespace reprise::internal
