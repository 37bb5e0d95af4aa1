#include <reprise/sim/store_watch/memory_watch.h>

#include <reprise/sim/store_watch/entry_frame.h>

#include <xxhash.h>

#include <algorithm>
#include <cstring>

namespace reprise::internal {

constinit MemoryWatch* memory_watch = nullptr;
constinit const Quarantine* kept_memory = nullptr;
constinit LiveBlocks* live_blocks = nullptr;
constinit bool has_watched_code = false;

std::optional<std::uint8_t> begin_watched_entry(const void* frame, const void* entry,
                                                const void* function) {
  std::optional<std::uint8_t> fill;
  tell_watch([&](MemoryWatch& watch) {
    watch.begin_entry(frame, entry, function);
    fill = watch.stack_fill();
  });
  return fill;
}
void end_watched_entry() {
  tell_watch([](MemoryWatch& watch) { watch.end_entry(); });
}

namespace {

constexpr std::size_t granule = 8;

// Memory as the code under test sees it, also where a sanitizer would object.
__attribute__((no_sanitize("address", "undefined"))) std::uint64_t word_at(std::uintptr_t address) {
  std::uint64_t word;
  __builtin_memcpy(&word, reinterpret_cast<const void*>(address), sizeof word);
  return word;
}

// The bytes of the granule at `begin` that lie in [address, address + size).
std::uint64_t mask_of(std::uintptr_t begin, std::uintptr_t address, std::size_t size) {
  std::uint64_t mask = ~std::uint64_t{0};
  if (address > begin) mask &= mask << (8 * (address - begin));
  if (address + size < begin + granule) mask &= mask >> (8 * (begin + granule - address - size));
  return mask;
}

std::uint8_t byte_of_depth(std::uint32_t depth) {
  return static_cast<std::uint8_t>(std::min<std::uint32_t>(depth, 255));
}

}  // namespace

bool MemoryWatch::has_watched_code() { return internal::has_watched_code; }

void MemoryWatch::begin_run(const RunOptions& options) {
  running_ = true;
  with_loads_ = options.with_loads;
  actor_ = 0;
  entry_frame_ = 0;
  pauses_ = 0;
  ignored_.clear();
  allocating_code_.begin_run();
  disown_all();
  remembered_.clear();
  accessed_.clear();
  live_.clear();
  stores_.clear();
  loads_.clear();
  pending_.is_there = false;
  entry_ = entry_function_ = nullptr;
  is_asleep_ = true;
  keeps_freed_ = options.keeps_freed;
  knows_held_ = options.knows_held;
  of_entries_.clear();
  internal::live_blocks = &live_;
  internal::memory_watch = this;
}

void MemoryWatch::end_run() {
  running_ = false;
  internal::memory_watch = nullptr;
  internal::kept_memory = nullptr;
  internal::live_blocks = nullptr;
  quarantine_.release_all();
}

void MemoryWatch::begin_entry(const void* frame, const void* entry, const void* function) {
  entry_ = entry;
  entry_function_ = function;
  entry_frame_ = reinterpret_cast<std::uintptr_t>(frame);
  depth_ = 0;
  if (segments_.empty()) segments_.resize(1);
  segments_[0] = ++last_segment_;
  if (levels_.empty()) levels_.resize(1);
  levels_[0] = {};
  allocations_ = 0;
  entry_is_watched_ = false;
  accesses_ = 0;
  path_ = 0;
  calls_ = 0;
  stores_.clear();
  loads_.clear();
  known_stores_.clear();
  known_loads_.clear();
  words_.clear();
  last_word_key_ = UINT64_MAX;
  pending_.is_there = false;
  fresh_.clear();
  listed_before_entry_ = live_.listed().size();
  accessed_.clear();
}

void MemoryWatch::end_entry() {
  settle();
  entry_frame_ = 0;
}

void MemoryWatch::enter_level() {
  const Quiet quiet;
  ++depth_;
  if (segments_.size() <= depth_) segments_.resize(depth_ + 1);
  segments_[depth_] = ++last_segment_;
  if (levels_.size() <= depth_) levels_.resize(depth_ + 1);
  levels_[depth_] = {stores_.size(), allocations_, UINT32_MAX};
}

bool MemoryWatch::level_has_changed_memory() {
  settle();
  const Level& level = levels_[depth_];
  if (level.oldest_stored_to < level.first_allocation) return true;
  constexpr std::size_t looked_at_max = 64;
  const std::span<const MemoryAccess> made = std::span(stores_).subspan(level.first_store);
  if (made.size() > looked_at_max) return true;
  return std::ranges::any_of(made, [&](const MemoryAccess& store) {
    if (!store.changed || store.freed) return false;
    if (store.size > granule) return true;
    const auto first = std::ranges::find(made, store.address, &MemoryAccess::address);
    return first->size != store.size || peek(store.address, store.size) != first->before;
  });
}

void MemoryWatch::leave_level() {
  const std::uint32_t oldest = levels_[depth_].oldest_stored_to;
  --depth_;
  levels_[depth_].oldest_stored_to = std::min(levels_[depth_].oldest_stored_to, oldest);
}

void MemoryWatch::ignore(const void* begin, std::size_t size) {
  const Quiet quiet;
  if (running_) ignored_.push_back({reinterpret_cast<std::uintptr_t>(begin), size});
}

void MemoryWatch::own(const OwnedMemory& memory) {
  if (memory.size == 0) return;
  const Quiet quiet;
  owned_.push_back(memory);
  owned_begin_ = std::min(owned_begin_, memory.begin);
  owned_end_ = std::max(owned_end_, memory.begin + memory.size);
}

void MemoryWatch::disown(std::uint32_t owner) { disown_between(owner, owner); }

void MemoryWatch::disown_between(std::uint32_t first, std::uint32_t last) {
  const Quiet quiet;
  std::erase_if(owned_, [&](const OwnedMemory& memory) {
    return memory.owner >= first && memory.owner <= last;
  });
  if (owned_.empty()) disown_all();
}

void MemoryWatch::disown_all() {
  owned_.clear();
  owned_begin_ = UINTPTR_MAX;
  owned_end_ = 0;
}

bool MemoryWatch::counts(std::uintptr_t address, std::uintptr_t stack) const {
  if (address - stack < entry_frame_ - stack || pauses_ != 0) return false;
  const auto has_address = [&](const MemoryBlock& block) {
    return address - block.begin < block.size;
  };
  return std::ranges::none_of(ignored_, has_address);
}

bool MemoryWatch::belongs_to_ignored(std::uintptr_t address) const {
  const Quiet quiet;
  return !ignored_.empty() && live_.belongs_to(ignored_, address);
}

void MemoryWatch::use_owned(std::uintptr_t pc, std::uintptr_t address, std::size_t size,
                            bool is_store) {
  for (const OwnedMemory& memory : owned_) {
    if (!memory.overlaps(address, size) || (!is_store && memory.may_be_loaded)) continue;
    MemoryAccess access;
    access.address = address;
    access.size = static_cast<std::uint32_t>(size);
    access.code = code_at(pc);
    listener_.owned_memory_used(memory, access, is_store);
    return;
  }
}

void MemoryWatch::use_freed(std::uintptr_t pc, std::uintptr_t address, std::size_t size,
                            bool is_store) {
  const FreedMemory* const memory = quarantine_.block_of(address, size);
  if (memory == nullptr) return;  // beside it
  settle();
  MemoryAccess access;
  access.address = address;
  access.size = static_cast<std::uint32_t>(size);
  access.code = code_at(pc);
  listener_.freed_memory_used(FreedMemory(*memory), access, is_store);
}

std::uint32_t MemoryWatch::access_of(std::uintptr_t pc, std::uintptr_t address, std::size_t size,
                                     RecentAccesses& recent, AccessTable& known,
                                     std::vector<MemoryAccess>& all) {
  const AccessKey key{{pc, path_}, address, segments_[depth_]};
  Recent& last = recent[(pc ^ (pc >> 6U)) % recent.size()];
  if (last.segment == key.segment && last.code == key.code) {
    MemoryAccess& access = all[last.index];
    const std::uintptr_t end = access.address + access.size;
    if (address >= access.address && address <= end && !access.freed) {
      if (address + size > end) {
        access.size += static_cast<std::uint32_t>(address + size - end);
        accessed_.add(end, address + size - end);
      }
      return last.index;
    }
  }
  const auto [index, is_new] = known.insert(key);
  if (is_new) {
    *index = static_cast<std::uint32_t>(all.size());
    MemoryAccess access;
    access.address = address;
    access.size = static_cast<std::uint32_t>(size);
    access.depth = depth_;
    access.segment = key.segment;
    access.order = accesses_++;
    access.code = key.code;
    access.before = access.after = peek(address, size);
    accessed_.add(address, size);
    all.push_back(access);
  }
  last = {key.code, key.segment, *index};
  return *index;
}

// All in one: this is where a watched run spends its time.
[[gnu::flatten]] void MemoryWatch::stored(std::uintptr_t pc, std::uintptr_t address,
                                          std::size_t size, std::uintptr_t stack) {
  if (is_asleep_) [[unlikely]]
    wake();
  if (address < owned_end_ && address + size > owned_begin_) use_owned(pc, address, size, true);
  if (size == 0) return;
  if (quarantine_.holds(address, size)) use_freed(pc, address, size, true);
  if (entry_frame_ == 0 || !counts(address, stack)) return;
  if (const Range* const fresh = fresh_range(address); fresh != nullptr) {
    std::uint32_t& oldest = levels_[depth_].oldest_stored_to;
    oldest = std::min(oldest, fresh->number);
    return;
  }
  settle();
  touch(address, size);
  const std::uint32_t index = access_of(pc, address, size, recent_stores_, known_stores_, stores_);
  pending_ = {index, true, address, size, contents(address, size)};
}

void MemoryWatch::settle() {
  if (!pending_.is_there) return;
  pending_.is_there = false;
  MemoryAccess& store = stores_[pending_.index];
  if (store.freed || contents(pending_.address, pending_.size) == pending_.before) return;
  store.changed = true;
  store.after = peek(store.address, store.size);
  const std::uint8_t depth = byte_of_depth(store.depth);
  const std::uintptr_t end = pending_.address + pending_.size;
  for (std::uintptr_t at = pending_.address; at < end;) {
    Word& word = word_of(at);
    if (at % granule == 0 && end - at >= granule) {
      word.depth.fill(depth);
      at += granule;
    } else {
      word.depth[at++ % granule] = depth;
    }
  }
}

std::array<std::uint64_t, 2> MemoryWatch::contents(std::uintptr_t address, std::size_t size) const {
  if (size <= granule) return {peek(address, size), 0};
  if (size <= 2 * granule) {
    return {peek(address, granule), peek(address + granule, size - granule)};
  }
  return {XXH3_64bits(reinterpret_cast<const void*>(address), size), 0};
}

std::uint64_t MemoryWatch::peek(std::uintptr_t address, std::size_t size) {
  // In words that do not cross a page, as those around the bytes may not be there.
  const std::uintptr_t begin = address & ~std::uintptr_t{granule - 1};
  const unsigned shift = static_cast<unsigned>(address - begin) * 8;
  std::uint64_t value = word_at(begin) >> shift;
  if (shift != 0 && address + std::min(size, granule) > begin + granule) {
    value |= word_at(begin + granule) << (64 - shift);
  }
  return size < granule ? value & ((std::uint64_t{1} << (8 * size)) - 1) : value;
}

MemoryWatch::Word& MemoryWatch::word_of(std::uintptr_t address) {
  const std::uint64_t key = address / granule;
  if (key != last_word_key_) {
    const auto [word, is_new] = words_.insert(key);
    if (is_new) *word = {word_at(key * granule), {}};
    last_word_key_ = key;
    last_word_ = word;
  }
  return *last_word_;
}

void MemoryWatch::touch(std::uintptr_t address, std::size_t size) {
  for (std::uintptr_t at = address & ~std::uintptr_t{granule - 1}; at < address + size;
       at += granule) {
    word_of(at);
  }
}

bool MemoryWatch::lasts(const MemoryAccess& store) {
  if (store.freed) return false;
  for (std::uintptr_t at = store.address & ~std::uintptr_t{granule - 1};
       at < store.address + store.size; at += granule) {
    const Word* const word = words_.find(at / granule);
    if (word == nullptr) continue;
    if (((word->before ^ word_at(at)) & mask_of(at, store.address, store.size)) != 0) return true;
  }
  return false;
}

bool MemoryWatch::has_changed_memory() {
  return running_ && std::ranges::any_of(stores(), [&](const MemoryAccess& store) {
           return store.changed && lasts(store);
         });
}

bool MemoryWatch::has_changed_nothing() {
  return running_ && entry_is_watched_ && !has_changed_memory();
}

std::uint8_t MemoryWatch::lasting_in(const MemoryAccess& store, std::uintptr_t begin) const {
  const Word* const word = words_.find(begin / granule);
  if (word == nullptr) return 0;
  const std::uint64_t changed =
      (word->before ^ word_at(begin)) & mask_of(begin, store.address, store.size);
  if (changed == 0) return 0;
  const std::uint8_t depth = byte_of_depth(store.depth);
  std::uint8_t lasting = 0;
  for (unsigned i = 0; i < granule; ++i) {
    const bool lasts = (changed >> (8 * i) & 0xffU) != 0 && word->depth[i] <= depth;
    if (lasts) lasting = static_cast<std::uint8_t>(lasting | 1U << i);
  }
  return lasting;
}

bool MemoryWatch::is_overwritten(const MemoryAccess& store) const {
  const std::uint8_t depth = byte_of_depth(store.depth);
  for (std::uintptr_t at = store.address; at < store.address + store.size; ++at) {
    const Word* const word = words_.find(at / granule);
    if (word != nullptr && word->depth[at % granule] > depth) return true;
  }
  return false;
}

std::uint64_t MemoryWatch::before_entry(std::uintptr_t address, std::size_t size) const {
  std::uint64_t value = 0;
  for (std::size_t i = std::min(size, granule); i-- > 0;) {
    value = value << 8U | byte_before_entry(address + i);
  }
  return value;
}

bool MemoryWatch::is_loaded_before(const MemoryAccess& store) const {
  return std::ranges::any_of(loads_, [&](const MemoryAccess& load) {
    return load.order < store.order && load.overlaps(store.address, store.size);
  });
}

std::uint8_t MemoryWatch::byte_before_entry(std::uintptr_t address) const {
  const Word* const known = words_.find(address / granule);
  const std::uint64_t word =
      known == nullptr ? word_at(address & ~std::uintptr_t{granule - 1}) : known->before;
  return static_cast<std::uint8_t>(word >> (8 * (address % granule)));
}

[[gnu::flatten]] void MemoryWatch::loaded(std::uintptr_t pc, std::uintptr_t address,
                                          std::size_t size, std::uintptr_t stack) {
  if (is_asleep_) [[unlikely]]
    wake();
  if (address < owned_end_ && address + size > owned_begin_) use_owned(pc, address, size, false);
  if (size == 0) return;
  if (quarantine_.holds(address, size)) use_freed(pc, address, size, false);
  if (reads_ != nullptr) [[unlikely]] {
    MemoryAccess& read = reads_->emplace_back();
    read.address = address;
    read.size = static_cast<std::uint32_t>(size);
  }
  if (!with_loads_ || entry_frame_ == 0 || !counts(address, stack)) return;
  if (fresh_range(address) != nullptr) return;
  settle();
  access_of(pc, address, size, recent_loads_, known_loads_, loads_);
}

void MemoryWatch::called(std::uintptr_t pc) {
  if (is_asleep_) [[unlikely]]
    wake();
  if (entry_frame_ == 0) return;
  entry_is_watched_ = true;
  settle();
  RecentCall& last = recent_calls_[(pc ^ (pc >> 6U) ^ path_) % recent_calls_.size()];
  if (last.pc != pc || last.caller != path_) last = {pc, path_, paths_.called(path_, pc)};
  path_ = last.path;
  ++calls_;
}

void MemoryWatch::returned() {
  // The function that made the frame ends behind the entry.
  if (entry_frame_ == 0 || calls_ == 0) return;
  settle();
  path_ = paths_.caller(path_);
  --calls_;
}

bool MemoryWatch::mutex_used(MutexEvent event, const void* mutex, std::uintptr_t pc) {
  if (entry_frame_ == 0 && event != MutexEvent::given_back) return true;
  MemoryAccess access;
  access.address = reinterpret_cast<std::uintptr_t>(mutex);
  access.size = sizeof(void*);
  access.code = {pc, entry_frame_ == 0 ? 0 : path_};
  return listener_.mutex_used(event, access);
}

}  // namespace reprise::internal
