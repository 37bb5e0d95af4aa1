#include "tests/bench/meter.h"

#include <cstdlib>
#include <new>

namespace {

std::uint64_t allocated = 0;

void* count_and_allocate(std::size_t size, std::size_t alignment) {
  allocated += size;
  void* const memory =
      alignment == 0
          ? std::malloc(size)
          : std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
  if (memory == nullptr) std::abort();
  return memory;
}

}  // namespace

void* operator new(std::size_t size) { return count_and_allocate(size, 0); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return count_and_allocate(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

namespace reprise::bench {

std::uint64_t bytes_allocated() { return allocated; }

}  // namespace reprise::bench
