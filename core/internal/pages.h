// PageAllocator: memory for pools, in huge pages of the system where there is much of it, so that
// many things at random places cost fewer misses of the processor's address cache.
#pragma once

#include <cstddef>

namespace reprise::internal {

/// `bytes` of memory, aligned to a cache line. Throws std::bad_alloc if there is none.
void* allocate_pages(std::size_t bytes);
void free_pages(void* memory, std::size_t bytes);

/// For containers of the standard library.
template <class T>
struct PageAllocator {
  using value_type = T;

  PageAllocator() = default;
  template <class U>
  PageAllocator(const PageAllocator<U>&) {}  // NOLINT: implicit, as an allocator's must be

  T* allocate(std::size_t count) { return static_cast<T*>(allocate_pages(count * sizeof(T))); }
  void deallocate(T* things, std::size_t count) { free_pages(things, count * sizeof(T)); }

  friend bool operator==(const PageAllocator&, const PageAllocator&) { return true; }
};

}  // namespace reprise::internal
