// What code compiled with -fsanitize=thread calls in place of atomic operations. There is one
// thread: the strongest order serves for all.
#include <reprise/sim/store_watch/entry_frame.h>
#include <reprise/sim/store_watch/memory_watch.h>

#include <cstddef>
#include <cstdint>

namespace {

using reprise::MemoryWatch;
using reprise::internal::tell_watch;

// g++ has no inline operations on 16 bytes, and needs none with one thread.
using Int8 = std::uint8_t;
using Int16 = std::uint16_t;
using Int32 = std::uint32_t;
using Int64 = std::uint64_t;
__extension__ using Int128 = unsigned __int128;

std::uintptr_t number(const volatile void* address) {
  return reinterpret_cast<std::uintptr_t>(address);
}

template <class T>
[[gnu::always_inline]] inline void load(const void* pc, const volatile T* address) {
  const std::uintptr_t stack = number(__builtin_frame_address(0));
  tell_watch(
      [&](MemoryWatch& watch) { watch.loaded(number(pc), number(address), sizeof(T), stack); });
}

/// Replaces what is at `address`, and gives what was there.
template <class T>
[[gnu::always_inline]] inline T store(const void* pc, volatile T* address, T value) {
  const std::uintptr_t stack = number(__builtin_frame_address(0));
  tell_watch(
      [&](MemoryWatch& watch) { watch.stored(number(pc), number(address), sizeof(T), stack); });
  const T before = *address;
  *address = value;
  return before;
}

/// Stores `value` if `*expected` is there; else `*expected` becomes what is there.
template <class T>
[[gnu::always_inline]] inline bool compare_exchange(const void* pc, volatile T* address,
                                                    T* expected, T value) {
  if (*address == *expected) {
    store(pc, address, value);
    return true;
  }
  load(pc, address);
  *expected = *address;
  return false;
}

}  // namespace

// NOLINTBEGIN(bugprone-reserved-identifier): the compilers chose these names

#define REPRISE_PC __builtin_return_address(0)

#define REPRISE_FETCH(bits, name, expression)                                                 \
  extern "C" Int##bits __tsan_atomic##bits##_fetch_##name(volatile Int##bits* a, Int##bits b, \
                                                          int) {                              \
    return store(REPRISE_PC, a, static_cast<Int##bits>(expression));                          \
  }

#define REPRISE_ATOMIC(bits)                                                                     \
  extern "C" Int##bits __tsan_atomic##bits##_load(const volatile Int##bits* a, int) {            \
    load(REPRISE_PC, a);                                                                         \
    return *a;                                                                                   \
  }                                                                                              \
  extern "C" void __tsan_atomic##bits##_store(volatile Int##bits* a, Int##bits b, int) {         \
    store(REPRISE_PC, a, b);                                                                     \
  }                                                                                              \
  extern "C" Int##bits __tsan_atomic##bits##_exchange(volatile Int##bits* a, Int##bits b, int) { \
    return store(REPRISE_PC, a, b);                                                              \
  }                                                                                              \
  REPRISE_FETCH(bits, add, *a + b)                                                               \
  REPRISE_FETCH(bits, sub, *a - b)                                                               \
  REPRISE_FETCH(bits, and, *a& b)                                                                \
  REPRISE_FETCH(bits, or, *a | b)                                                                \
  REPRISE_FETCH(bits, xor, *a ^ b)                                                               \
  REPRISE_FETCH(bits, nand, ~(*a & b))                                                           \
  extern "C" bool __tsan_atomic##bits##_compare_exchange_strong(                                 \
      volatile Int##bits* a, Int##bits* expected, Int##bits value, int, int) {                   \
    return compare_exchange(REPRISE_PC, a, expected, value);                                     \
  }                                                                                              \
  extern "C" bool __tsan_atomic##bits##_compare_exchange_weak(                                   \
      volatile Int##bits* a, Int##bits* expected, Int##bits value, int, int) {                   \
    return compare_exchange(REPRISE_PC, a, expected, value);                                     \
  }                                                                                              \
  extern "C" Int##bits __tsan_atomic##bits##_compare_exchange_val(                               \
      volatile Int##bits* a, Int##bits expected, Int##bits value, int, int) {                    \
    compare_exchange(REPRISE_PC, a, &expected, value);                                           \
    return expected;                                                                             \
  }

REPRISE_ATOMIC(8)
REPRISE_ATOMIC(16)
REPRISE_ATOMIC(32)
REPRISE_ATOMIC(64)
REPRISE_ATOMIC(128)

extern "C" void __tsan_atomic_thread_fence(int) { __atomic_thread_fence(__ATOMIC_SEQ_CST); }
extern "C" void __tsan_atomic_signal_fence(int) { __atomic_signal_fence(__ATOMIC_SEQ_CST); }

// NOLINTEND(bugprone-reserved-identifier)
