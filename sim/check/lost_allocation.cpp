// Memory that is allocated before a yield, and whose only address re-entry overwrites with that of
// another block: a leak per entry. Part of `heap-lifetime`, as a note: an address may be kept in a
// form that nobody recognises.
#include <reprise/sim/check/check.h>
#include <reprise/sim/evidence/run_view.h>
#include <reprise/sim/evidence/seen_access.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace reprise {

namespace {

class LostAllocation final : public Check {
 public:
  explicit LostAllocation(RunView& run) : run_(run) {}

  bool needs_store_watch() const override { return true; }

  void run_begins() override {
    lost_.clear();
    for (std::vector<Kept>& each : kept_) each.clear();
  }

  void operation_begins(TaskId task) override {
    if (kept_.size() <= task) kept_.resize(task + 1);
    kept_[task].clear();
  }

  void entry_ends(TaskId task, Answer answer, const Completion&) override {
    MemoryWatch& memory = run_.memory();
    if (!memory.running()) return;
    std::vector<Kept>& kept = kept_[task];
    if (kept.empty() && answer != Answer::io) return;
    const std::uint32_t entry = run_.task(task).operation.entries();
    for (const MemoryAccess& store : memory.stores()) {
      if (store.size != sizeof(void*) || !store.changed || store.freed) continue;
      Kept* const before = find(kept, store);
      if (before != nullptr) note_if_lost(task, *before, store, entry);
      const std::size_t size = size_of_kept(store);
      if (size == 0) continue;
      const Kept now{store, entry, {store.after, size}};
      if (before != nullptr) {
        *before = now;
      } else if (kept.size() < kept_max) {
        kept.push_back(now);
      }
    }
  }

  void quiescence() override {
    const LiveBlocks& live = run_.memory().live();
    std::erase_if(lost_, [&](const Lost& lost) {
      return live.size_at(lost.before.block.begin) != lost.before.block.size;
    });
    if (lost_.empty() || run_.stopped()) return;
    std::vector<MemoryBlock> blocks;
    for (const Lost& lost : lost_) blocks.push_back(lost.before.block);
    const std::vector<bool> found = live.have_pointers(blocks, run_.at_the_end().stacks_in_use());
    for (std::size_t i = 0; i < lost_.size(); ++i) {
      if (!found[i]) report(lost_[i]);
    }
  }

 private:
  static constexpr std::size_t kept_max = 64;  // addresses of an operation
  static constexpr std::size_t lost_max = 16;  // of a run: all are searched for at once

  /// The address of a block that an entry has allocated, where it was stored.
  struct Kept {
    MemoryAccess store;
    std::uint32_t entry = 0;
    MemoryBlock block;
  };
  struct Lost {
    TaskId task = 0;
    std::uint32_t operation = 0;
    Kept before;
    MemoryAccess store;  // that overwrites its address
    std::uint32_t entry = 0;
  };

  /// The size of the block, allocated in this entry, whose address this store has put there for
  /// good; 0 if it is another store.
  std::size_t size_of_kept(const MemoryAccess& store) const {
    if (MemoryWatch::peek(store.address, store.size) != store.after) return 0;
    return run_.memory().fresh_at(store.after);
  }

  static Kept* find(std::vector<Kept>& kept, const MemoryAccess& store) {
    for (Kept& each : kept) {
      if (each.store.address == store.address && each.store.code == store.code) return &each;
    }
    return nullptr;
  }

  /// The same code has stored something else there, though nobody has freed the block.
  void note_if_lost(TaskId task, const Kept& before, const MemoryAccess& store,
                    std::uint32_t entry) {
    if (store.before != before.block.begin || before.entry == entry) return;
    if (run_.memory().live().size_at(before.block.begin) != before.block.size) return;
    if (lost_.size() < lost_max) {
      lost_.push_back({task, run_.task(task).operations, before, store, entry});
    }
  }

  void report(const Lost& lost) {
    const SeenAccess seen(run_, lost.store);
    if (seen.is_benign()) return;
    const std::string task(run_.names().text(run_.task(lost.task).name));
    const std::string entry = std::to_string(lost.before.entry);
    const std::string later = std::to_string(lost.entry);
    Finding note;
    note.check = name();
    note.severity = Severity::note;
    note.signature = run_.signature(name(), "lost on re-entry by " + without_numbers(task));
    note.message = "memory allocated in one entry was lost in a later one, which stored another " +
                   std::string("address over ") + seen.variable_or("the only one");
    note.evidence.push_back("task `" + task + "`, its operation number " +
                            std::to_string(lost.operation) + ": entry " + entry + " allocated " +
                            std::to_string(lost.before.block.size) + " bytes");
    note.evidence.push_back("entry " + later + " stored the address of another block there");
    note.evidence.emplace_back(
        "at the end of the run it was not freed, and its address was nowhere to be found");
    note.expected = "what one entry allocates the next one finds, and somebody frees";
    note.help =
        "allocate it only where there is none yet: `if (!buffer) buffer = ...`; or free it before "
        "the yield";
    if (auto place =
            seen.place("stored here in entry " + entry + ", and again in entry " + later)) {
      note.places.push_back(*std::move(place));
    }
    run_.report(std::move(note));
  }

  RunView& run_;
  std::vector<std::vector<Kept>> kept_;  // by task: of its operation under way
  std::vector<Lost> lost_;
};

}  // namespace

std::unique_ptr<Check> make_lost_allocation(RunView& run) {
  return make_check<LostAllocation>(run, check_name::lost_allocation);
}

}  // namespace reprise
