// Parking: the mutexes, condition variables and read-write locks of the C library, for code that
// runs on a foreign stack. Who has to wait parks its task, so that others run. What is held and who
// waits is known here alone, by address: the library's own objects are not touched, so that none
// stays locked when a power loss drops the frames of whoever held it.
//
// The order of turns says who takes a lock next: all that wait for it become ready when it is given
// back, and the first to run has it. Which waiter a signal wakes is a choice, `TASK/signal`. Nobody
// wakes without a signal.
#pragma once

#include <reprise/core/completion_pool.h>
#include <reprise/core/internal/open.h>
#include <reprise/core/time.h>
#include <reprise/sim/device/clock/clock.h>
#include <reprise/sim/evidence/run_view.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace reprise {

/// Calls give what the C library's functions give: 0 or an error of errno.h. Locks are held by
/// tasks. Code that is not foreign gets the C library's own locks, and does not see these.
class Parking {
 public:
  /// How a lock is wanted. Who has a `recursive` one may take it again; to take a `checked` one
  /// again is an error. To take a `plain` one again waits for ever, as it does in production.
  enum class Want : std::uint8_t { plain, recursive, checked, shared };
  /// Until when to wait; nothing: for good.
  using Until = std::optional<Instant>;

  Parking(const RunView& run, DeviceHost& host);
  Parking(const Parking&) = delete;
  Parking& operator=(const Parking&) = delete;
  ~Parking();

  // For the world.

  void begin_run();
  /// The node falls: nobody on it holds or waits for anything.
  void forget(NodeId node);
  /// The run ends.
  void forget_all();

  // For the hooks.

  /// Whether foreign code runs: else all of this is the C library's business.
  bool is_asked() const {
    const Task* const task = run_.current();
    return task != nullptr && task->foreign != nullptr;
  }
  /// `what` is said in findings: "a mutex".
  int lock(const void* lock, const char* what, Want want, Until until = {});
  int try_lock(const void* lock, const char* what, Want want);
  /// False: no foreign code has taken it.
  bool unlock(const void* lock);
  /// Gives the mutex back, and takes it again when signalled, or at `until`.
  int wait(const void* condition, const void* mutex, Until until = {});
  void signal(const void* condition);
  void broadcast(const void* condition);

 private:
  struct Place;
  struct Seat;

  TaskId self() const { return run_.current_task().id; }
  Place* find(const void* address);
  Place& place_of(const void* address, const char* what);
  static Seat* find(Place& place, std::uint64_t seat);
  std::uint64_t take_seat(Place& place, Until until);
  void leave_seat(Place& place, std::uint64_t seat);
  static bool may_take(const Place& place, Want want, TaskId task);
  void take(Place& place, Want want);
  void give_back(Place& place);
  /// Parks the task until its seat is woken. False: its time is over.
  bool park(const void* address, std::uint64_t seat);
  void time_is_over(std::uint64_t seat);
  void forget_if_unused(const Place& place);

  const RunView& run_;
  DeviceHost& host_;
  CompletionPool pool_;
  std::vector<std::unique_ptr<Place>> places_;  // where somebody holds or waits, the oldest first
  std::uint64_t seats_ = 0;                     // taken in this run
};

}  // namespace reprise
