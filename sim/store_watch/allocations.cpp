// Tells the watch what is allocated and freed, by taking the place of the C library's functions.
// They cost one branch more while nothing is watched. A sanitizer has taken that place already, and
// is asked instead.
#include <reprise/sim/store_watch/entry_frame.h>
#include <reprise/sim/store_watch/foreign_heap.h>
#include <reprise/sim/store_watch/memory_watch.h>

#include <malloc.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>

#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define REPRISE_ASAN
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define REPRISE_ASAN
#endif

const bool reprise::internal::watches_allocations = true;

namespace {

using reprise::MemoryWatch;
using reprise::internal::engine_arena;
using reprise::internal::foreign_arena;
using reprise::internal::kept_memory;
using reprise::internal::live_blocks;
using reprise::internal::memory_watch;
using reprise::internal::tell_watch;

// `pc`: behind the call of the code under test.
void tell_allocated(const volatile void* memory, std::size_t size, const void* pc) {
  tell_watch([&](MemoryWatch& watch) {
    watch.allocated(const_cast<void*>(memory), size, reinterpret_cast<std::uintptr_t>(pc));
  });
}

void tell_freed(const volatile void* memory) {
  if (memory == nullptr) return;
  void* const block = const_cast<void*>(memory);
  tell_watch([&](MemoryWatch& watch) { watch.freed(block, malloc_usable_size(block)); });
}

}  // namespace

#ifdef REPRISE_ASAN

// This belongs to the sanitizers' common interface; g++ brings no header for it.
extern "C" int __sanitizer_install_malloc_and_free_hooks(  // NOLINT(bugprone-reserved-identifier)
    void (*malloc_hook)(const volatile void* memory, std::size_t size),
    void (*free_hook)(const volatile void* memory));

namespace {
void tell_sanitized(const volatile void* memory, std::size_t size) {
  tell_allocated(memory, size, nullptr);
}

const int installed = __sanitizer_install_malloc_and_free_hooks(&tell_sanitized, &tell_freed);
}  // namespace

#else

// NOLINTBEGIN(bugprone-reserved-identifier): glibc's names for its own functions

extern "C" {

void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
void __libc_free(void* memory);

// AddressSanitizer's, where a program without it was started with its library, to load code that
// has it. They would be in the place of the C library's, were ours not before them.
void* __interceptor_malloc(std::size_t size) __attribute__((weak));
void* __interceptor_calloc(std::size_t count, std::size_t size) __attribute__((weak));
void* __interceptor_realloc(void* memory, std::size_t size) __attribute__((weak));
void* __interceptor_memalign(std::size_t alignment, std::size_t size) __attribute__((weak));
void __interceptor_free(void* memory) __attribute__((weak));

static bool is_engines(const void* memory) {
  return engine_arena != nullptr && engine_arena->holds(memory);
}

static void* from_arena(std::size_t size) {
  void* const memory = foreign_arena->allocate(size);
  if (memory == nullptr) errno = ENOMEM;
  return memory;
}

// `pc`: likewise.
static bool fails_for(const void* pc) {
  bool fails = false;
  tell_watch([&](MemoryWatch& watch) {
    fails = watch.allocation_fails(reinterpret_cast<std::uintptr_t>(pc));
  });
  if (fails) errno = ENOMEM;
  return fails;
}

static void* allocate_for(std::size_t size, const void* pc) {
  if (foreign_arena != nullptr) [[unlikely]]
    return from_arena(size);
  if (fails_for(pc)) return nullptr;
  void* const memory = __libc_malloc(size);
  tell_allocated(memory, size, pc);
  return memory;
}

static void* allocate_aligned_for(std::size_t alignment, std::size_t size, const void* pc) {
  if (__interceptor_memalign != nullptr) [[unlikely]] {
    return __interceptor_memalign(alignment, size);
  }
  if (foreign_arena != nullptr) [[unlikely]]
    return from_arena(std::max(alignment, size));
  if (fails_for(pc)) return nullptr;
  void* const memory = __libc_memalign(alignment, size);
  tell_allocated(memory, size, pc);
  return memory;
}

// `pc`: likewise.
static void free_for(void* memory, const void* pc) {
  bool may_free = true;
  if (live_blocks != nullptr && memory_watch == nullptr && memory != nullptr) [[unlikely]] {
    // What the harness puts there next is no pointer of the code under test.
    live_blocks->remove(reinterpret_cast<std::uintptr_t>(memory));
  }
  if (kept_memory != nullptr && memory != nullptr) [[unlikely]] {
    const std::uintptr_t address = reinterpret_cast<std::uintptr_t>(memory);
    // The harness frees nothing twice; but while it hides the watch, destructors of others may run.
    may_free = memory_watch != nullptr || !kept_memory->holds(address, 1);
    tell_watch([&](MemoryWatch& watch) {
      may_free =
          watch.may_free(memory, malloc_usable_size(memory), reinterpret_cast<std::uintptr_t>(pc));
    });
  } else {
    tell_freed(memory);
  }
  if (may_free) __libc_free(memory);
}

void* malloc(std::size_t size) noexcept {
  if (__interceptor_malloc != nullptr) [[unlikely]]
    return __interceptor_malloc(size);
  return allocate_for(size, __builtin_return_address(0));
}

void* calloc(std::size_t count, std::size_t size) noexcept {
  if (__interceptor_calloc != nullptr) [[unlikely]]
    return __interceptor_calloc(count, size);
  if (foreign_arena != nullptr) [[unlikely]] {
    std::size_t bytes = 0;
    if (__builtin_mul_overflow(count, size, &bytes)) return nullptr;
    void* const memory = from_arena(bytes);
    return memory == nullptr ? nullptr : std::memset(memory, 0, bytes);
  }
  const void* const pc = __builtin_return_address(0);
  if (fails_for(pc)) return nullptr;
  void* const memory = __libc_calloc(count, size);
  tell_allocated(memory, count * size, pc);
  return memory;
}

void* realloc(void* memory, std::size_t size) noexcept {
  if (__interceptor_realloc != nullptr) [[unlikely]]
    return __interceptor_realloc(memory, size);
  // What was there before has gone, as far as anybody can tell: it moves, so that this shows.
  constexpr std::size_t moved_max = reprise::Quarantine::block_bytes_max;
  const void* const pc = __builtin_return_address(0);
  if (memory == nullptr) return allocate_for(size, pc);
  if (is_engines(memory)) [[unlikely]]
    return engine_arena->reallocate(memory, size);
  if (size != 0 && fails_for(pc)) return nullptr;  // what was there before stays
  const std::size_t size_before = malloc_usable_size(memory);
  if (kept_memory == nullptr || memory_watch == nullptr || size_before > moved_max) {
    tell_freed(memory);
    void* const moved = __libc_realloc(memory, size);
    tell_allocated(moved, size, pc);
    return moved;
  }
  void* const moved = size == 0 ? nullptr : __libc_malloc(size);
  if (size != 0 && moved == nullptr) return nullptr;
  tell_allocated(moved, size, pc);
  if (moved != nullptr) std::memcpy(moved, memory, std::min(size, size_before));
  free_for(memory, pc);
  return moved;
}

void* memalign(std::size_t alignment, std::size_t size) noexcept {
  return allocate_aligned_for(alignment, size, __builtin_return_address(0));
}

void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  return allocate_aligned_for(alignment, size, __builtin_return_address(0));
}

int posix_memalign(void** memory, std::size_t alignment, std::size_t size) noexcept {
  if (alignment % sizeof(void*) != 0 || (alignment & (alignment - 1)) != 0 || alignment == 0) {
    return EINVAL;
  }
  void* const allocated = allocate_aligned_for(alignment, size, __builtin_return_address(0));
  if (allocated == nullptr) return ENOMEM;
  *memory = allocated;
  return 0;
}

void free(void* memory) noexcept {
  if (__interceptor_free != nullptr) [[unlikely]]
    return __interceptor_free(memory);
  if (is_engines(memory)) [[unlikely]]
    return engine_arena->release(memory);
  free_for(memory, __builtin_return_address(0));
}

}  // extern "C"

// NOLINTEND(bugprone-reserved-identifier)

#endif
