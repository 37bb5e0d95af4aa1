#include <reprise/sim/check/repeated_stores.h>
#include <reprise/sim/check/seen_access.h>
#include <reprise/sim/world.h>

#include <algorithm>
#include <ranges>

namespace reprise {

void RepeatedStores::begin(TaskId task) {
  if (paths_.size() <= task) paths_.resize(task + 1);
  for (Level& level : paths_[task].levels) level.clear();
}

void RepeatedStores::remember(TaskId task, std::size_t levels, std::size_t same) {
  MemoryWatch& memory = world_.memory();
  std::vector<Level>& remembered = paths_[task].levels;
  if (remembered.size() < levels) remembered.resize(levels);
  for (std::size_t level = same; level < remembered.size(); ++level) remembered[level].clear();
  const std::uint32_t entry = world_.task(task).operation.entries();
  std::vector<std::size_t> old_sizes;
  for (const Level& level : remembered) old_sizes.push_back(level.size());
  for (const MemoryAccess& store : memory.stores()) {
    if (store.depth >= levels || !store.changed || !memory.is_current(store)) continue;
    if (!memory.lasts(store) || memory.is_overwritten(store)) continue;
    remembered[store.depth].push_back({store, entry});
    memory.remember(store);
  }
  const auto by_address = [](const Made& made) { return made.store.address; };
  for (std::size_t level = 0; level < levels; ++level) {
    // What was there before comes first among those of one address.
    if (remembered[level].size() != old_sizes[level]) {
      std::ranges::stable_sort(remembered[level], {}, by_address);
    }
  }
}

bool RepeatedStores::same_code(const CodeAddress& a, const CodeAddress& b) {
  if (a == b) return true;
  // A compiler may have made several copies of one line.
  const MemoryWatch::Quiet quiet;
  DebugInfo& debug_info = world_.debug_info();
  const CallPaths& paths = world_.memory().paths();
  const std::vector<CodeLine> lines = debug_info.lines_of(a, paths);
  return !lines.empty() && lines == debug_info.lines_of(b, paths);
}

const RepeatedStores::Made* RepeatedStores::find_in(const Level& level, const MemoryAccess& store) {
  const auto at_address = std::ranges::equal_range(
      level, store.address, {}, [](const Made& made) { return made.store.address; });
  for (const Made& made : at_address) {
    if (made.store.size == store.size && same_code(made.store.code, store.code)) return &made;
  }
  return nullptr;
}

std::optional<RepeatedStores::Repetition> RepeatedStores::find(TaskId task, std::size_t level) {
  const std::vector<Level>& remembered = paths_[task].levels;
  if (level >= remembered.size() || remembered[level].empty()) return std::nullopt;
  MemoryWatch& memory = world_.memory();
  for (const MemoryAccess& store : memory.stores()) {
    if (store.depth != level || !store.changed || !memory.is_current(store)) continue;
    const Made* const first = find_in(remembered[level], store);
    if (first == nullptr || !memory.lasts(store)) continue;
    if (!world_.options().checks.benign.empty() && SeenAccess(world_, store).is_benign()) continue;
    return Repetition{first->store, store, first->entry};
  }
  return std::nullopt;
}

void RepeatedStores::freed(std::uintptr_t begin, std::size_t size) {
  for (Path& path : paths_) {
    for (Level& level : path.levels) {
      std::erase_if(level, [&](const Made& made) { return made.store.overlaps(begin, size); });
    }
  }
}

}  // namespace reprise
