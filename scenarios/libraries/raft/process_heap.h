// ProcessHeap: the memory that raft holds in one process. It goes all at once when the process is
// killed. Until then nothing is used again, and what was freed has other contents, so that a use of
// it is the same in every run.
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
  ~ProcessHeap();

  /// From now on raft allocates here: its heap is global, and each process has one of its own.
  void make_current() { raft_heap_set(&functions_); }
  /// How many blocks are held.
  std::uint64_t blocks() const { return blocks_; }

 private:
  /// What stands in front of each block.
  struct alignas(std::max_align_t) Head {
    Head* next = nullptr;  // the block that was made before
    std::size_t size = 0;  // in bytes
    bool is_held = true;
  };

  static Head* head_of(void* block) { return static_cast<Head*>(block) - 1; }
  void* allocate(std::size_t size);
  void* resize(void* block, std::size_t size);
  void release(void* block);

  raft_heap functions_{};
  Head* all_ = nullptr;
  std::uint64_t blocks_ = 0;
};

}  // namespace reprise::libraries::consensus
