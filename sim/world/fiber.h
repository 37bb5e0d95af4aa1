// Fiber: a stack of its own with a guard page, for a task's straight-line code. Used again and
// again: a body that has ended leaves the fiber ready for the next. The only file that knows
// Boost.Context.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/sim/store_watch/stack_layout.h>

#include <cstddef>
#include <exception>
#include <memory>
#include <span>

namespace reprise {

class Fiber {
 public:
  using Body = void (*)(void* context);

  /// The size of its stack.
  static constexpr std::size_t default_bytes = std::size_t{256} << 10;

  explicit Fiber(std::size_t bytes = default_bytes);
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;
  ~Fiber();

  /// Runs `body(context)` until it suspends or ends. Only when idle().
  void start(Body body, void* context, const StackLayout& layout = {});
  /// Goes on with a suspended body until it suspends again or ends.
  void resume();
  /// Called on the fiber, from within the body: back to whoever started or resumed it.
  void suspend();
  /// Runs the destructors of a suspended body, and forgets it. Throws through the body what is no
  /// std::exception; a body that goes on all the same is told so at each suspension.
  void unwind();

  /// Called from within the body, or from a fiber that it has started or resumed, at any depth:
  /// back to whoever started or resumed this one, and never again here. Then forget() what was
  /// under way.
  [[noreturn]] void leave_for_good();
  /// Drops a body that is under way, and the stack with it, without running destructors.
  void forget();

  /// No body is under way.
  bool idle() const;
  /// Its stack; empty before the first start.
  std::span<const std::byte> stack() const;
  /// What the last body threw, if it threw; cleared by the call.
  std::exception_ptr take_failure();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// True if `address` lies in the guard page of the fiber that runs now: its stack has overflowed.
/// Async-signal-safe.
bool is_stack_guard(const void* address);

}  // namespace reprise
