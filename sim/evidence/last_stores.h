// LastStores: which code last stored to the memory that a property of the scenario reads. It needs
// a logged run and code compiled with the store watch.
#pragma once

#include <reprise/sim/evidence/run_view.h>

#include <cstdint>
#include <map>

namespace reprise {

struct Finding;
namespace internal {
struct Property;
}

class LastStores {
 public:
  explicit LastStores(RunView& run) : run_(run) {}

  void begin() { by_word_.clear(); }
  /// Records the stores of the entry of `task` that is over.
  void take(TaskId task);

  /// Evaluates the property once more, and adds the place of the last store to anything that it
  /// reads; with `this_event` only if that store was in the event under way. Adds nothing if the
  /// memory has changed since without the store watch seeing it.
  void show(Finding& finding, const Property& property, bool this_event);

 private:
  struct LastStore {
    MemoryAccess access;
    OperationRef by;
    std::uint64_t event = 0;
    std::uint64_t number = 0;  // in the order of time
  };

  bool is_watching() const;
  const LastStore* last_of(const std::vector<MemoryAccess>& loads) const;

  RunView& run_;
  std::map<std::uintptr_t, LastStore> by_word_;  // key: address / 8
  std::uint64_t last_number_ = 0;
};

}  // namespace reprise
