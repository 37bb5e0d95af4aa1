// Tells the watch what is allocated and freed, by taking the place of the C library's functions.
// They cost one branch more while nothing is watched. A sanitizer has taken that place already, and
// is asked instead.
#include <reprise/sim/store_watch/entry_frame.h>
#include <reprise/sim/store_watch/memory_watch.h>

#include <malloc.h>

#include <cerrno>
#include <cstddef>

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
using reprise::internal::memory_watch;

void tell_allocated(const volatile void* memory, std::size_t size) {
  if (MemoryWatch* const watch = memory_watch; watch != nullptr) [[unlikely]] {
    watch->allocated(const_cast<void*>(memory), size);
  }
}

void tell_freed(const volatile void* memory) {
  if (MemoryWatch* const watch = memory_watch; watch != nullptr && memory != nullptr) [[unlikely]] {
    void* const block = const_cast<void*>(memory);
    watch->freed(block, malloc_usable_size(block));
  }
}

}  // namespace

#ifdef REPRISE_ASAN

// Of the sanitizers' common interface; g++ brings no header for it.
extern "C" int __sanitizer_install_malloc_and_free_hooks(  // NOLINT(bugprone-reserved-identifier)
    void (*malloc_hook)(const volatile void* memory, std::size_t size),
    void (*free_hook)(const volatile void* memory));

namespace {
const int installed = __sanitizer_install_malloc_and_free_hooks(&tell_allocated, &tell_freed);
}

#else

// NOLINTBEGIN(bugprone-reserved-identifier): glibc's names for its own functions

extern "C" {

void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
void __libc_free(void* memory);

void* malloc(std::size_t size) noexcept {
  void* const memory = __libc_malloc(size);
  tell_allocated(memory, size);
  return memory;
}

void* calloc(std::size_t count, std::size_t size) noexcept {
  void* const memory = __libc_calloc(count, size);
  tell_allocated(memory, count * size);
  return memory;
}

void* realloc(void* memory, std::size_t size) noexcept {
  // What was there before has gone, as far as anybody can tell.
  tell_freed(memory);
  void* const moved = __libc_realloc(memory, size);
  tell_allocated(moved, size);
  return moved;
}

void* memalign(std::size_t alignment, std::size_t size) noexcept {
  void* const memory = __libc_memalign(alignment, size);
  tell_allocated(memory, size);
  return memory;
}

void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  return memalign(alignment, size);
}

int posix_memalign(void** memory, std::size_t alignment, std::size_t size) noexcept {
  if (alignment % sizeof(void*) != 0 || (alignment & (alignment - 1)) != 0 || alignment == 0) {
    return EINVAL;
  }
  void* const allocated = memalign(alignment, size);
  if (allocated == nullptr) return ENOMEM;
  *memory = allocated;
  return 0;
}

void free(void* memory) noexcept {
  tell_freed(memory);
  __libc_free(memory);
}

}  // extern "C"

// NOLINTEND(bugprone-reserved-identifier)

#endif
