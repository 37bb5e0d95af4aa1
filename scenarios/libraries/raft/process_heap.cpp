#include "scenarios/libraries/raft/process_heap.h"

#include <reprise/core/assert.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

namespace reprise::libraries::consensus {

ProcessHeap::ProcessHeap() {
  functions_.data = this;
  functions_.malloc = [](void* of, std::size_t size) {
    return static_cast<ProcessHeap*>(of)->allocate(size);
  };
  functions_.free = [](void* of, void* block) { static_cast<ProcessHeap*>(of)->release(block); };
  functions_.calloc = [](void* of, std::size_t count, std::size_t size) {
    return std::memset(static_cast<ProcessHeap*>(of)->allocate(count * size), 0, count * size);
  };
  functions_.realloc = [](void* of, void* block, std::size_t size) {
    return static_cast<ProcessHeap*>(of)->resize(block, size);
  };
  // Only raft's own I/O asks for aligned memory.
  functions_.aligned_alloc = [](void*, std::size_t, std::size_t) -> void* { return nullptr; };
  functions_.aligned_free = [](void*, std::size_t, void*) {};
}

ProcessHeap::~ProcessHeap() {
  while (all_ != nullptr) std::free(std::exchange(all_, all_->next));
}

void* ProcessHeap::allocate(std::size_t size) {
  all_ = new (std::malloc(sizeof(Head) + size)) Head{all_, size};
  ++blocks_;
  void* const block = all_ + 1;
  return std::memset(block, 0xa5, size);
}

void* ProcessHeap::resize(void* block, std::size_t size) {
  void* const made = allocate(size);
  if (block == nullptr) return made;
  std::memcpy(made, block, std::min(size, head_of(block)->size));
  release(block);
  return made;
}

void ProcessHeap::release(void* block) {
  if (block == nullptr) return;
  Head& head = *head_of(block);
  REPRISE_ASSERT(head.is_held, "raft frees no block twice");
  head.is_held = false;
  std::memset(block, 0x5a, head.size);
  --blocks_;
}

}  // namespace reprise::libraries::consensus
