#include <reprise/sim/store_watch/entry_frame.h>
#include <reprise/sim/store_watch/memory_watch.h>

#include <xxhash.h>

#include <algorithm>
#include <cstring>

namespace reprise {

namespace internal {

constinit MemoryWatch* memory_watch = nullptr;
constinit bool has_watched_code = false;

void begin_watched_entry(const void* frame, const void* entry, const void* function) {
  if (memory_watch != nullptr) memory_watch->begin_entry(frame, entry, function);
}
void end_watched_entry() {
  if (memory_watch != nullptr) memory_watch->end_entry();
}

}  // namespace internal

namespace {

constexpr std::size_t granule = 8;
constexpr unsigned line_bits = 6;

// Memory as the code under test sees it, also where a sanitizer would object.
[[gnu::no_sanitize("address", "undefined")]] std::uint64_t word_at(std::uintptr_t address) {
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

MemoryWatch::Quiet::Quiet() : was_(internal::memory_watch) { internal::memory_watch = nullptr; }
MemoryWatch::Quiet::~Quiet() { internal::memory_watch = was_; }

bool MemoryWatch::has_watched_code() { return internal::has_watched_code; }

void MemoryWatch::begin_run(bool with_loads) {
  running_ = true;
  with_loads_ = with_loads;
  entry_frame_ = 0;
  pauses_ = 0;
  ignored_.clear();
  disown_all();
  remembered_ = {};
  stores_.clear();
  loads_.clear();
  entry_ = entry_function_ = nullptr;
  internal::memory_watch = this;
}

void MemoryWatch::end_run() {
  running_ = false;
  internal::memory_watch = nullptr;
}

void MemoryWatch::begin_entry(const void* frame, const void* entry, const void* function) {
  const Quiet quiet;
  entry_ = entry;
  entry_function_ = function;
  entry_frame_ = reinterpret_cast<std::uintptr_t>(frame);
  depth_ = 0;
  if (segments_.empty()) segments_.resize(1);
  segments_[0] = ++last_segment_;
  if (levels_.empty()) levels_.resize(1);
  levels_[0] = {};
  allocations_ = 0;
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
}

void MemoryWatch::end_entry() {
  settle();
  entry_frame_ = 0;
}

void MemoryWatch::enter_level() {
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

void MemoryWatch::own(const OwnedMemory& memory) {
  if (memory.size == 0) return;
  owned_.push_back(memory);
  owned_begin_ = std::min(owned_begin_, memory.begin);
  owned_end_ = std::max(owned_end_, memory.begin + memory.size);
}

void MemoryWatch::disown(std::uint32_t owner) {
  std::erase_if(owned_, [&](const OwnedMemory& memory) { return memory.owner == owner; });
  if (owned_.empty()) disown_all();
}

void MemoryWatch::disown_all() {
  owned_.clear();
  owned_begin_ = UINTPTR_MAX;
  owned_end_ = 0;
}

bool MemoryWatch::counts(std::uintptr_t address, std::uintptr_t stack) const {
  if (address - stack < entry_frame_ - stack || pauses_ != 0) return false;
  const auto has_address = [&](const Range& range) { return range.contains(address); };
  return std::ranges::none_of(ignored_, has_address);
}

const MemoryWatch::Range* MemoryWatch::fresh_range(std::uintptr_t address) const {
  const auto after = std::ranges::upper_bound(fresh_, address, {}, &Range::begin);
  if (after == fresh_.begin() || !std::prev(after)->contains(address)) return nullptr;
  return &*std::prev(after);
}

void MemoryWatch::use_owned(std::uintptr_t pc, std::uintptr_t address, std::size_t size,
                            bool is_store) {
  for (const OwnedMemory& memory : owned_) {
    if (!memory.overlaps(address, size) || (!is_store && memory.may_be_loaded)) continue;
    MemoryAccess access;
    access.address = address;
    access.size = static_cast<std::uint32_t>(size);
    access.code = {pc, entry_frame_ == 0 ? 0 : path_};
    const Quiet quiet;
    listener_.owned_memory_used(memory, access, is_store);
    return;
  }
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
      access.size += static_cast<std::uint32_t>(std::max(address + size, end) - end);
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
    access.code = key.code;
    access.before = access.after = peek(address, size);
    all.push_back(access);
  }
  last = {key.code, key.segment, *index};
  return *index;
}

// All in one: this is where a watched run spends its time.
[[gnu::flatten]] void MemoryWatch::stored(std::uintptr_t pc, std::uintptr_t address,
                                          std::size_t size, std::uintptr_t stack) {
  if (address < owned_end_ && address + size > owned_begin_) use_owned(pc, address, size, true);
  if (entry_frame_ == 0 || size == 0 || !counts(address, stack)) return;
  if (const Range* const fresh = fresh_range(address); fresh != nullptr) {
    std::uint32_t& oldest = levels_[depth_].oldest_stored_to;
    oldest = std::min(oldest, fresh->number);
    return;
  }
  const Quiet quiet;
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
  if (pending_.size == granule && pending_.address % granule == 0) {
    word_of(pending_.address).depth.fill(depth);
    return;
  }
  for (std::uintptr_t at = pending_.address; at < pending_.address + pending_.size; ++at) {
    word_of(at).depth[at % granule] = depth;
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

std::vector<std::uintptr_t> MemoryWatch::lasting_bytes(const MemoryAccess& store) const {
  const std::uint8_t depth = byte_of_depth(store.depth);
  std::vector<std::uintptr_t> bytes;
  for (std::uintptr_t at = store.address; at < store.address + store.size; ++at) {
    const Word* const word = words_.find(at / granule);
    const bool is_here = word == nullptr || word->depth[at % granule] <= depth;
    if (is_here && byte_before_entry(at) != peek(at, 1)) bytes.push_back(at);
  }
  return bytes;
}

bool MemoryWatch::is_overwritten(const MemoryAccess& store) const {
  const std::uint8_t depth = byte_of_depth(store.depth);
  for (std::uintptr_t at = store.address; at < store.address + store.size; ++at) {
    const Word* const word = words_.find(at / granule);
    if (word != nullptr && word->depth[at % granule] > depth) return true;
  }
  return false;
}

std::uint8_t MemoryWatch::byte_before_entry(std::uintptr_t address) const {
  const Word* const known = words_.find(address / granule);
  const std::uint64_t word =
      known == nullptr ? word_at(address & ~std::uintptr_t{granule - 1}) : known->before;
  return static_cast<std::uint8_t>(word >> (8 * (address % granule)));
}

[[gnu::flatten]] void MemoryWatch::loaded(std::uintptr_t pc, std::uintptr_t address,
                                          std::size_t size, std::uintptr_t stack) {
  if (address < owned_end_ && address + size > owned_begin_) use_owned(pc, address, size, false);
  if (!with_loads_ || entry_frame_ == 0 || size == 0) return;
  if (!counts(address, stack) || fresh_range(address) != nullptr) return;
  const Quiet quiet;
  settle();
  access_of(pc, address, size, recent_loads_, known_loads_, loads_);
}

void MemoryWatch::called(std::uintptr_t pc) {
  if (entry_frame_ == 0) return;
  const Quiet quiet;
  settle();
  RecentCall& last = recent_calls_[(pc ^ (pc >> 6U) ^ path_) % recent_calls_.size()];
  if (last.pc != pc || last.caller != path_) last = {pc, path_, paths_.called(path_, pc)};
  path_ = last.path;
  ++calls_;
}

void MemoryWatch::returned() {
  // The function that made the frame ends behind the entry.
  if (entry_frame_ == 0 || calls_ == 0) return;
  const Quiet quiet;
  settle();
  path_ = paths_.caller(path_);
  --calls_;
}

void MemoryWatch::allocated(void* memory, std::size_t size) {
  if (entry_frame_ == 0 || memory == nullptr) return;
  const Quiet quiet;
  const Range range{reinterpret_cast<std::uintptr_t>(memory), size, allocations_++};
  fresh_.insert(std::ranges::upper_bound(fresh_, range.begin, {}, &Range::begin), range);
}

void MemoryWatch::freed(void* memory, std::size_t size) {
  if (memory == nullptr) return;
  const Quiet quiet;
  const std::uintptr_t begin = reinterpret_cast<std::uintptr_t>(memory);
  if (begin < owned_end_ && begin + size > owned_begin_) {
    const auto is_in_it = [&](const OwnedMemory& owned) { return owned.overlaps(begin, size); };
    const auto owned = std::ranges::find_if(owned_, is_in_it);
    if (owned != owned_.end()) listener_.owned_memory_freed(*owned);
  }
  if (entry_frame_ != 0) {
    settle();
    const auto fresh = std::ranges::lower_bound(fresh_, begin, {}, &Range::begin);
    if (fresh != fresh_.end() && fresh->begin == begin) {
      fresh_.erase(fresh);
      return;
    }
  }
  for (std::vector<MemoryAccess>* const accesses : {&stores_, &loads_}) {
    for (MemoryAccess& access : *accesses) {
      if (access.overlaps(begin, size)) access.freed = true;
    }
  }
  // Of a large block it costs less to tell the listener than to look.
  constexpr std::size_t lines_max = 256;
  const std::uintptr_t first = begin >> line_bits;
  const std::uintptr_t last = (begin + size) >> line_bits;
  bool is_remembered = last - first > lines_max;
  for (std::uintptr_t line = first; !is_remembered && line <= last; ++line) {
    const std::uint64_t bit = internal::spread(line) % (remembered_.size() * 64);
    is_remembered = ((remembered_[bit / 64] >> (bit % 64)) & 1U) != 0;
  }
  if (is_remembered) listener_.memory_freed(begin, size);
}

bool MemoryWatch::mutex_used(MutexEvent event, const void* mutex, std::uintptr_t pc) {
  if (entry_frame_ == 0 && event != MutexEvent::given_back) return true;
  const Quiet quiet;
  MemoryAccess access;
  access.address = reinterpret_cast<std::uintptr_t>(mutex);
  access.size = sizeof(void*);
  access.code = {pc, entry_frame_ == 0 ? 0 : path_};
  return listener_.mutex_used(event, access);
}

void MemoryWatch::remember(const MemoryAccess& access) {
  for (std::uintptr_t line = access.address >> line_bits;
       line <= (access.address + access.size - 1) >> line_bits; ++line) {
    const std::uint64_t bit = internal::spread(line) % (remembered_.size() * 64);
    remembered_[bit / 64] |= std::uint64_t{1} << (bit % 64);
  }
}

}  // namespace reprise
