#include <reprise/sim/store_watch/foreign_heap.h>

namespace reprise::internal {

constinit thread_local Arena* foreign_arena = nullptr;
constinit Arena* engine_arena = nullptr;

Arena& ForeignHeap::arena() {
  static Arena arena;
  engine_arena = &arena;
  return arena;
}

}  // namespace reprise::internal
