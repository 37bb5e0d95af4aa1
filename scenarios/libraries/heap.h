// The heap that a library under test is given: an allocation of it may fail, and it counts the
// blocks that are held, which must be none when the run ends.
#pragma once

#include <reprise/reprise.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

namespace reprise::libraries {

class Heap {
 public:
  /// One of the first `allocations_max - 1` allocations may fail, and then perhaps all later ones.
  /// `of` is whose heap it is.
  Heap(Sim& sim, const std::string& of, std::uint32_t allocations_max)
      : fails_at_(sim.choose(of + " allocation that fails", allocations_max)),
        stays_empty_(fails_at_ > 0 && sim.flip(of + " later allocations fail too")) {
    sim.held("blocks of the " + of, [this] { return blocks_; });
  }
  Heap(const Heap&) = delete;
  Heap& operator=(const Heap&) = delete;

  void* allocate(std::size_t size) {
    if (fails()) return nullptr;
    void* block = std::malloc(size);
    if (block != nullptr) ++blocks_;
    return block;
  }
  void* resize(void* block, std::size_t size) {
    if (block == nullptr) return allocate(size);
    return fails() ? nullptr : std::realloc(block, size);
  }
  void release(void* block) {
    if (block != nullptr) --blocks_;
    std::free(block);
  }
  /// Whether an allocation has failed.
  bool has_failed() const { return has_failed_; }
  std::uint64_t blocks() const { return blocks_; }

 private:
  bool fails() {
    ++asked_;
    const bool fails = asked_ == fails_at_ || (stays_empty_ && asked_ > fails_at_);
    has_failed_ = has_failed_ || fails;
    return fails;
  }

  std::uint64_t fails_at_;  // 0: never
  bool stays_empty_;
  bool has_failed_ = false;
  std::uint64_t asked_ = 0;
  std::uint64_t blocks_ = 0;
};

}  // namespace reprise::libraries
