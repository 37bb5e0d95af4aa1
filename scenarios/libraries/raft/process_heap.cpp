#include "scenarios/libraries/raft/process_heap.h"

#include <cstdlib>
#include <cstring>
#include <new>

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
  while (ring_.next != &ring_) release(ring_.next + 1);
}

void* ProcessHeap::allocate(std::size_t size) {
  Link* const link = new (std::malloc(sizeof(Link) + size)) Link;
  link->previous = ring_.previous;
  link->next = &ring_;
  link->previous->next = link->next->previous = link;
  ++blocks_;
  return link + 1;
}

void* ProcessHeap::resize(void* block, std::size_t size) {
  if (block == nullptr) return allocate(size);
  auto* const link =
      static_cast<Link*>(std::realloc(static_cast<Link*>(block) - 1, sizeof(Link) + size));
  link->previous->next = link->next->previous = link;
  return link + 1;
}

void ProcessHeap::release(void* block) {
  if (block == nullptr) return;
  Link* const link = static_cast<Link*>(block) - 1;
  link->previous->next = link->next;
  link->next->previous = link->previous;
  --blocks_;
  std::free(link);
}

}  // namespace reprise::libraries::consensus
