#include <reprise/core/check.h>
#include <reprise/sim/fiber.h>

#include <cxxabi.h>
#include <boost/context/fiber.hpp>
#include <boost/context/protected_fixedsize_stack.hpp>
#include <cstddef>
#include <utility>

#if defined(__SANITIZE_ADDRESS__)
#define REPRISE_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define REPRISE_ASAN 1
#endif
#endif
#ifdef REPRISE_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

namespace reprise {

namespace {

constexpr std::size_t stack_bytes = 256 * 1024;

// Guard page of the running fiber. A signal handler has no parameter to find it by.
constinit const std::byte* running_guard = nullptr;
constinit std::size_t guard_bytes = 0;

// Debian's Boost.Context cannot be built with its own sanitizer support, so the switches are
// announced here.
void announce_switch([[maybe_unused]] void** save, [[maybe_unused]] const void* bottom,
                     [[maybe_unused]] std::size_t size) {
#ifdef REPRISE_ASAN
  __sanitizer_start_switch_fiber(save, bottom, size);
#endif
}

void announce_arrival([[maybe_unused]] void* saved, [[maybe_unused]] const void** from_bottom,
                      [[maybe_unused]] std::size_t* from_size) {
#ifdef REPRISE_ASAN
  __sanitizer_finish_switch_fiber(saved, from_bottom, from_size);
#endif
}

// A fiber's first frame never returns, so its marks would be taken for those of whatever lies at
// the stack's addresses next.
void announce_end([[maybe_unused]] const void* bottom, [[maybe_unused]] std::size_t size) {
#ifdef REPRISE_ASAN
  __asan_unpoison_memory_region(bottom, size);
#endif
}

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
  boost::context::fiber context;  // the fiber while it is suspended; empty before the first start
  boost::context::fiber caller;   // whoever resumed it, while it runs
  Body body = nullptr;
  void* body_context = nullptr;
  std::exception_ptr failure;
  HandledExceptions exceptions;  // the body's while it is suspended, the caller's while it runs
  bool busy = false;

  const std::byte* guard = nullptr;
  const void* bottom = nullptr;  // of the usable stack
  std::size_t size = 0;
  const void* caller_bottom = nullptr;
  std::size_t caller_size = 0;
  void* fake_stack = nullptr;

  void make() {
    boost::context::protected_fixedsize_stack allocator(stack_bytes);
    boost::context::stack_context stack = allocator.allocate();
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
        body(body_context);
      } catch (const boost::context::detail::forced_unwind&) {
        throw;
      } catch (...) {
        failure = std::current_exception();
      }
      busy = false;
      leave();
    }
  }

  // On the fiber.
  void leave() {
    struct Arrival {
      Impl& fiber;
      ~Arrival() { announce_arrival(fiber.fake_stack, &fiber.caller_bottom, &fiber.caller_size); }
    };
    announce_switch(&fake_stack, caller_bottom, caller_size);
    const Arrival arrival{*this};
    caller = std::move(caller).resume();
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
    if (!context) return;
    void* saved = nullptr;
    exceptions.exchange_with_thread();
    announce_switch(&saved, bottom, size);
    context = boost::context::fiber();
    announce_arrival(saved, nullptr, nullptr);
    announce_end(bottom, size);
    exceptions.exchange_with_thread();
    exceptions = {};
    busy = false;
  }
};

Fiber::Fiber() : impl_(std::make_unique<Impl>()) {}
Fiber::~Fiber() { impl_->destroy(); }

void Fiber::start(Body body, void* context) {
  REPRISE_CHECK(idle(), "a fiber runs one body at a time");
  if (!impl_->context) impl_->make();
  impl_->body = body;
  impl_->body_context = context;
  impl_->busy = true;
  impl_->enter();
}

void Fiber::resume() {
  REPRISE_CHECK(!idle(), "only a suspended body is resumed");
  impl_->enter();
}

void Fiber::suspend() { impl_->leave(); }
void Fiber::unwind() { impl_->destroy(); }
bool Fiber::idle() const { return !impl_->busy; }
std::exception_ptr Fiber::take_failure() { return std::exchange(impl_->failure, nullptr); }

bool is_stack_guard(const void* address) {
  const std::byte* const byte = static_cast<const std::byte*>(address);
  return running_guard != nullptr && byte >= running_guard && byte < running_guard + guard_bytes;
}

}  // namespace reprise
