// RepeatedStores: the rule of double-mutation for stores that World::memory() has seen.
#pragma once

#include <reprise/sim/check/check.h>
#include <reprise/sim/store_watch/memory_watch.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace reprise {

class RepeatedStores {
 public:
  explicit RepeatedStores(World& world) : world_(world) {}

  struct Repetition {
    MemoryAccess first, again;
    std::uint32_t first_entry = 0;
  };

  void run_begins() {
    finished_.clear();
    next_finished_ = 0;
  }
  /// Something has finished. Whose entry learns of it may do another piece of its work.
  void finished(const Completion& completion);
  /// An operation begins: there is nothing to come back to.
  void begin(TaskId task);
  /// The entry has ended in a yield. What lasts of the stores before each await site on the way,
  /// from the number in `first` on, is remembered; what was before stays up to the level `same`,
  /// where the chain is another.
  void remember(TaskId task, std::span<const std::size_t> first, std::size_t same);
  /// The awaits at this level and below are over.
  void forget(TaskId task, std::size_t level);
  /// Control has come back to the site of this level: a store before it that was made before.
  std::optional<Repetition> find(TaskId task, std::size_t level);
  void freed(std::uintptr_t begin, std::size_t size);

 private:
  /// Bytes in [begin, end).
  struct Bytes {
    std::uintptr_t begin = 0, end = 0;
  };
  struct RecordedStore {
    MemoryAccess store;
    std::uint32_t entry = 0;
    // What lasted of a large one: `bytes_count` of Level::bytes, in order.
    std::uint32_t bytes_at = 0;
    std::uint32_t bytes_count = 0;
    bool is_freed = false;
  };
  struct Level {
    std::vector<RecordedStore> made;  // sorted by address
    std::vector<Bytes> bytes;         // of all of these
    std::uint32_t size_max = 0;       // of one of these

    void clear() {
      made.clear();
      bytes.clear();
      size_max = 0;
    }
  };
  /// What an entry has loaded, as it was when the entry ended.
  struct Read {
    std::uintptr_t address = 0;
    std::uint32_t size = 0;
    std::uint64_t left = 0;

    std::pair<std::uintptr_t, std::uint32_t> place() const { return {address, size}; }
  };
  struct Finished {
    std::uintptr_t begin = 0;  // of its state
    std::uint64_t event = 0;
    std::uint32_t order = 0;  // within an entry of that event, as of accesses
  };
  struct Path {
    std::vector<Level> levels;
    std::vector<Read> reads;  // by the last entry; sorted by place
    std::uint64_t event = 0;  // of that entry
    std::uint32_t entry = 0;
  };

  bool same_code(const CodeAddress& a, const CodeAddress& b);
  /// The first of those at `address` or behind, or that might reach there.
  static std::vector<RecordedStore>::iterator first_reaching(Level& level, std::uintptr_t address);
  static bool is_known(Level& level, std::size_t count, const MemoryAccess& store);
  bool add(Level& level, const MemoryAccess& store, std::uint32_t entry);
  RecordedStore* find_in(Level& level, const MemoryAccess& store);
  void remember_reads(Path& path);
  /// Whether somebody else has changed what this load has read since `first`, or the last entry.
  bool is_news(const Path& path, const RecordedStore& first, const MemoryAccess& load) const;
  /// Whether what was done again may be the answer to something new.
  bool is_answer_to_news(const Path& path, const RecordedStore& first, const MemoryAccess& again);
  /// Whether a byte of a large store that lasted before has changed again.
  bool same_bytes(const Level& level, const RecordedStore& made, const MemoryAccess& store);

  World& world_;
  std::vector<Path> paths_;         // by task
  std::vector<Finished> finished_;  // the last ones, and their places are used anew
  std::size_t next_finished_ = 0;
  std::vector<std::size_t> old_sizes_;  // of remember(), kept for its memory
};

}  // namespace reprise
