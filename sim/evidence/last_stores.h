// LastStores: in a run that is logged, which code stored last to what a property of the scenario
// reads. Of code with the store watch.
#pragma once

#include <reprise/sim/check/check.h>

#include <cstdint>
#include <map>

namespace reprise {

struct Finding;
namespace internal {
struct Property;
}

class LastStores {
 public:
  explicit LastStores(World& world) : world_(world) {}

  void begin() { by_word_.clear(); }
  /// An entry of `task` is over.
  void take(TaskId task);

  /// Asks the property once more and adds where the last store was made to anything that it reads.
  /// With `this_event` only if that was in the event under way. Adds nothing where somebody has
  /// changed it since without being seen.
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

  World& world_;
  std::map<std::uintptr_t, LastStore> by_word_;  // by address / 8
  std::uint64_t last_number_ = 0;
};

}  // namespace reprise
