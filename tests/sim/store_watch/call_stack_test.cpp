#include <reprise/sim/store_watch/call_stack.h>

#include <doctest/doctest.h>

#include <array>

namespace reprise {
namespace {

[[gnu::noinline]] std::size_t deeper(unsigned depth, std::span<std::uintptr_t> room) {
  if (depth == 0) return call_stack(room);
  const std::size_t count = deeper(depth - 1, room);
  asm volatile("");  // no tail call
  return count;
}

}  // namespace

TEST_CASE("call stack: each call that is under way has an address") {
  std::array<std::uintptr_t, 64> room{};
  const std::size_t few = deeper(0, room);
  const std::size_t more = deeper(5, room);
  CHECK(few > 1);
  CHECK(more == few + 5);
}

TEST_CASE("call stack: no more is written than there is room") {
  std::array<std::uintptr_t, 3> room{};
  CHECK(deeper(10, std::span(room).first(2)) == 2);
  CHECK(room[1] != 0);
  CHECK(room[2] == 0);
}

}  // namespace reprise
