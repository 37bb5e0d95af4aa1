#include <reprise/sim/evidence/repeated_stores.h>

#include <reprise/core/internal/completion_head.h>
#include <reprise/core/internal/peek.h>
#include <reprise/sim/evidence/run_view.h>
#include <reprise/sim/evidence/seen_access.h>

#include <algorithm>
#include <cstddef>
#include <span>

namespace reprise {

namespace {
constexpr std::uint32_t small_size = 8;  // bytes: one variable

/// The lines from where the standard library was called: whether a container had room for another
/// element or had to make some is not what tells one change from another.
std::span<const CodeLine> calls_of_library(std::span<const CodeLine> lines) {
  while (!lines.empty() && lines.front().file.find("/include/c++/") != std::string::npos) {
    lines = lines.subspan(1);
  }
  return lines;
}
}  // namespace

void RepeatedStores::begin(TaskId task) {
  if (paths_.size() <= task) paths_.resize(task + 1);
  for (Level& level : paths_[task].levels) level.clear();
  paths_[task].reads.clear();
}

void RepeatedStores::finished(const Completion& completion) {
  constexpr std::size_t kept_max = 64;
  const internal::CompletionHead& head = internal::Peek(completion).head();
  const Finished now{reinterpret_cast<std::uintptr_t>(&head), run_.stats().events,
                     run_.memory().accesses()};
  if (finished_.size() < kept_max) {
    finished_.push_back(now);
  } else {
    finished_[next_finished_++ % kept_max] = now;
  }
}

void RepeatedStores::forget(TaskId task, std::size_t level) {
  std::vector<Level>& remembered = paths_[task].levels;
  for (; level < remembered.size(); ++level) remembered[level].clear();
}

void RepeatedStores::remember(TaskId task, std::span<const std::size_t> first, std::size_t same) {
  const std::size_t levels = first.size();
  MemoryWatch& memory = run_.memory();
  std::vector<Level>& remembered = paths_[task].levels;
  if (remembered.size() < levels) remembered.resize(levels);
  for (std::size_t level = same; level < remembered.size(); ++level) remembered[level].clear();
  const std::uint32_t entry = run_.task(task).operation.entries();
  old_sizes_.clear();
  for (Level& level : remembered) {
    std::erase_if(level.made, [](const RecordedStore& made) { return made.is_freed; });
    old_sizes_.push_back(level.made.size());
  }
  remember_reads(paths_[task]);
  paths_[task].event = run_.stats().events;
  paths_[task].entry = run_.task(task).operation.entries();
  const std::span<const MemoryAccess> stores = memory.stores();
  for (std::size_t i = 0; i < stores.size(); ++i) {
    const MemoryAccess& store = stores[i];
    if (store.depth >= levels || i < first[store.depth]) continue;
    if (!store.changed || !memory.is_current(store)) continue;
    Level& level = remembered[store.depth];
    if (is_known(level, old_sizes_[store.depth], store)) continue;
    if (!add(level, store, entry)) continue;
    level.size_max = std::max(level.size_max, store.size);
    memory.remember(store);
  }
  const auto by_address = [](const RecordedStore& made) { return made.store.address; };
  for (std::size_t level = 0; level < levels; ++level) {
    // What was there before comes first among those of one address.
    std::vector<RecordedStore>& made = remembered[level].made;
    if (made.size() != old_sizes_[level]) std::ranges::stable_sort(made, {}, by_address);
  }
}

void RepeatedStores::remember_reads(Path& path) {
  path.reads.clear();
  for (const MemoryAccess& load : run_.memory().loads()) {
    if (load.size > small_size || load.freed) continue;
    path.reads.push_back({load.address, load.size, MemoryWatch::peek(load.address, load.size)});
  }
  std::ranges::sort(path.reads, {}, &Read::place);
}

/// Between two entries others run: tasks, and the device. If one of them has changed what the
/// function has read on its way to the store, or has put back what the store had changed, then it
/// is not the same work that is done again. Nor is it if the time is stored, or what follows from
/// it.
bool RepeatedStores::is_answer_to_news(const Path& path, const RecordedStore& first,
                                       const MemoryAccess& again) {
  MemoryWatch& memory = run_.memory();
  if (again.size <= small_size) {
    const std::uint64_t found = memory.before_entry(again.address, again.size);
    if (found == first.store.before && found != first.store.after) return true;
  }
  if (run_.has_asked_time() && !memory.is_loaded_before(again)) return true;
  return std::ranges::any_of(memory.loads(), [&](const MemoryAccess& load) {
    return load.depth == again.depth && memory.is_current(load) && load.order < again.order &&
           !load.overlaps(again.address, again.size) && is_news(path, first, load);
  });
}

bool RepeatedStores::is_news(const Path& path, const RecordedStore& first,
                             const MemoryAccess& load) const {
  const bool is_of_finished = std::ranges::any_of(finished_, [&](const Finished& finished) {
    const bool is_later =
        finished.event > path.event || (finished.event == path.event && first.entry == path.entry &&
                                        finished.order > first.store.order);
    return is_later && load.overlaps(finished.begin, sizeof(internal::CompletionHead));
  });
  if (is_of_finished) return true;
  const std::pair place(load.address, load.size);
  const auto read = std::ranges::lower_bound(path.reads, place, {}, &Read::place);
  return read != path.reads.end() && read->place() == place && load.before != read->left &&
         run_.memory().before_entry(load.address, load.size) != read->left;
}

/// Whether one of the first `count` is the same store of the same code: they were found no
/// repetition then, and more of them would tell no more.
bool RepeatedStores::is_known(Level& level, std::size_t count, const MemoryAccess& store) {
  if (store.size > small_size) return false;  // another part of it may last
  const auto end = level.made.begin() + static_cast<std::ptrdiff_t>(count);
  auto made =
      std::ranges::lower_bound(level.made.begin(), end, store.address, {},
                               [](const RecordedStore& each) { return each.store.address; });
  for (; made != end && made->store.address == store.address; ++made) {
    if (made->store.size == store.size && made->store.code == store.code) return true;
  }
  return false;
}

/// False if nothing of it lasts: it was undone, or something else was put there before the yield.
bool RepeatedStores::add(Level& level, const MemoryAccess& store, std::uint32_t entry) {
  MemoryWatch& memory = run_.memory();
  RecordedStore made{store, entry, static_cast<std::uint32_t>(level.bytes.size()), 0, false};
  if (store.size <= small_size) {
    if (!memory.lasts(store) || memory.is_overwritten(store) ||
        MemoryWatch::peek(store.address, store.size) != store.after) {
      return false;
    }
  } else {
    memory.for_each_lasting(store, [&](std::uintptr_t begin, std::uintptr_t end) {
      level.bytes.push_back({begin, end});
      ++made.bytes_count;
    });
    if (made.bytes_count == 0) return false;
  }
  level.made.push_back(made);
  return true;
}

bool RepeatedStores::same_code(const CodeAddress& a, const CodeAddress& b) {
  if (a == b) return true;
  // A compiler may have made several copies of one line.
  DebugInfo& debug_info = run_.debug_info();
  const CallPaths& paths = run_.memory().paths();
  const std::vector<CodeLine> first = debug_info.lines_of(a, paths);
  const std::vector<CodeLine> again = debug_info.lines_of(b, paths);
  const std::span<const CodeLine> calls = calls_of_library(first);
  return !calls.empty() && std::ranges::equal(calls, calls_of_library(again));
}

std::vector<RepeatedStores::RecordedStore>::iterator RepeatedStores::first_reaching(
    Level& level, std::uintptr_t address) {
  const std::uintptr_t reach = std::min<std::uintptr_t>(address, level.size_max);
  return std::ranges::lower_bound(level.made, address - reach, {},
                                  [](const RecordedStore& each) { return each.store.address; });
}

RepeatedStores::RecordedStore* RepeatedStores::find_in(Level& level, const MemoryAccess& store) {
  for (auto made = first_reaching(level, store.address);
       made != level.made.end() && made->store.address < store.address + store.size; ++made) {
    if (!made->is_freed && made->store.overlaps(store.address, store.size) &&
        same_bytes(level, *made, store) && same_code(made->store.code, store.code)) {
      return &*made;
    }
  }
  return nullptr;
}

bool RepeatedStores::same_bytes(const Level& level, const RecordedStore& made,
                                const MemoryAccess& store) {
  if (made.bytes_count == 0) return made.store.address == store.address;
  const auto first = level.bytes.begin() + made.bytes_at;
  const std::span<const Bytes> lasted(first, first + made.bytes_count);
  bool is_same = false;
  run_.memory().for_each_lasting(store, [&](std::uintptr_t begin, std::uintptr_t end) {
    const auto behind = std::ranges::upper_bound(lasted, begin, {}, &Bytes::end);
    is_same = is_same || (behind != lasted.end() && behind->begin < end);
  });
  return is_same;
}

std::optional<RepeatedStores::Repetition> RepeatedStores::find(TaskId task, std::size_t level) {
  std::vector<Level>& remembered = paths_[task].levels;
  if (level >= remembered.size() || remembered[level].made.empty()) return std::nullopt;
  MemoryWatch& memory = run_.memory();
  for (const MemoryAccess& store : memory.stores()) {
    if (store.depth != level || !store.changed || !memory.is_current(store)) continue;
    if (!memory.lasts(store)) continue;
    RecordedStore* const first = find_in(remembered[level], store);
    if (first == nullptr) continue;
    if (is_answer_to_news(paths_[task], *first, store)) {
      // The work goes on from here.
      first->store.order = store.order;
      first->store.before = store.before;
      first->store.after = store.after;
      first->entry = run_.task(task).operation.entries();
      continue;
    }
    if (memory.belongs_to_ignored(store.address)) continue;
    if (!run_.options().checks.benign.empty() && SeenAccess(run_, store).is_benign()) continue;
    return Repetition{first->store, store, first->entry};
  }
  return std::nullopt;
}

void RepeatedStores::freed(std::uintptr_t begin, std::size_t size) {
  for (Path& path : paths_) {
    for (Level& level : path.levels) {
      for (auto made = first_reaching(level, begin);
           made != level.made.end() && made->store.address < begin + size; ++made) {
        made->is_freed = made->is_freed || made->store.overlaps(begin, size);
      }
    }
  }
}

}  // namespace reprise
