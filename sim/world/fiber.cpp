#include <reprise/sim/world/fiber.h>

#include <reprise/core/assert.h>

#include <cxxabi.h>
#include <boost/context/fiber.hpp>
#include <boost/context/protected_fixedsize_stack.hpp>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <utility>

// These belong to AddressSanitizer's runtime, where the program has it, whether or not this file
// was compiled for it: else a program with it that links a library without would be told of errors
// that are none.
extern "C" {
void __sanitizer_start_switch_fiber(void** save, const void* bottom, std::size_t size)
    __attribute__((weak));
void __sanitizer_finish_switch_fiber(void* saved, const void** from_bottom, std::size_t* from_size)
    __attribute__((weak));
void __asan_unpoison_memory_region(const volatile void* address, std::size_t size)
    __attribute__((weak));
}

namespace reprise {

namespace {

// Guard page of the running fiber. A signal handler has no parameter to find it by.
constinit const std::byte* running_guard = nullptr;
constinit std::size_t guard_bytes = 0;

// Debian's Boost.Context cannot be built with its own sanitizer support, so the switches are
// announced here.
void announce_switch(void** save, const void* bottom, std::size_t size) {
  if (__sanitizer_start_switch_fiber != nullptr) __sanitizer_start_switch_fiber(save, bottom, size);
}

void announce_arrival(void* saved, const void** from_bottom, std::size_t* from_size) {
  if (__sanitizer_finish_switch_fiber != nullptr) {
    __sanitizer_finish_switch_fiber(saved, from_bottom, from_size);
  }
}

// A fiber's first frame never returns, so its marks would be taken for those of whatever lies at
// the stack's addresses next.
void announce_end(const void* bottom, std::size_t size) {
  if (__asan_unpoison_memory_region != nullptr) __asan_unpoison_memory_region(bottom, size);
}

/// Thrown through a body that is unwound. No std::exception, so that few catch it; who does, in a
/// `catch (...)`, meets it again at the next suspension.
struct Unwind {};
constexpr int unwinds_max = 1000;

// What the C++ runtime knows of the exceptions that a stack handles right now; kept per thread, so
// that stacks which suspend within a handler would mix theirs up. The layout is the Itanium C++
// ABI's.
struct HandledExceptions {
  void* caught = nullptr;
  unsigned int uncaught = 0;

  void exchange_with_thread() {
    std::swap(*this, *reinterpret_cast<HandledExceptions*>(abi::__cxa_get_globals()));
  }
};

}  // namespace

struct Fiber::Impl {
  explicit Impl(std::size_t bytes) : allocator(bytes) {}

  boost::context::protected_fixedsize_stack allocator;
  boost::context::stack_context stack;
  boost::context::fiber context;  // the fiber while it is suspended; empty before the first start
  boost::context::fiber caller;   // whoever resumed it, while it runs
  Body body = nullptr;
  void* body_context = nullptr;
  StackLayout layout;
  std::exception_ptr failure;
  HandledExceptions exceptions;  // the body's while it is suspended, the caller's while it runs
  bool busy = false;
  int unwinds = 0;  // how often Unwind was thrown; 0: the body is not being unwound

  const std::byte* guard = nullptr;
  const void* bottom = nullptr;  // of the usable stack, as is `size`
  std::size_t size = 0;
  const void* caller_bottom = nullptr;
  std::size_t caller_size = 0;
  void* fake_stack = nullptr;

  void make() {
    if (stack.sp == nullptr) stack = allocator.allocate();
    const std::size_t page = boost::context::stack_traits::page_size();
    guard = static_cast<const std::byte*>(stack.sp) - stack.size;
    bottom = guard + page;
    size = stack.size - page;
    guard_bytes = page;
    context = boost::context::fiber(
        std::allocator_arg, boost::context::preallocated(stack.sp, stack.size, stack), allocator,
        [this](boost::context::fiber&& from) { return loop(std::move(from)); });
  }

  boost::context::fiber loop(boost::context::fiber&& from) {
    struct LastSwitch {
      Impl& fiber;
      ~LastSwitch() { announce_switch(nullptr, fiber.caller_bottom, fiber.caller_size); }
    };
    announce_arrival(nullptr, &caller_bottom, &caller_size);
    caller = std::move(from);
    const LastSwitch last{*this};
    for (;;) {
      try {
        call_on(layout, body, body_context);
      } catch (const boost::context::detail::forced_unwind&) {
        throw;
      } catch (const Unwind&) {
      } catch (...) {
        failure = std::current_exception();
      }
      busy = false;
      leave();
    }
  }

  // Whether the stack in use is this fiber's.
  bool is_here() const {
    const auto* const frame = static_cast<const std::byte*>(__builtin_frame_address(0));
    const auto* const lowest = static_cast<const std::byte*>(bottom);
    return frame >= lowest && frame < lowest + size;
  }

  // On the fiber.
  void leave() {
    REPRISE_ASSERT(is_here(), "a task was left by longjmp() for another");
    struct Arrival {
      Impl& fiber;
      ~Arrival() { announce_arrival(fiber.fake_stack, &fiber.caller_bottom, &fiber.caller_size); }
    };
    announce_switch(&fake_stack, caller_bottom, caller_size);
    const Arrival arrival{*this};
    caller = std::move(caller).resume();
  }

  void throw_unwind() {
    REPRISE_ASSERT(++unwinds < unwinds_max,
                   "a task does not end: a `catch (...)` must let what it does not know go on");
    throw Unwind{};  // tidy-ok: it is how a body is left
  }

  // On this fiber, or on one that it has led to, whose contexts stay where they are.
  [[noreturn]] void leave_for_good() {
    caller = std::move(caller).resume();
    std::abort();
  }

  // On the caller's stack.
  void abandon() {
    if (!busy) return;
    announce_end(bottom, size);
    // Their destructors would run what is under way.
    new (&context) boost::context::fiber();
    new (&caller) boost::context::fiber();
    new (&exceptions) HandledExceptions();
    failure = nullptr;
    busy = false;
    unwinds = 0;
  }

  // On the caller's stack.
  void forget() {
    if (!busy) return;
    abandon();
    free_stack();
  }

  void free_stack() {
    allocator.deallocate(stack);
    stack = {};
    bottom = nullptr;
    size = 0;
  }

  // On the fiber, from the body.
  void suspend() {
    if (unwinds == 0) leave();
    if (unwinds != 0) throw_unwind();
  }

  // On the caller's stack.
  void unwind() {
    if (!busy) return;
    unwinds = 1;
    enter();
    unwinds = 0;
    failure = nullptr;  // nobody asks a run that is over
  }

  // On the caller's stack.
  void enter() {
    void* saved = nullptr;
    const std::byte* const outer_guard = std::exchange(running_guard, guard);
    exceptions.exchange_with_thread();
    announce_switch(&saved, bottom, size);
    context = std::move(context).resume();
    announce_arrival(saved, nullptr, nullptr);
    exceptions.exchange_with_thread();
    running_guard = outer_guard;
  }

  void destroy() {
    unwind();
    if (!context) {
      if (stack.sp != nullptr) free_stack();
      return;
    }
    void* saved = nullptr;
    exceptions.exchange_with_thread();
    announce_switch(&saved, bottom, size);
    context = boost::context::fiber();
    announce_arrival(saved, nullptr, nullptr);
    announce_end(bottom, size);
    exceptions.exchange_with_thread();
    exceptions = {};
  }
};

Fiber::Fiber(std::size_t bytes) : impl_(std::make_unique<Impl>(bytes)) {}
Fiber::~Fiber() { impl_->destroy(); }

void Fiber::start(Body body, void* context, const StackLayout& layout) {
  REPRISE_ASSERT(idle(), "a fiber runs one body at a time");
  if (!impl_->context) impl_->make();
  impl_->body = body;
  impl_->body_context = context;
  impl_->layout = layout;
  impl_->busy = true;
  impl_->enter();
}

void Fiber::resume() {
  REPRISE_ASSERT(!idle(), "only a suspended body is resumed");
  impl_->enter();
}

void Fiber::suspend() { impl_->suspend(); }
void Fiber::leave_for_good() { impl_->leave_for_good(); }
void Fiber::forget() { impl_->forget(); }
void Fiber::abandon() { impl_->abandon(); }
void Fiber::unwind() { impl_->unwind(); }
bool Fiber::idle() const { return !impl_->busy; }
std::span<const std::byte> Fiber::stack() const {
  return {static_cast<const std::byte*>(impl_->bottom), impl_->size};
}
std::exception_ptr Fiber::take_failure() { return std::exchange(impl_->failure, nullptr); }

bool is_stack_guard(const void* address) {
  const std::byte* const byte = static_cast<const std::byte*>(address);
  return running_guard != nullptr && byte >= running_guard && byte < running_guard + guard_bytes;
}

}  // namespace reprise
