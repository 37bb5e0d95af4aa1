// ObjectLayout: which bytes of an object are its state. It leaves out bytes that no code may rely
// on: padding, the payload of an empty std::optional, the inactive members of a std::variant or a
// union, the bytes behind a string's end, the capacity of a container, and the addresses of its
// elements.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace reprise {

/// Reads `size` bytes, at most 8, at an offset of the object.
using ReadMember = std::function<std::uint64_t(std::uint32_t offset, std::uint32_t size)>;

struct ObjectLayout {
  /// A condition under which other bytes of the object count.
  struct Guard {
    std::uint32_t offset = 0, size = 0;  // the member that is compared
    std::uint64_t value = 0;             // the value that it must have
    int outer = -1;                      // another guard that must hold too
  };
  struct Part {
    enum class Kind : std::uint8_t {
      plain,    // every bit counts
      pointer,  // only whether it is null counts
      text,     // a std::string: the characters that it stores inline count
      array,    // a std::vector: its size counts
      queue,    // a std::deque: its size counts
    };
    Kind kind = Kind::plain;
    std::uint32_t offset = 0, size = 0;
    int guard = -1;  // index into `guards`
  };

  bool is_known = false;  // false: no debug information
  std::vector<Part> parts;
  std::vector<Guard> guards;

  /// Whether the changed byte at `offset` is part of the state. `before` and `now` read the object,
  /// which lies at `begin`, as it was and as it is.
  bool is_changed_state(std::uint32_t offset, std::uintptr_t begin, const ReadMember& before,
                        const ReadMember& now) const;

 private:
  bool holds(int guard, const ReadMember& now) const;
};

}  // namespace reprise
