// Counts what the whole test program allocates. For one source of a program: it defines the global
// operator new and delete.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace reprise::tests {

/// Since the program began.
inline std::uint64_t allocations = 0;
inline std::uint64_t deallocations = 0;

inline void* counted_allocation(std::size_t size) {
  __atomic_add_fetch(&allocations, 1, __ATOMIC_RELAXED);  // code under test may have threads
  void* const memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) std::abort();
  return memory;
}
inline void counted_deallocation(void* memory) {
  __atomic_add_fetch(&deallocations, memory == nullptr ? 0 : 1, __ATOMIC_RELAXED);
  std::free(memory);
}

}  // namespace reprise::tests

// NOLINTBEGIN(misc-definitions-in-headers): included by one file of each test program
void* operator new(std::size_t size) { return reprise::tests::counted_allocation(size); }
void* operator new[](std::size_t size) { return reprise::tests::counted_allocation(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return reprise::tests::counted_allocation(size);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return reprise::tests::counted_allocation(size);
}
void operator delete(void* memory) noexcept { reprise::tests::counted_deallocation(memory); }
void operator delete[](void* memory) noexcept { reprise::tests::counted_deallocation(memory); }
void operator delete(void* memory, std::size_t) noexcept {
  reprise::tests::counted_deallocation(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  reprise::tests::counted_deallocation(memory);
}
// NOLINTEND(misc-definitions-in-headers)
