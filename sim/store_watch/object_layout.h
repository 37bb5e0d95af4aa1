// ObjectLayout: which bytes of an object are its state. Left out is what no code may rely on:
// padding, the payload of an empty std::optional, the inactive members of a std::variant or a
// union, what lies behind a string's end, the capacity of a container, the addresses that it keeps
// things at.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace reprise {

/// The value of `size` bytes, at most 8, at an offset of the object.
using ReadMember = std::function<std::uint64_t(std::uint32_t offset, std::uint32_t size)>;

struct ObjectLayout {
  /// Says whether what lies behind it counts.
  struct Guard {
    std::uint32_t offset = 0, size = 0;  // a member
    std::uint64_t value = 0;             // which it must have
    int outer = -1;                      // another guard that must hold, too
  };
  struct Part {
    enum class Kind : std::uint8_t {
      plain,    // every bit counts
      pointer,  // whether it is null counts
      text,     // a std::string: its bytes as far as its length goes, if it keeps them in itself
      array,    // a std::vector: how much is in it
      queue,    // a std::deque: the same
    };
    Kind kind = Kind::plain;
    std::uint32_t offset = 0, size = 0;
    int guard = -1;  // index into `guards`
  };

  bool is_known = false;  // else there is no debug information
  std::vector<Part> parts;
  std::vector<Guard> guards;

  /// Whether the byte at `offset`, which has changed, is part of the state; `before` and `now` read
  /// the object as it was and as it is, which lies at `begin`.
  bool is_changed_state(std::uint32_t offset, std::uintptr_t begin, const ReadMember& before,
                        const ReadMember& now) const;

 private:
  bool holds(int guard, const ReadMember& now) const;
};

}  // namespace reprise
