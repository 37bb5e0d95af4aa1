// Waiter: what a driver or a group puts onto a completion to be notified of its end.
#pragma once

namespace reprise {
class Completion;
}

namespace reprise::internal {

struct CompletionState;

/// Something that is notified when a completion finishes, such as a parked task or a group. It is
/// notified once, after the completion's own callback; waiters are notified in the order of
/// registration.
class Waiter {
 public:
  Waiter() = default;
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;
  /// Stops waiting, if it waits.
  virtual ~Waiter();

  virtual void completion_finished(const Completion& completion) = 0;
  /// The completion was dropped by its device (the end of a simulated world): it never finishes.
  virtual void completion_dropped() {}

  bool waiting() const { return waits_on_ != nullptr; }
  void stop_waiting() {
    if (waits_on_ != nullptr) leave();
  }

 private:
  friend class reprise::Completion;
  friend struct CompletionState;

  void leave();

  CompletionState* waits_on_ = nullptr;
  Waiter* previous_ = nullptr;  // the last one, if this is the first
  Waiter* next_ = nullptr;
};

}  // namespace reprise::internal
