// The memory of an engine whose frames are dropped as they are.
#include <doctest/doctest.h>
#include <reprise/engines/sqlite/arena.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

using namespace reprise::sqlite;

namespace {

std::vector<void*> some_calls(Arena& arena) {
  std::vector<void*> blocks;
  for (const std::size_t bytes : {1, 16, 17, 1'000, 3'000'000, 100}) {
    blocks.push_back(arena.allocate(bytes));
  }
  arena.release(blocks[1]);
  blocks.push_back(arena.allocate(12));
  blocks.push_back(arena.reallocate(blocks[3], 5'000));
  return blocks;
}

}  // namespace

TEST_CASE("sqlite arena: blocks hold what was asked and do not overlap") {
  Arena arena;
  std::vector<unsigned char*> blocks;
  constexpr std::size_t largest = 600;
  for (std::size_t bytes = 0; bytes <= largest; ++bytes) {
    void* const block = arena.allocate(bytes);
    CHECK(reinterpret_cast<std::uintptr_t>(block) % 16 == 0);
    CHECK(Arena::size_of(block) >= bytes);
    std::memset(block, static_cast<int>(bytes % 251), Arena::size_of(block));
    blocks.push_back(static_cast<unsigned char*>(block));
  }
  for (std::size_t bytes = 0; bytes <= largest; ++bytes) {
    CHECK(blocks[bytes][0] == bytes % 251);
    CHECK(blocks[bytes][Arena::size_of(blocks[bytes]) - 1] == bytes % 251);
  }
}

TEST_CASE("sqlite arena: a block that was given back is used again") {
  Arena arena;
  void* const first = arena.allocate(100);
  arena.release(first);
  arena.release(nullptr);
  CHECK(arena.allocate(128) == first);
  CHECK(arena.allocate(128) != first);
}

TEST_CASE("sqlite arena: a block that grows keeps its bytes") {
  Arena arena;
  void* const block = arena.reallocate(nullptr, 16);
  std::memcpy(block, "sixteen letters!", 16);
  CHECK(arena.reallocate(block, 8) == block);
  void* const moved = arena.reallocate(block, 4'000);
  CHECK(moved != block);
  CHECK(std::memcmp(moved, "sixteen letters!", 16) == 0);
}

TEST_CASE("sqlite arena: after a reset the same calls give the same cleared blocks") {
  Arena arena;
  const std::vector<void*> before = some_calls(arena);
  for (void* const block : before) std::memset(block, 0xee, Arena::size_of(block));
  arena.reset();
  const std::vector<void*> after = some_calls(arena);
  CHECK(before == after);
  for (const void* const block : {after[0], after[2], after[4], after[5]}) {
    CHECK(*static_cast<const unsigned char*>(block) == 0);
  }
}
