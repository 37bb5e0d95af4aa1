// ForeignHeap: lets an arena stand in the place of malloc and operator new while an engine's code
// runs on a foreign stack, so that its memory can be taken back at once when its frames are
// dropped. Needs reprise::watch, whose malloc asks here.
#pragma once

#include <reprise/sim/store_watch/arena.h>
#include <reprise/sim/store_watch/entry_frame.h>

#include <utility>

namespace reprise::internal {

/// The arena that this thread allocates from now, or null: the C library's heap. It is global
/// because malloc has no parameter to find it by.
extern constinit thread_local Arena* foreign_arena;
/// The arena of this process, once one was used: what it holds is freed there, wherever it is
/// freed.
extern constinit Arena* engine_arena;

/// What a foreign stack takes along when it is left, and finds again when it is resumed.
struct ForeignHeapState {
  Arena* arena = nullptr;
  MemoryWatch* watch = nullptr;

  void exchange_with_thread() {
    std::swap(arena, foreign_arena);
    std::swap(watch, memory_watch);
  }
};

/// Always true. It is defined in reprise::watch: an engine that asks for it has malloc and the
/// mutexes of a run.
extern const bool serves_engines;

class ForeignHeap {
 public:
  /// Guard: engine code runs while it lives. It allocates from the arena, and its stores are not
  /// watched.
  class Inside {
   public:
    Inside() : was_{&ForeignHeap::arena(), nullptr} { was_.exchange_with_thread(); }
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;
    ~Inside() { was_.exchange_with_thread(); }

   private:
    ForeignHeapState was_;
  };
  /// Guard: within engine code, that of the scenario or of the harness runs while it lives, whose
  /// memory must not end with the engine's.
  class Outside {
   public:
    Outside() : was_(std::exchange(foreign_arena, nullptr)) {}
    Outside(const Outside&) = delete;
    Outside& operator=(const Outside&) = delete;
    ~Outside() { foreign_arena = was_; }

   private:
    Arena* was_;
  };

  static Arena& arena();
  /// Fails an assertion within engine code, whose memory would end too early for a run.
  static void require_outside();
};

}  // namespace reprise::internal
