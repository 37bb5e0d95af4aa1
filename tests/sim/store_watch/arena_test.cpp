#include <reprise/sim/store_watch/arena.h>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

using reprise::internal::Arena;

namespace {

constexpr std::size_t kib = 1024;

std::uintptr_t number(const void* address) { return reinterpret_cast<std::uintptr_t>(address); }

}  // namespace

TEST_CASE("arena: blocks do not overlap and hold what was asked for") {
  Arena arena;
  std::vector<char*> blocks;
  std::vector<std::size_t> sizes;
  for (std::size_t size = 1; size < 300 * kib; size = size * 5 / 3 + 1) {
    blocks.push_back(static_cast<char*>(arena.allocate(size)));
    sizes.push_back(size);
    REQUIRE(arena.size_of(blocks.back()) >= size);
    std::memset(blocks.back(), static_cast<int>(blocks.size()), arena.size_of(blocks.back()));
  }
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    CHECK(arena.holds(blocks[i]));
    CHECK(blocks[i][0] == static_cast<char>(i + 1));
    CHECK(blocks[i][sizes[i] - 1] == static_cast<char>(i + 1));
  }
  const int elsewhere = 0;
  CHECK_FALSE(arena.holds(&elsewhere));
  CHECK_FALSE(arena.holds(nullptr));
}

TEST_CASE("arena: a block is aligned to its size") {
  Arena arena;
  static_cast<void>(arena.allocate(1));
  for (std::size_t size = 16; size <= Arena::span_bytes; size *= 2) {
    CHECK(number(arena.allocate(size)) % size == 0);
    CHECK(number(arena.allocate(size)) % size == 0);
  }
}

TEST_CASE("arena: a released block is the next of its size") {
  Arena arena;
  void* const block = arena.allocate(100);
  void* const large = arena.allocate(200 * kib);
  arena.release(block);
  arena.release(large);
  arena.release(nullptr);
  CHECK(arena.allocate(65) == block);
  CHECK(arena.allocate(129) != block);
  CHECK(arena.allocate(150 * kib) == large);
}

TEST_CASE("arena: a block that grows keeps its bytes") {
  Arena arena;
  char* block = static_cast<char*>(arena.allocate(20));
  std::memcpy(block, "twenty bytes or less", 20);
  CHECK(arena.reallocate(block, 30) == block);
  block = static_cast<char*>(arena.reallocate(block, 90 * kib));
  CHECK(std::memcmp(block, "twenty bytes or less", 20) == 0);
  CHECK(arena.holds(arena.reallocate(nullptr, 5)));
}

TEST_CASE("arena: a reset takes all back and leaves zeros at the same places") {
  Arena arena;
  const std::vector<std::size_t> sizes{1, 40, 5'000, 70'000, 40, 200'000, 16};
  std::vector<void*> first;
  for (int round = 0; round < 3; ++round) {
    std::vector<void*> blocks;
    for (const std::size_t size : sizes) {
      blocks.push_back(arena.allocate(size));
      const std::span bytes(static_cast<unsigned char*>(blocks.back()), size);
      CHECK(std::ranges::all_of(bytes, [](unsigned char byte) { return byte == 0; }));
      std::memset(blocks.back(), 0xee, arena.size_of(blocks.back()));
    }
    if (first.empty()) first = blocks;
    CHECK(blocks == first);
    arena.reset();
  }
}

TEST_CASE("arena: one that is full gives nothing and can be used again") {
  Arena arena(4 * Arena::span_bytes);
  CHECK(arena.allocate(5 * Arena::span_bytes) == nullptr);
  CHECK(arena.allocate(std::size_t{1} << 40) == nullptr);
  CHECK(arena.allocate(4 * Arena::span_bytes) != nullptr);
  CHECK(arena.allocate(1) == nullptr);
  arena.reset();
  CHECK(arena.allocate(1) != nullptr);
}
