// ProcessHeap: the memory that raft holds in one process. It goes all at once when the process is
// killed.
#pragma once

#include "scenarios/libraries/raft/c_raft.h"

#include <cstddef>
#include <cstdint>

namespace reprise::libraries::consensus {

class ProcessHeap {
 public:
  ProcessHeap();
  ProcessHeap(const ProcessHeap&) = delete;
  ProcessHeap& operator=(const ProcessHeap&) = delete;
  /// Frees every block that is still held.
  ~ProcessHeap();

  /// From now on raft allocates here: its heap is global, and each process has one of its own.
  void make_current() { raft_heap_set(&functions_); }
  /// How many blocks are held.
  std::uint64_t blocks() const { return blocks_; }

 private:
  /// What stands in front of each block: its neighbours in a ring, which begins with `ring_`.
  struct alignas(std::max_align_t) Link {
    Link* previous = this;
    Link* next = this;
  };

  void* allocate(std::size_t size);
  void* resize(void* block, std::size_t size);
  void release(void* block);

  raft_heap functions_{};
  Link ring_;
  std::uint64_t blocks_ = 0;
};

}  // namespace reprise::libraries::consensus
