// CompletionPool: makes completions for a back end. Canceller: how it is asked to give one up.
#pragma once

#include <reprise/core/completion.h>

#include <cstdint>
#include <vector>

namespace reprise {

namespace internal {
struct CompletionPoolState;
}

/// The device's side of cancel().
class Canceller {
 public:
  virtual ~Canceller() = default;
  /// Called at most once per completion, while it is pending. The device answers by finishing the
  /// completion, during this call or later: with IOError::cancelled, or with the ordinary result if
  /// the request came too late.
  virtual void cancel(const Completion& completion, std::uint64_t token) = 0;

  /// What the pending completions of a device stand for when they are not I/Os.
  struct Thing {
    const char* name = nullptr;  // null: not known
    bool is_lock = false;
    std::uint64_t held_by =
        0;                   // of a lock: internal::Observer::origin_now() when it was taken, or 0
    bool is_phrase = false;  // `name` says what it is, as "a mutex" does
  };
  /// Used to explain why a completion does not finish.
  virtual Thing awaited_thing() const { return {}; }
};

/// Makes completions; one per event loop or device. Allocates only to grow. Completions may outlive
/// their pool.
class CompletionPool {
 public:
  CompletionPool();
  CompletionPool(const CompletionPool&) = delete;
  CompletionPool& operator=(const CompletionPool&) = delete;
  ~CompletionPool();

  /// A pending completion. `canceller`, if any, must live until the completion has finished; it is
  /// given `token` back. `bytes_max` is the largest result that the device may give; the checks use
  /// it.
  Completion make(CompletionCallback callback = {}, Canceller* canceller = nullptr,
                  std::uint64_t token = 0, std::uint64_t bytes_max = UINT64_MAX);
  /// The same without a callback.
  Completion make(Canceller* canceller, std::uint64_t token, std::uint64_t bytes_max = UINT64_MAX);
  /// A completion that has failed already: an I/O refused at submit. Its callback has run.
  Completion refused(IOError error, CompletionCallback callback = {});

  /// Whether this pool has made it. REQUIRES: it stands for something.
  bool has_made(const Completion& completion) const { return completion.head().pool == state_; }

  /// The number of completions, groups included, that a handle or a pending group still holds.
  std::uint64_t live() const;
  /// Their serial numbers, in order.
  std::vector<std::uint64_t> live_ids() const;
  /// Starts the serial numbers again at 1, for a world that is used again.
  void restart_ids();

 private:
  internal::CompletionPoolState* state_;
};

}  // namespace reprise
