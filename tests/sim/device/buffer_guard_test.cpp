#include <reprise/sim/device/buffer_guard.h>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>

using namespace reprise;

TEST_CASE("buffer guard: poison fills every byte of all buffers") {
  const std::array buffers{Buffer::allocate(3), Buffer::allocate(0), Buffer::allocate(2)};
  poison(buffers);
  for (const Buffer& buffer : buffers) {
    for (const std::byte byte : buffer.bytes()) CHECK(byte == poison_byte);
  }
  CHECK_FALSE(first_not_poisoned(buffers).has_value());
}

TEST_CASE("buffer guard: the first byte that is not poison is counted over all buffers") {
  const std::array buffers{Buffer::allocate(3), Buffer::allocate(2)};
  poison(buffers);
  buffers[1].bytes()[1] = std::byte{1};
  CHECK(first_not_poisoned(buffers) == 4);
  buffers[0].bytes()[0] = std::byte{1};
  CHECK(first_not_poisoned(buffers) == 0);
}

TEST_CASE("buffer guard: a digest tells when one byte of a write is another") {
  const std::array buffers{Buffer::allocate(8), Buffer::allocate(8)};
  poison(buffers);
  const std::uint64_t before = digest_of_bytes(buffers);
  CHECK(digest_of_bytes(buffers) == before);
  buffers[1].bytes()[7] = std::byte{1};
  CHECK(digest_of_bytes(buffers) != before);
}
