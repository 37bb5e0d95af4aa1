#include <reprise/sim/store_watch/foreign_heap.h>

#include <reprise/core/assert.h>

namespace reprise::internal {

constinit thread_local Arena* foreign_arena = nullptr;
constinit Arena* engine_arena = nullptr;

Arena& ForeignHeap::arena() {
  static Arena arena;
  engine_arena = &arena;
  return arena;
}

void ForeignHeap::require_outside() {
  REPRISE_ASSERT(foreign_arena == nullptr,
                 "within engine code, calls of the scenario's Sim and IO belong into outside()");
}

}  // namespace reprise::internal
