// EntryFrame: marks the frame that a machine is entered through. Memory below it on the stack
// belongs to the entry; the machine's state lies elsewhere.
#pragma once

#include <reprise/sim/stack_layout.h>

#include <cstdint>
#include <optional>

namespace reprise::internal {

class LiveBlocks;
class MemoryWatch;
class Quarantine;

/// The watch of the run under way in this process, or null. It is global because an instrumented
/// store has no parameter to find it by. It is also null while the watch itself is working.
extern constinit MemoryWatch* memory_watch;

/// The freed memory that this run keeps, or null; not hidden when the watch is.
extern constinit const Quarantine* kept_memory;
/// While a run is watched, the blocks that the code under test has allocated. Not hidden when the
/// watch is, since the harness may free them too.
extern constinit LiveBlocks* live_blocks;

/// The only way from watched code to its watch: calls `tell` with the watch of the run under way,
/// if there is one, and hides the watch meanwhile. So the work of the watch, its listener and their
/// containers is not watched, and no hook is entered within another.
template <class Tell>
[[gnu::always_inline]] inline void tell_watch(Tell&& tell) {
  MemoryWatch* const watch = memory_watch;
  if (watch == nullptr) return;
  memory_watch = nullptr;
  tell(*watch);
  memory_watch = watch;
}

/// Begins an entry of the watch, if a run is watched. Gives the byte to fill the stack with, if
/// any.
std::optional<std::uint8_t> begin_watched_entry(const void* frame, const void* entry,
                                                const void* function);
void end_watched_entry();

/// Costs one branch when nothing is watched. `entry` is the callable, and the parameter of
/// `function`, whose frame this marks.
class EntryFrame {
 public:
  EntryFrame(const void* frame, const void* entry, const void* function)
      : is_watched_(memory_watch != nullptr) {
    if (is_watched_) [[unlikely]] {
      // Fills from here, so that nothing lies between this frame and the filled memory.
      if (const auto fill = begin_watched_entry(frame, entry, function)) fill_stack_below(*fill);
    }
  }
  EntryFrame(const EntryFrame&) = delete;
  EntryFrame& operator=(const EntryFrame&) = delete;
  ~EntryFrame() { end(); }

  void end() {
    if (is_watched_) [[unlikely]]
      end_watched_entry();
    is_watched_ = false;
  }

 private:
  bool is_watched_;
};

}  // namespace reprise::internal
