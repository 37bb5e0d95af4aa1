#include <reprise/sim/store_watch/object_layout.h>

namespace reprise {

namespace {

constexpr std::uint32_t word = 8;  // bytes: a pointer, a length

// libstdc++'s std::deque: where its map is, how long that is, and two iterators of four pointers:
// the element, the first and the last of its block, the block's place in the map.
std::uint64_t elements_of_queue(std::uint32_t offset, const ReadMember& read) {
  const auto at = [&](std::uint32_t number) { return read(offset + number * word, word); };
  const std::uint64_t blocks = (at(9) - at(5)) / word;
  return blocks * (at(4) - at(3)) + (at(6) - at(7)) - (at(2) - at(3));
}

bool has_changed(const ObjectLayout::Part& part, std::uint32_t offset, std::uintptr_t begin,
                 const ReadMember& before, const ReadMember& now) {
  switch (part.kind) {
    case ObjectLayout::Part::Kind::plain: return true;
    case ObjectLayout::Part::Kind::pointer:
      return (before(part.offset, part.size) == 0) != (now(part.offset, part.size) == 0);
    case ObjectLayout::Part::Kind::text: {
      const std::uint32_t buffer = part.offset + 2 * word;
      const auto is_length = [&] { return offset - (part.offset + word) < word; };
      if (offset < buffer) return is_length();
      const auto is_in_itself = [&](const ReadMember& read) {
        return read(part.offset, word) == begin + buffer;
      };
      return is_in_itself(before) && is_in_itself(now) &&
             offset - buffer < now(part.offset + word, word);
    }
    case ObjectLayout::Part::Kind::array: {
      const auto bytes = [&](const ReadMember& read) {
        return read(part.offset + word, word) - read(part.offset, word);
      };
      return bytes(before) != bytes(now);
    }
    case ObjectLayout::Part::Kind::queue:
      return elements_of_queue(part.offset, before) != elements_of_queue(part.offset, now);
  }
  return true;
}

}  // namespace

bool ObjectLayout::is_changed_state(std::uint32_t offset, std::uintptr_t begin,
                                    const ReadMember& before, const ReadMember& now) const {
  for (const Part& part : parts) {
    if (offset - part.offset >= part.size || !holds(part.guard, now)) continue;
    if (has_changed(part, offset, begin, before, now)) return true;
  }
  return false;
}

bool ObjectLayout::holds(int guard, const ReadMember& now) const {
  while (guard >= 0) {
    const Guard& each = guards[static_cast<std::size_t>(guard)];
    if (now(each.offset, each.size) != each.value) return false;
    guard = each.outer;
  }
  return true;
}

}  // namespace reprise
