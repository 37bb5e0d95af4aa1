#include <reprise/sim/strategy/radix_heap.h>
#include <reprise/sim/strategy/random_numbers.h>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

using namespace reprise;
using reprise::internal::RadixHeap;

namespace {

Event event_in_slot(std::uint32_t slot) {
  return {{1, slot + 1, EventKind::delivery}, Rank::device, slot};
}

/// A heap and what it should do: the pairs of key and slot, in the order of pushing.
struct Compared {
  RadixHeap heap;
  std::vector<std::pair<std::uint64_t, std::uint32_t>> model;
  std::uint32_t next_slot = 0;

  void push(std::uint64_t key) {
    heap.push(key, event_in_slot(next_slot));
    model.emplace_back(key, next_slot++);
  }
  /// Gives the key that was popped.
  std::uint64_t pop() {
    const auto first = std::ranges::min_element(
        model, [](const auto& a, const auto& b) { return a.first < b.first; });
    const auto [key, slot] = *first;
    REQUIRE(heap.first_key() == key);
    REQUIRE(heap.pop().slot == slot);
    model.erase(first);
    return key;
  }
};

}  // namespace

TEST_CASE("radix-heap: keys that grow come out sorted and equal ones as they were pushed") {
  for (const std::uint32_t size : {3u, 100u, 130u, 1000u}) {
    for (const std::uint32_t bits : {2u, 10u, 42u}) {
      CAPTURE(size);
      CAPTURE(bits);
      Random random(size + bits);
      Compared compared;
      std::uint64_t now = 0;
      for (int step = 0; step < 4'000; ++step) {
        const bool grows = compared.model.size() < size && random.below(8) != 0;
        if (compared.model.empty() || grows) {
          compared.push(now + random.log_uniform(bits));
        } else {
          now = compared.pop();
        }
      }
      while (!compared.model.empty()) compared.pop();
      CHECK(compared.heap.empty());
    }
  }
}

TEST_CASE("radix-heap: a key below the last one popped is no mistake") {
  Random random(5);
  Compared compared;
  for (int i = 0; i < 500; ++i) compared.push(1'000'000 + random.below(1'000));
  for (int step = 0; step < 5'000; ++step) {
    if (random.below(2) == 0 && compared.model.size() < 900) {
      compared.push(random.below(step % 3 == 0 ? 10 : 2'000'000));
    } else if (!compared.model.empty()) {
      compared.pop();
    }
  }
  while (!compared.model.empty()) compared.pop();
}

TEST_CASE("radix-heap: the largest key and a heap that is used again") {
  Compared compared;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 200; ++i) compared.push(UINT64_MAX - static_cast<std::uint64_t>(i % 7));
    compared.push(0);
    while (compared.model.size() > 50) compared.pop();
    compared.heap.clear();
    compared.model.clear();
    CHECK(compared.heap.empty());
  }
}

TEST_CASE("radix-heap: events that are gone leave the others in their order") {
  for (const std::uint32_t size : {20u, 1'000u}) {
    Random random(size);
    Compared compared;
    std::uint64_t now = 0;
    for (int round = 0; round < 20; ++round) {
      while (compared.model.size() < size) compared.push(now + random.below(500));
      for (std::uint32_t i = 0; i < size / 3; ++i) now = compared.pop();
      const std::uint32_t odd = random.below(2);
      const std::size_t before = compared.model.size();
      std::erase_if(compared.model, [&](const auto& pair) { return pair.second % 2 == odd; });
      const std::size_t gone =
          compared.heap.forget([&](const Event& each) { return each.slot % 2 == odd; });
      CHECK(gone == before - compared.model.size());
      for (std::uint32_t i = 0; i < size / 9; ++i) now = compared.pop();
    }
    while (!compared.model.empty()) compared.pop();
    CHECK(compared.heap.empty());
    CHECK(compared.heap.forget([](const Event&) { return true; }) == 0);
  }
}

TEST_CASE("radix-heap: of many events it tells which are likely to be next") {
  RadixHeap heap;
  for (std::uint32_t i = 0; i < 1'000; ++i) heap.push(10 * i, event_in_slot(i));
  std::uint32_t right = 0;
  for (std::uint32_t i = 0; i < 999; ++i) {
    static_cast<void>(heap.pop());
    const Upcoming upcoming = heap.upcoming();
    right += upcoming.next.slot == i + 1 ? 1 : 0;
    CHECK_FALSE(upcoming.next.none());
  }
  CHECK(right == 999);
  static_cast<void>(heap.pop());
  CHECK(heap.upcoming().next.none());
}
