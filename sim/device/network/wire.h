// Wire: one direction of a simulated connection. Bytes that were sent are on their way until they
// arrive, and wait then until they are received; all of them together have only so much room.
#pragma once

#include <reprise/core/buffer.h>
#include <reprise/core/internal/open.h>
#include <reprise/core/time.h>
#include <reprise/sim/plan/names.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace reprise {

class Wire {
 public:
  /// What comes behind the last byte.
  enum class End : std::uint8_t { none, end_of_stream, reset };

  std::size_t room() const {
    const std::size_t taken = on_way_.size() + arrived_.size();
    return taken < capacity ? capacity - taken : 0;
  }
  /// How many bytes it has taken so far.
  std::uint64_t taken() const { return taken_; }
  std::size_t on_way() const { return on_way_.size(); }
  std::size_t arrived() const { return arrived_.size(); }

  /// Takes as many of these bytes as there is room for, and gives their number.
  std::size_t put(std::span<const std::byte> bytes);
  /// How many bytes may come with the next arrival.
  std::size_t arriving() const { return std::min(on_way_.size(), arriving_max); }
  /// Flips a bit of the bytes on their way.
  void flip(std::size_t bit) { on_way_[bit / 8] ^= std::byte{1} << (bit % 8); }
  /// The next `count` bytes on their way arrive.
  void arrive(std::size_t count);
  /// Gives away what has arrived, as much as fits, and gives the number of bytes.
  std::size_t take(std::span<std::byte> into);
  void throw_away_arrived() { arrived_.clear(); }
  void throw_away_on_way() { on_way_.clear(); }

  std::size_t capacity = 0;
  NameId name = 0;                      // of its arrivals
  End sent_end = End::none;             // is on its way behind the bytes
  End arrived_end = End::none;          // has arrived
  bool is_connecting = false;           // in front of everything: the wish to connect
  bool is_enabled = false;              // the next arrival is an event to come
  std::size_t arriving_max = SIZE_MAX;  // bytes that come with it
  Instant sent{};                       // when the latest of what is on its way was sent

  /// Whether something is left to arrive.
  bool has_more() const { return is_connecting || !on_way_.empty() || sent_end != arrived_end; }

 private:
  std::vector<std::byte> on_way_;
  std::vector<std::byte> arrived_;
  std::uint64_t taken_ = 0;
};

}  // namespace reprise
