#include <reprise/sim/check/repeated_stores.h>
#include <reprise/sim/check/seen_access.h>
#include <reprise/sim/world.h>

#include <algorithm>
#include <ranges>
#include <utility>

namespace reprise {

namespace {
constexpr std::uint32_t small_size = 8;  // bytes: one variable
}  // namespace

void RepeatedStores::begin(TaskId task) {
  if (paths_.size() <= task) paths_.resize(task + 1);
  for (Level& level : paths_[task].levels) level.made.clear();
}

void RepeatedStores::forget(TaskId task, std::size_t level) {
  std::vector<Level>& remembered = paths_[task].levels;
  for (; level < remembered.size(); ++level) remembered[level].made.clear();
}

void RepeatedStores::remember(TaskId task, std::span<const std::size_t> first, std::size_t same) {
  const std::size_t levels = first.size();
  MemoryWatch& memory = world_.memory();
  std::vector<Level>& remembered = paths_[task].levels;
  if (remembered.size() < levels) remembered.resize(levels);
  for (std::size_t level = same; level < remembered.size(); ++level) {
    remembered[level].made.clear();
  }
  const std::uint32_t entry = world_.task(task).operation.entries();
  std::vector<std::size_t> old_sizes;
  for (const Level& level : remembered) old_sizes.push_back(level.made.size());
  const std::span<const MemoryAccess> stores = memory.stores();
  for (std::size_t i = 0; i < stores.size(); ++i) {
    const MemoryAccess& store = stores[i];
    if (store.depth >= levels || i < first[store.depth]) continue;
    if (!store.changed || !memory.is_current(store)) continue;
    Made made{store, entry, {}};
    if (store.size > small_size) {
      made.bytes = memory.lasting_bytes(store);
      if (made.bytes.empty()) continue;
    } else if (!memory.lasts(store) || memory.is_overwritten(store) ||
               MemoryWatch::peek(store.address, store.size) != store.after) {
      continue;  // undone, or something else was put there before the yield
    }
    Level& level = remembered[store.depth];
    level.made.push_back(std::move(made));
    level.size_max = std::max(level.size_max, store.size);
    memory.remember(store);
  }
  const auto by_address = [](const Made& made) { return made.store.address; };
  for (std::size_t level = 0; level < levels; ++level) {
    // What was there before comes first among those of one address.
    std::vector<Made>& made = remembered[level].made;
    if (made.size() != old_sizes[level]) std::ranges::stable_sort(made, {}, by_address);
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
  const std::uintptr_t reach = std::min<std::uintptr_t>(store.address, level.size_max);
  auto made = std::ranges::lower_bound(level.made, store.address - reach, {},
                                       [](const Made& each) { return each.store.address; });
  for (; made != level.made.end() && made->store.address < store.address + store.size; ++made) {
    if (made->store.overlaps(store.address, store.size) && same_bytes(*made, store) &&
        same_code(made->store.code, store.code)) {
      return &*made;
    }
  }
  return nullptr;
}

bool RepeatedStores::same_bytes(const Made& made, const MemoryAccess& store) {
  if (made.bytes.empty()) return made.store.address == store.address;
  const std::vector<std::uintptr_t> again = world_.memory().lasting_bytes(store);
  return std::ranges::any_of(
      again, [&](std::uintptr_t at) { return std::ranges::binary_search(made.bytes, at); });
}

std::optional<RepeatedStores::Repetition> RepeatedStores::find(TaskId task, std::size_t level) {
  const std::vector<Level>& remembered = paths_[task].levels;
  if (level >= remembered.size() || remembered[level].made.empty()) return std::nullopt;
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
      std::erase_if(level.made, [&](const Made& made) { return made.store.overlaps(begin, size); });
    }
  }
}

}  // namespace reprise
