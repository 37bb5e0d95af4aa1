#include <reprise/sim/strategy/event_heap.h>
#include <reprise/sim/strategy/random_numbers.h>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

using namespace reprise;
using reprise::internal::EventHeap;

namespace {

Event event(std::uint32_t slot) { return {{1, slot + 1, EventKind::delivery}, Rank::device, slot}; }

}  // namespace

TEST_CASE("event-heap: the smallest key comes first and of equal keys the first pushed") {
  EventHeap heap;
  const std::vector<std::uint64_t> keys = {5, 1, UINT64_MAX, 5, 0, 1, 5};
  for (std::uint32_t i = 0; i < keys.size(); ++i) heap.push(keys[i], event(i));
  std::vector<std::uint32_t> order;
  while (!heap.empty()) {
    CHECK(heap.first().slot == [&] {
      EventHeap copy = heap;
      return copy.pop().slot;
    }());
    order.push_back(heap.pop().slot);
  }
  CHECK(order == std::vector<std::uint32_t>{4, 1, 5, 0, 3, 6, 2});
}

TEST_CASE("event-heap: any mixture of pushes and pops agrees with a sorted list") {
  Random random(7);
  EventHeap heap;
  std::vector<std::pair<std::uint64_t, std::uint32_t>> model;  // key, slot: in order of pushing
  std::uint32_t slot = 0;
  for (int step = 0; step < 20'000; ++step) {
    if (model.empty() || random.below(100) < (step < 10'000 ? 60u : 40u)) {
      const std::uint64_t key = random.below(step % 2 == 0 ? 10 : 1'000'000);
      heap.push(key, event(slot));
      model.emplace_back(key, slot++);
      continue;
    }
    const auto first = std::ranges::min_element(
        model, [](const auto& a, const auto& b) { return a.first < b.first; });
    REQUIRE(heap.first_key() == first->first);
    REQUIRE(heap.pop().slot == first->second);
    model.erase(first);
  }
  heap.clear();
  CHECK(heap.empty());
}
