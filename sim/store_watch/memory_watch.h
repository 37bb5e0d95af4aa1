// MemoryWatch: what the entries of a run store to and load from memory, in code that was compiled
// with `-fsanitize=thread` and linked with reprise::watch instead of that sanitizer. It leaves out
// memory that no re-entry can see: the entry's own stack, and memory allocated in the same entry.
//
// It does not see stores of code that is compiled otherwise (the C library, and the shared parts of
// the standard library, such as the balancing of its trees), of inline assembly, and of the system.
#pragma once

#include <reprise/sim/stack_layout.h>
#include <reprise/sim/store_watch/allocating_code.h>
#include <reprise/sim/store_watch/call_paths.h>
#include <reprise/sim/store_watch/entry_frame.h>
#include <reprise/sim/store_watch/epoch_table.h>
#include <reprise/sim/store_watch/line_filter.h>
#include <reprise/sim/store_watch/live_blocks.h>
#include <reprise/sim/store_watch/quarantine.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace reprise::internal {

/// All stores by one piece of code to one place in one entry, or all such loads. A loop over memory
/// is one access.
struct MemoryAccess {
  std::uintptr_t address = 0;
  std::uint32_t size = 0;   // bytes
  std::uint32_t depth = 0;  // number of open await sites
  std::uint32_t segment = 0;
  std::uint32_t order = 0;  // among the entry's loads and stores, by first time
  bool changed = false;     // whether a store of this code changed a byte
  bool freed = false;       // the memory was freed since
  CodeAddress code;
  std::uint64_t before = 0;  // up to 8 bytes, little-endian: before the first store, or as loaded
  std::uint64_t after = 0;   // after the last store

  bool overlaps(std::uintptr_t begin, std::size_t bytes) const {
    return address < begin + bytes && begin < address + size;
  }
};

/// Memory that the device owns as long as an I/O is in flight.
struct OwnedMemory {
  std::uintptr_t begin = 0;
  std::size_t size = 0;
  std::uint32_t owner = 0;     // the device's number for the I/O
  bool may_be_loaded = false;  // a write's data

  bool overlaps(std::uintptr_t address, std::size_t bytes) const {
    return begin < address + bytes && address < begin + size;
  }
};

enum class MutexEvent : std::uint8_t { asked, taken, given_back };

/// Receives events that must not wait for the end of the entry.
class MemoryListener {
 public:
  virtual ~MemoryListener() = default;
  /// Memory that remember() was told of was freed.
  virtual void memory_freed(std::uintptr_t begin, std::size_t size) = 0;
  /// Watched code, in an entry or not, stores to or loads from memory that a device owns.
  virtual void owned_memory_used(const OwnedMemory& memory, const MemoryAccess& access,
                                 bool is_store) = 0;
  /// Memory that a device owns is freed.
  virtual void owned_memory_freed(const OwnedMemory& memory) = 0;
  /// Code in an entry uses a mutex of the C library. Return false if it would wait for ever.
  virtual bool mutex_used(MutexEvent event, const MemoryAccess& mutex) = 0;
  /// Watched code, in an entry or not, stores to or loads from memory that was freed in this run.
  virtual void freed_memory_used(const FreedMemory& /*memory*/, const MemoryAccess& /*access*/,
                                 bool /*is_store*/) {}
  /// Memory that was freed in this run is freed again.
  virtual void memory_freed_again(const FreedMemory& /*memory*/, const CodeAddress& /*code*/) {}
  /// The entry under way.
  virtual EntryNumber entry_now() { return {}; }
  /// Whether lacks_memory() may say yes now.
  virtual bool may_lack_memory() { return false; }
  /// Code under test, in an entry, allocates memory. Return true if there is none.
  virtual bool lacks_memory() { return false; }
};

class MemoryWatch {
 public:
  /// Guard: memory accesses are ignored while it lives, because the harness itself is running, or a
  /// callback of the scenario, and code that they share with the code under test (templates,
  /// malloc) must not be attributed to the latter.
  class Quiet {
   public:
    Quiet() : was_(memory_watch) { memory_watch = nullptr; }
    Quiet(const Quiet&) = delete;
    Quiet& operator=(const Quiet&) = delete;
    ~Quiet() { memory_watch = was_; }

   private:
    MemoryWatch* was_;
  };

  /// The same guard, for an observer that is called from watched code.
  class Pause {
   public:
    explicit Pause(MemoryWatch&) {}

   private:
    Quiet quiet_;
  };

  /// Guard: code under test is watched again while it lives within a Quiet.
  class Awake {
   public:
    explicit Awake(MemoryWatch& watch) : was_(memory_watch) {
      if (watch.running()) memory_watch = &watch;
    }
    Awake(const Awake&) = delete;
    Awake& operator=(const Awake&) = delete;
    ~Awake() { memory_watch = was_; }

   private:
    MemoryWatch* was_;
  };

  /// Guard: while it lives, loads of watched code are recorded, in an entry or not.
  class Reads {
   public:
    Reads(MemoryWatch& watch, std::vector<MemoryAccess>& loads) : watch_(watch), awake_(watch) {
      watch_.reads_ = &loads;
    }
    Reads(const Reads&) = delete;
    Reads& operator=(const Reads&) = delete;
    ~Reads() { watch_.reads_ = nullptr; }

   private:
    MemoryWatch& watch_;
    Awake awake_;
  };

  explicit MemoryWatch(MemoryListener& listener) : listener_(listener) {}
  MemoryWatch(const MemoryWatch&) = delete;
  MemoryWatch& operator=(const MemoryWatch&) = delete;

  /// Whether this process has code that reports its stores.
  static bool has_watched_code();

  // For the world.

  struct RunOptions {
    bool with_loads = false;
    /// What is freed is poisoned and kept until the run ends, once watched code has run in it.
    bool keeps_freed = false;
    /// held() knows what entries have allocated.
    bool knows_held = false;
  };
  void begin_run(const RunOptions& options);
  void end_run();
  bool running() const { return running_; }
  /// Until the next run, keeps the stack below watched code filled with this byte, which the
  /// watch's own calls would otherwise overwrite.
  void fill_stacks(std::optional<std::uint8_t> fill) { stacks_.fill = fill; }
  std::optional<std::uint8_t> stack_fill() const { return stacks_.fill; }
  void refill_stack() const { fill_stack(stacks_); }
  /// An entry begins through the frame at `frame`. See EntryFrame for `entry` and `function`.
  void begin_entry(const void* frame, const void* entry, const void* function);
  void end_entry();
  /// An awaited call begins; leave_level() ends it.
  void enter_level();
  /// Whether the innermost awaited call has changed memory that outlives it, as far as the watch
  /// can tell. It may be true for a change that was undone.
  bool level_has_changed_memory();
  void leave_level();
  /// Sets FreedMemory::actor for memory that is freed from now on.
  void set_actor(std::uint64_t actor) { actor_ = actor; }
  /// Between pause() and resume() accesses do not count; ignore() names memory that does not count.
  void pause() { ++pauses_; }
  void resume() { --pauses_; }
  void ignore(const void* begin, std::size_t size);
  /// In this run, allocations by libraries whose file names begin like this may fail too.
  void add_failing_library(std::string_view library);
  void own(const OwnedMemory& memory);
  void disown(std::uint32_t owner);
  /// The same for all owners between these two, both included.
  void disown_between(std::uint32_t first, std::uint32_t last);
  void disown_all();

  // For the checks; valid in an entry and until the next one begins.

  /// All stores and loads of this entry, in the order of their first times.
  std::span<const MemoryAccess> stores() {
    settle();
    return stores_;
  }
  std::span<const MemoryAccess> loads() const { return loads_; }
  /// Whether the access was made by a call that is still the current one at its depth.
  bool is_current(const MemoryAccess& access) const {
    return segments_[access.depth] == access.segment;
  }
  /// Whether the memory differs now from what it was before this entry's first store to it.
  bool lasts(const MemoryAccess& store);
  /// The number of accesses in this entry, which is MemoryAccess::order of the next one.
  std::uint32_t accesses() const { return accesses_; }
  /// Up to 8 bytes as they were when the entry began.
  std::uint64_t before_entry(std::uintptr_t address, std::size_t size) const;
  /// Whether this entry loaded some of the bytes of `store` before it stored them.
  bool is_loaded_before(const MemoryAccess& store) const;
  /// Whether this entry is known to have made a change to memory that still lasts.
  bool has_changed_memory();
  /// Whether this entry has called watched code and is not known to have changed memory. (Changes
  /// by other code are not seen.) If no run is watched, both are false.
  bool has_changed_nothing();
  /// Gives the bytes of `store` that last and are not overwritten, as ranges in order.
  template <class Take>
  void for_each_lasting(const MemoryAccess& store, Take take) const;
  /// Whether an awaited callee has stored to some of these bytes since.
  bool is_overwritten(const MemoryAccess& store) const;
  /// The byte at `address`, which this entry has stored to, as it was when the entry began.
  std::uint8_t byte_before_entry(std::uintptr_t address) const;
  /// From now on the listener is told when this memory is freed.
  void remember(const MemoryAccess& access);
  /// The size of the block that was allocated in this entry and begins there; 0 if there is none.
  std::size_t fresh_at(std::uintptr_t begin) const;
  /// Whether the memory belongs to an object that ignore() was told of.
  bool belongs_to_ignored(std::uintptr_t address) const;
  /// The blocks that were allocated in this run and not freed.
  const LiveBlocks& live() const { return live_; }
  LiveBlocks& live() { return live_; }
  /// What code under test has allocated in entries of this run and not freed, and no pointer to it
  /// is known: none in static variables, and none in blocks that this run has allocated. The
  /// first 64. Nothing of what belongs to an object that ignore() was told of. If the run was not
  /// looked at closely, one block at most, which may be the harness's or have pointers.
  std::vector<AllocatedBlock> held() const;
  /// For the runs that begin from now on: whether each allocation in an entry is looked at closely,
  /// which takes microseconds.
  void look_closely(bool is_close) { is_close_ = is_close; }
  const CallPaths& paths() const { return paths_; }
  const void* entry() const { return entry_; }
  const void* entry_function() const { return entry_function_; }
  /// Up to 8 bytes of memory as it is now, little-endian.
  static std::uint64_t peek(std::uintptr_t address, std::size_t size);

  // For the instrumented code, through tell_watch(): see hooks.cpp and allocations.cpp.

  /// Whether a load or store can be ignored, as most of those between entries can.
  bool ignores(std::uintptr_t address, std::size_t size) const {
    return entry_frame_ == 0 && !is_asleep_ && reads_ == nullptr &&
           (address >= owned_end_ || address + size <= owned_begin_) &&
           !quarantine_.holds(address, size);
  }

  void stored(std::uintptr_t pc, std::uintptr_t address, std::size_t size, std::uintptr_t stack);
  void loaded(std::uintptr_t pc, std::uintptr_t address, std::size_t size, std::uintptr_t stack);
  void called(std::uintptr_t pc);
  void returned();
  /// Whether this allocation is to fail. `pc`: as below.
  bool allocation_fails(std::uintptr_t pc);
  /// `pc` is the return address of the call, or 0 if it is not known.
  void allocated(void* memory, std::size_t size, std::uintptr_t pc = 0);
  /// False if the watch keeps the memory, or if it was freed before. `pc` is the return address of
  /// the call.
  bool may_free(void* memory, std::size_t size, std::uintptr_t pc);
  void freed(void* memory, std::size_t size);
  /// False if the code would wait for the mutex for ever.
  bool mutex_used(MutexEvent event, const void* mutex, std::uintptr_t pc);

 private:
  struct Range {
    std::uintptr_t begin;
    std::size_t size;
    std::uint32_t number = 0;  // of the allocation, in this entry

    bool contains(std::uintptr_t address) const { return address - begin < size; }
  };
  /// An awaited call under way.
  struct Level {
    std::size_t first_store = 0;                  // in stores_
    std::uint32_t first_allocation = 0;           // the number of its first one
    std::uint32_t oldest_stored_to = UINT32_MAX;  // by number, of this entry's allocations
  };
  struct AccessKey {
    CodeAddress code;
    std::uintptr_t address = 0;
    std::uint32_t segment = 0;

    friend bool operator==(const AccessKey&, const AccessKey&) = default;
    friend std::uint64_t hash_of(const AccessKey& key) {
      return spread(key.address ^ (key.code.pc << 20U) ^ (std::uint64_t{key.code.path} << 44U) ^
                    key.segment);
    }
  };
  /// Eight aligned bytes; their key is their address / 8.
  struct Word {
    std::uint64_t before = 0;  // the value before this entry's first store to it
    /// The depth of the last store of this entry that changed the byte; 255 also stands for more.
    std::array<std::uint8_t, 8> depth{};
  };
  using AccessTable = EpochTable<AccessKey, std::uint32_t>;  // an index
  /// A store that was announced, but not yet made when it was announced.
  struct Pending {
    std::uint32_t index = 0;
    bool is_there = false;
    std::uintptr_t address = 0;
    std::size_t size = 0;
    std::array<std::uint64_t, 2> before{};  // or a digest in the first
  };
  /// The last accesses, indexed by some bits of their code address.
  struct Recent {
    CodeAddress code;
    std::uint32_t segment = 0;
    std::uint32_t index = 0;
  };
  struct RecentCall {
    std::uintptr_t pc = 0;
    CallPath caller = 0;
    CallPath path = 0;
  };
  using RecentAccesses = std::array<Recent, 64>;
  /// Whether accesses there count: not on the entry's own stack, nor in ignored memory.
  bool counts(std::uintptr_t address, std::uintptr_t stack) const;
  /// The block of this entry's allocations that contains the address, or null.
  const Range* fresh_range(std::uintptr_t address) const;
  /// Which of the eight bytes at `begin` last and are not overwritten, one bit each.
  std::uint8_t lasting_in(const MemoryAccess& store, std::uintptr_t begin) const;
  void use_owned(std::uintptr_t pc, std::uintptr_t address, std::size_t size, bool is_store);
  void use_freed(std::uintptr_t pc, std::uintptr_t address, std::size_t size, bool is_store);
  CodeAddress code_at(std::uintptr_t pc) const { return {pc, entry_frame_ == 0 ? 0 : path_}; }
  /// The index in `all` of the access that this one belongs to.
  std::uint32_t access_of(std::uintptr_t pc, std::uintptr_t address, std::size_t size,
                          RecentAccesses& recent, AccessTable& known,
                          std::vector<MemoryAccess>& all);
  Word& word_of(std::uintptr_t address);
  void touch(std::uintptr_t address, std::size_t size);
  /// Records the effect of the last announced store.
  void settle();
  std::array<std::uint64_t, 2> contents(std::uintptr_t address, std::size_t size) const;

  /// Watched code runs for the first time in this run, or something of this run is to be noticed
  /// when it is freed.
  void wake();
  void add_fresh(std::uintptr_t begin, std::size_t size);
  /// False if no block that was allocated in this entry begins there.
  bool remove_fresh(std::uintptr_t begin);

  MemoryListener& listener_;
  bool running_ = false;
  // Until wake() what is allocated and freed is only listed: the code under test may have nothing
  // that was compiled with the watch, though the program has.
  bool is_asleep_ = false;
  bool keeps_freed_ = false;
  bool knows_held_ = false;
  bool is_close_ = false;
  std::size_t listed_before_entry_ = 0;
  bool with_loads_ = false;
  StackLayout stacks_;
  std::uintptr_t entry_frame_ = 0;  // 0: in no entry
  const void* entry_ = nullptr;
  const void* entry_function_ = nullptr;
  std::uint32_t pauses_ = 0;
  std::uint32_t depth_ = 0;
  std::uint32_t last_segment_ = 0;
  std::vector<std::uint32_t> segments_;  // by depth: the current one
  std::vector<Level> levels_;            // by depth, from 1
  CallPaths paths_;
  CallPath path_ = 0;
  std::uint32_t calls_ = 0;        // the depth of path_
  bool entry_is_watched_ = false;  // this entry has called watched code
  std::uint32_t accesses_ = 0;     // in this entry; the next MemoryAccess::order
  std::array<RecentCall, 64> recent_calls_{};

  std::vector<MemoryAccess> stores_;
  std::vector<MemoryAccess> loads_;
  std::vector<MemoryAccess>* reads_ = nullptr;  // while a Reads lives
  AccessTable known_stores_;
  AccessTable known_loads_;
  RecentAccesses recent_stores_{};
  RecentAccesses recent_loads_{};
  Pending pending_;
  EpochTable<std::uint64_t, Word> words_;
  std::uint64_t last_word_key_ = UINT64_MAX;  // the key asked for last
  Word* last_word_ = nullptr;
  std::vector<Range> fresh_;       // allocated in this entry, sorted
  std::uint32_t allocations_ = 0;  // in this entry
  std::vector<MemoryBlock> ignored_;
  std::vector<OwnedMemory> owned_;
  std::uintptr_t owned_begin_ = UINTPTR_MAX, owned_end_ = 0;  // encloses all of these
  LineFilter remembered_;
  LineFilter accessed_;  // the lines of stores_ and loads_
  Quarantine quarantine_;
  LiveBlocks live_;
  std::vector<AllocatedBlock> of_entries_;  // in the order of allocation, freed ones included
  AllocatingCode allocating_code_;
  std::uint64_t actor_ = 0;
};

template <class Take>
void MemoryWatch::for_each_lasting(const MemoryAccess& store, Take take) const {
  std::uintptr_t begin = 0, end = 0;  // the range under way
  const std::uintptr_t first = store.address & ~std::uintptr_t{7};
  for (std::uintptr_t at = first; at < store.address + store.size; at += 8) {
    const std::uint8_t lasting = lasting_in(store, at);
    for (unsigned i = 0; lasting >> i != 0; ++i) {
      if ((lasting >> i & 1U) == 0) continue;
      if (end != at + i) {
        if (begin != end) take(begin, end);
        begin = at + i;
      }
      end = at + i + 1;
    }
  }
  if (begin != end) take(begin, end);
}

/// Set by the start-up code of each watched translation unit.
extern constinit bool has_watched_code;
/// Always true. It is defined in reprise::watch, so that every program with watched code has the
/// rest of the watch too.
extern const bool watches_allocations;
extern const bool watches_mutexes;

}  // namespace reprise::internal
