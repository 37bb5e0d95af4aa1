// RepeatedStores: applies the rule of double-mutation to stores that World::memory() has seen.
#pragma once

#include <reprise/sim/evidence/run_view.h>
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
  explicit RepeatedStores(RunView& run) : run_(run) {}

  struct Repetition {
    MemoryAccess first, again;
    std::uint32_t first_entry = 0;
  };

  void run_begins() {
    finished_.clear();
    next_finished_ = 0;
  }
  /// A completion has finished. An entry that learns of it may do new work.
  void finished(const Completion& completion);
  /// An operation begins: forgets the task's stores.
  void begin(TaskId task);
  /// The entry has ended in a yield. Remembers the lasting stores before each await site that it
  /// yielded through, from the store numbers in `first` on. Stores that were remembered before are
  /// kept up to the level `same`, from which on the chain differs.
  void remember(TaskId task, std::span<const std::size_t> first, std::size_t same);
  /// The awaits from this level inward are over.
  void forget(TaskId task, std::size_t level);
  /// Control has come back to the site of this level: gives a store before it that an earlier entry
  /// made too.
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
    // The lasting bytes of a large store: `bytes_count` of Level::bytes, in order.
    std::uint32_t bytes_at = 0;
    std::uint32_t bytes_count = 0;
    bool is_freed = false;
  };
  struct Level {
    std::vector<RecordedStore> made;  // sorted by address
    std::vector<Bytes> bytes;         // of all of these stores
    std::uint32_t size_max = 0;       // of a single store

    void clear() {
      made.clear();
      bytes.clear();
      size_max = 0;
    }
  };
  /// A load of an entry, with the value there when the entry ended.
  struct Read {
    std::uintptr_t address = 0;
    std::uint32_t size = 0;
    std::uint64_t left = 0;

    std::pair<std::uintptr_t, std::uint32_t> place() const { return {address, size}; }
  };
  struct Finished {
    std::uintptr_t begin = 0;  // where its state lies
    std::uint64_t event = 0;
    std::uint32_t order = 0;  // within an entry of that event, as MemoryAccess::order
  };
  struct Path {
    std::vector<Level> levels;
    std::vector<Read> reads;  // by the last entry; sorted by place
    std::uint64_t event = 0;  // the event of that entry
    std::uint32_t entry = 0;
  };

  bool same_code(const CodeAddress& a, const CodeAddress& b);
  /// The first store at or after `address`, or that might reach it.
  static std::vector<RecordedStore>::iterator first_reaching(Level& level, std::uintptr_t address);
  static bool is_known(Level& level, std::size_t count, const MemoryAccess& store);
  bool add(Level& level, const MemoryAccess& store, std::uint32_t entry);
  RecordedStore* find_in(Level& level, const MemoryAccess& store);
  void remember_reads(Path& path);
  /// Whether something else has changed the loaded memory since `first`, or since the last entry.
  bool is_news(const Path& path, const RecordedStore& first, const MemoryAccess& load) const;
  /// Whether the repeated store may be an answer to something new.
  bool is_answer_to_news(const Path& path, const RecordedStore& first, const MemoryAccess& again);
  /// Whether a byte of a large store has changed again that had lasted before.
  bool same_bytes(const Level& level, const RecordedStore& made, const MemoryAccess& store);

  RunView& run_;
  std::vector<Path> paths_;         // by task
  std::vector<Finished> finished_;  // the last ones, in a ring
  std::size_t next_finished_ = 0;
  std::vector<std::size_t> old_sizes_;  // used by remember(); kept for its memory
};

}  // namespace reprise
