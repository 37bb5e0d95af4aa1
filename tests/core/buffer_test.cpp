#include <reprise/core/buffer.h>

#include "tests/support/death.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

using namespace reprise;
using reprise::tests::death_of;

TEST_CASE("buffer: one made from nothing is empty and shares with nobody") {
  const Buffer buffer;
  CHECK(buffer.size() == 0);
  CHECK(buffer.data() == nullptr);
  CHECK(buffer.bytes().empty());
  CHECK(buffer.use_count() == 0);
}

TEST_CASE("buffer: a fresh one is zeros") {
  const Buffer buffer = Buffer::allocate(1000);
  CHECK(buffer.size() == 1000);
  CHECK(std::ranges::all_of(buffer.bytes(), [](std::byte b) { return b == std::byte{0}; }));
}

TEST_CASE("buffer: its address is a multiple of the alignment") {
  for (std::size_t alignment = 1; alignment <= 65536; alignment *= 2) {
    const Buffer buffer = Buffer::allocate(3, alignment);
    CHECK(reinterpret_cast<std::uintptr_t>(buffer.data()) % alignment == 0);
  }
}

TEST_CASE("buffer: none of no bytes is too small to have") {
  const Buffer buffer = Buffer::allocate(0);
  CHECK(buffer.size() == 0);
  CHECK(buffer.use_count() == 1);
}

TEST_CASE("buffer: an alignment is a power of two") {
  CHECK(death_of([] { Buffer::allocate(8, 0); }) == doctest::Contains("power of two"));
  CHECK(death_of([] { Buffer::allocate(8, 24); }) == doctest::Contains("power of two"));
}

TEST_CASE("buffer: copies share the bytes and are counted") {
  Buffer buffer = Buffer::allocate(8);
  {
    const Buffer copy = buffer;  // NOLINT(performance-unnecessary-copy-initialization): the point
    CHECK(copy.data() == buffer.data());
    CHECK(buffer.use_count() == 2);
    copy.bytes()[3] = std::byte{9};
  }
  CHECK(buffer.bytes()[3] == std::byte{9});
  CHECK(buffer.use_count() == 1);
}

TEST_CASE("buffer: a move leaves nothing behind") {
  Buffer buffer = Buffer::allocate(8);
  const Buffer moved = std::move(buffer);
  CHECK(moved.use_count() == 1);
  CHECK(buffer.size() == 0);        // NOLINT(bugprone-use-after-move): the point
  CHECK(buffer.data() == nullptr);  // NOLINT(bugprone-use-after-move): the point
}

TEST_CASE("buffer: assignment lets go of what it held") {
  Buffer buffer = Buffer::allocate(8);
  const Buffer first = buffer;
  buffer = Buffer::allocate(4);
  CHECK(first.use_count() == 1);
  CHECK(buffer.size() == 4);
  const Buffer& itself = buffer;
  buffer = itself;
  CHECK(buffer.use_count() == 1);
  CHECK(buffer.size() == 4);
}

TEST_CASE("buffer: a slice shares the bytes and keeps them alive") {
  Buffer slice;
  {
    const Buffer whole = Buffer::allocate(100);
    slice = whole.slice(10, 20);
    CHECK(slice.data() == whole.data() + 10);
    CHECK(whole.use_count() == 2);
    whole.bytes()[29] = std::byte{5};
  }
  CHECK(slice.size() == 20);
  CHECK(slice.bytes()[19] == std::byte{5});
  CHECK(slice.use_count() == 1);
}

TEST_CASE("buffer: a slice of a slice counts from the slice") {
  const Buffer whole = Buffer::allocate(100);
  CHECK(whole.slice(10, 20).slice(5, 15).data() == whole.data() + 15);
}

TEST_CASE("buffer: an empty slice may stand at the end") {
  CHECK(Buffer::allocate(8).slice(8, 0).size() == 0);
  CHECK(Buffer().slice(0, 0).size() == 0);
}

TEST_CASE("buffer: a slice out of range is a broken precondition") {
  CHECK(death_of([] { Buffer::allocate(8).slice(9, 0); }) == doctest::Contains("lies within"));
  CHECK(death_of([] { Buffer::allocate(8).slice(4, 5); }) == doctest::Contains("lies within"));
  CHECK(death_of([] { Buffer::allocate(8).slice(1, SIZE_MAX); }) ==
        doctest::Contains("lies within"));
}

TEST_CASE("buffer: borrowed memory is used where it lies and is nobody's") {
  std::array<std::byte, 16> own{};
  const Buffer buffer = Buffer::borrow(own);
  const Buffer part = Buffer(buffer).slice(4, 8);
  CHECK(buffer.data() == own.data());
  CHECK(buffer.size() == 16);
  CHECK(part.data() == own.data() + 4);
  part.bytes()[0] = std::byte{9};
  CHECK(own[4] == std::byte{9});
  CHECK(buffer.use_count() == 0);
  CHECK(Buffer::borrow({}).size() == 0);
}
