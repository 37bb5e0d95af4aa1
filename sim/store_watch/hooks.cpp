// The functions that g++ and clang call from code compiled with -fsanitize=thread, before each load
// and store, around each function and in place of atomic operations. Supplied instead of the
// sanitizer's own run-time library: this code is linked without -fsanitize=thread.
//
// Names and sizes: gcc's sanitizer.def, llvm's ThreadSanitizer.cpp; g++ 12 and clang 14 to 19.
#include <reprise/sim/answering.h>
#include <reprise/sim/store_watch/entry_frame.h>
#include <reprise/sim/store_watch/memory_watch.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace {

using reprise::MemoryWatch;
using reprise::internal::memory_watch;
using reprise::internal::tell_watch;

std::uintptr_t number(const volatile void* address) {
  return reinterpret_cast<std::uintptr_t>(address);
}

/// The watch's own calls have covered what the stack is to be filled with.
[[gnu::always_inline]] inline void refill_stack() {
  if (MemoryWatch* const watch = memory_watch; watch != nullptr) watch->refill_stack();
}

[[gnu::always_inline]] inline void store(const void* pc, const volatile void* address,
                                         std::size_t size) {
  if (memory_watch == nullptr || memory_watch->ignores(number(address), size)) return;
  const std::uintptr_t stack = number(__builtin_frame_address(0));
  tell_watch([&](MemoryWatch& watch) { watch.stored(number(pc), number(address), size, stack); });
  refill_stack();
}

[[gnu::always_inline]] inline void load(const void* pc, const volatile void* address,
                                        std::size_t size) {
  if (memory_watch == nullptr || memory_watch->ignores(number(address), size)) return;
  const std::uintptr_t stack = number(__builtin_frame_address(0));
  tell_watch([&](MemoryWatch& watch) { watch.loaded(number(pc), number(address), size, stack); });
  refill_stack();
}

}  // namespace

// NOLINTBEGIN(bugprone-reserved-identifier): the compilers chose these names

#define REPRISE_PC __builtin_return_address(0)

#define REPRISE_ACCESS(name, size)                                                                 \
  extern "C" void __tsan_read##name(void* address) { load(REPRISE_PC, address, size); }            \
  extern "C" void __tsan_write##name(void* address) { store(REPRISE_PC, address, size); }          \
  extern "C" void __tsan_read_write##name(void* address) {                                         \
    load(REPRISE_PC, address, size);                                                               \
    store(REPRISE_PC, address, size);                                                              \
  }                                                                                                \
  extern "C" void __tsan_volatile_read##name(void* address) { load(REPRISE_PC, address, size); }   \
  extern "C" void __tsan_volatile_write##name(void* address) { store(REPRISE_PC, address, size); } \
  extern "C" void __tsan_unaligned_read##name(void* address) { load(REPRISE_PC, address, size); }  \
  extern "C" void __tsan_unaligned_write##name(void* address) {                                    \
    store(REPRISE_PC, address, size);                                                              \
  }                                                                                                \
  extern "C" void __tsan_unaligned_read_write##name(void* address) {                               \
    load(REPRISE_PC, address, size);                                                               \
    store(REPRISE_PC, address, size);                                                              \
  }                                                                                                \
  extern "C" void __tsan_unaligned_volatile_read##name(void* address) {                            \
    load(REPRISE_PC, address, size);                                                               \
  }                                                                                                \
  extern "C" void __tsan_unaligned_volatile_write##name(void* address) {                           \
    store(REPRISE_PC, address, size);                                                              \
  }

REPRISE_ACCESS(1, 1)
REPRISE_ACCESS(2, 2)
REPRISE_ACCESS(4, 4)
REPRISE_ACCESS(8, 8)
REPRISE_ACCESS(16, 16)

extern "C" {

// This belongs to AddressSanitizer, whose runs are not watched: it sees more of what is freed if
// nobody keeps it.
void __asan_init() __attribute__((weak));

void __tsan_init() {
  using namespace reprise::internal;
  // All true: it makes the linker take the other hooks along.
  has_watched_code = watches_allocations && answers_time && answers_chance && answers_threads &&
                     answers_processes && answers_conditions && answers_rwlocks &&
                     answers_sockets && answers_polls && watches_mutexes && __asan_init == nullptr;
}

void __tsan_read_range(void* address, std::size_t size) { load(REPRISE_PC, address, size); }
void __tsan_write_range(void* address, std::size_t size) { store(REPRISE_PC, address, size); }

void __tsan_vptr_read(void** address) { load(REPRISE_PC, address, sizeof *address); }
void __tsan_vptr_update(void** address, void*) { store(REPRISE_PC, address, sizeof *address); }

void __tsan_func_entry(void* caller) {
  tell_watch([&](MemoryWatch& watch) { watch.called(number(caller)); });
  refill_stack();
}
void __tsan_func_exit() {
  tell_watch([](MemoryWatch& watch) { watch.returned(); });
}

// No races are looked for.
void __tsan_ignore_thread_begin() {}
void __tsan_ignore_thread_end() {}

// Block operations: called by newer compilers by these names; calls of memcpy and the like are
// renamed by the linker (--wrap).

void* __tsan_memcpy(void* to, const void* from, std::size_t size) {
  load(REPRISE_PC, from, size);
  store(REPRISE_PC, to, size);
  return std::memcpy(to, from, size);
}
void* __tsan_memmove(void* to, const void* from, std::size_t size) {
  load(REPRISE_PC, from, size);
  store(REPRISE_PC, to, size);
  return std::memmove(to, from, size);
}
void* __tsan_memset(void* to, int value, std::size_t size) {
  store(REPRISE_PC, to, size);
  return std::memset(to, value, size);
}

void* __wrap_memcpy(void* to, const void* from, std::size_t size) {
  load(REPRISE_PC, from, size);
  store(REPRISE_PC, to, size);
  return std::memcpy(to, from, size);
}
void* __wrap_memmove(void* to, const void* from, std::size_t size) {
  load(REPRISE_PC, from, size);
  store(REPRISE_PC, to, size);
  return std::memmove(to, from, size);
}
void* __wrap_memset(void* to, int value, std::size_t size) {
  store(REPRISE_PC, to, size);
  return std::memset(to, value, size);
}
char* __wrap_strcpy(char* to, const char* from) {
  const std::size_t size = std::strlen(from) + 1;
  load(REPRISE_PC, from, size);
  store(REPRISE_PC, to, size);
  return static_cast<char*>(std::memcpy(to, from, size));
}
char* __wrap_strncpy(char* to, const char* from, std::size_t size) {
  store(REPRISE_PC, to, size);
  return std::strncpy(to, from, size);
}
char* __wrap_strcat(char* to, const char* from) {
  const std::size_t length = std::strlen(to);
  store(REPRISE_PC, to + length, std::strlen(from) + 1);
  return std::strcat(to, from);
}

}  // extern "C"

// NOLINTEND(bugprone-reserved-identifier)
