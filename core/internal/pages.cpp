#include <reprise/core/internal/pages.h>

#include <sys/mman.h>

#include <new>

namespace reprise::internal {

namespace {

constexpr std::size_t cache_line = 64;
constexpr std::size_t huge_page = std::size_t{2} << 20;

std::align_val_t alignment_of(std::size_t bytes) {
  return std::align_val_t{bytes < huge_page ? cache_line : huge_page};
}

}  // namespace

void* allocate_pages(std::size_t bytes) {
  void* const memory = ::operator new(bytes, alignment_of(bytes));
  // Advice only: where the system does not follow it, all is as before.
  if (bytes >= huge_page) madvise(memory, bytes / huge_page * huge_page, MADV_HUGEPAGE);
  return memory;
}

void free_pages(void* memory, std::size_t bytes) { ::operator delete(memory, alignment_of(bytes)); }

}  // namespace reprise::internal
