// Where an exception was thrown: by the time that somebody reports it, its stack is gone. The
// function that compilers call to throw, in front of the runtime library's own.
#include <reprise/sim/store_watch/call_stack.h>

#include <dlfcn.h>

#include <cstdlib>

// This belongs to AddressSanitizer's runtime, which looks for throws in the same way.
extern "C" void __asan_handle_no_return() __attribute__((weak));

// NOLINTNEXTLINE(bugprone-reserved-identifier): the compilers chose this name
extern "C" [[noreturn]] void __cxa_throw(void* object, void* type, void (*destroy)(void*)) {
  using Throw = void (*)(void*, void*, void (*)(void*));
  static const Throw original = reinterpret_cast<Throw>(dlsym(RTLD_NEXT, "__cxa_throw"));
  reprise::internal::Thrown& thrown = reprise::internal::last_thrown;
  if (thrown.is_kept) {
    thrown.object = object;
    thrown.stack_size = reprise::call_stack(thrown.stack);
  }
  if (__asan_handle_no_return != nullptr) __asan_handle_no_return();
  original(object, type, destroy);
  std::abort();
}
