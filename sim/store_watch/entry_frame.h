// EntryFrame: marks the frame that a machine is entered through. What lies below it on the stack is
// the entry's own; the machine's state lies elsewhere.
#pragma once

#include <reprise/sim/store_watch/stack_layout.h>

#include <cstdint>
#include <optional>

namespace reprise::internal {

class LiveBlocks;
class MemoryWatch;
class Quarantine;

/// The watch of the run that goes on in this process, or null: an instrumented store has no
/// parameter to find it by. Null also while the watch itself is at work.
extern constinit MemoryWatch* memory_watch;

/// What that run has freed and keeps, or null; also while the watch is hidden.
extern constinit const Quarantine* kept_memory;
/// While a run is watched, what the code under test has allocated: the harness may free it, too.
extern constinit LiveBlocks* live_blocks;

/// The only way from watched code to its watch: calls `tell` with the watch of the run that goes
/// on, if there is one, and hides the watch meanwhile. So whatever the watch, its listener and
/// their containers do is not watched, and no hook is entered within another.
template <class Tell>
[[gnu::always_inline]] inline void tell_watch(Tell&& tell) {
  MemoryWatch* const watch = memory_watch;
  if (watch == nullptr) return;
  memory_watch = nullptr;
  tell(*watch);
  memory_watch = watch;
}

/// What the stack is to be filled with now, if it is.
std::optional<std::uint8_t> begin_watched_entry(const void* frame, const void* entry,
                                                const void* function);
void end_watched_entry();

/// Costs one branch where nothing is watched. `entry` is what is called, and the parameter of
/// `function`, whose frame this is.
class EntryFrame {
 public:
  EntryFrame(const void* frame, const void* entry, const void* function)
      : is_watched_(memory_watch != nullptr) {
    if (is_watched_) [[unlikely]] {
      // From here, so that nothing lies between this frame and what is filled.
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
