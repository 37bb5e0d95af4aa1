// Fiber: a stack with a guard page, for a task's straight-line code. It can be used again: a body
// that has ended leaves the fiber ready for the next. Only this module knows Boost.Context.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/sim/stack_layout.h>

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

  /// Runs `body(context)` until it suspends or ends. REQUIRES: idle().
  void start(Body body, void* context, const StackLayout& layout = {});
  /// Resumes a suspended body until it suspends again or ends.
  void resume();
  /// Called from within the body: returns to whoever started or resumed the fiber.
  void suspend();
  /// Runs the destructors of a suspended body, and forgets it. This throws something that is not a
  /// std::exception through the body; a body that swallows it gets it again at each suspension.
  void unwind();

  /// Called from within the body, or from a fiber that it has started or resumed, at any depth:
  /// returns to whoever started or resumed this fiber, for good. The caller must then forget() the
  /// body.
  [[noreturn]] void leave_for_good();
  /// Drops a body that is under way, and the stack with it, without running destructors.
  void forget();
  /// Drops a suspended body without running destructors. The stack is used again. What the body's
  /// frames own is lost, so this is for code that must not be unwound.
  void abandon();

  /// Whether no body is under way.
  bool idle() const;
  /// Its stack; empty before the first start.
  std::span<const std::byte> stack() const;
  /// The exception that the last body threw, or null; the call clears it.
  std::exception_ptr take_failure();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// True if `address` lies in the guard page of the running fiber, which means that its stack has
/// overflowed. Async-signal-safe.
bool is_stack_guard(const void* address);

}  // namespace reprise
