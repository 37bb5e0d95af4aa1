#include "tests/bench/limits.h"

#include <fmt/format.h>
#include <reprise/core/digest.h>
#include <reprise/sim/strategy/random_numbers.h>
#include <reprise/sim/world/fiber.h>

#include <cstdint>
#include <cstdlib>
#include <functional>
#include <queue>
#include <utility>

#include "tests/bench/meter.h"

namespace reprise::bench {

namespace {

template <class Body>
double ns_each(std::uint64_t count, Body body) {
  std::vector<double> rounds;
  for (int round = 0; round < 5; ++round) {
    const double begin = seconds_now();
    body(count);
    rounds.push_back((seconds_now() - begin) * 1e9 / static_cast<double>(count));
  }
  return median(rounds);
}

double draw() {
  Random random(1);
  return ns_each(20'000'000, [&](std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) keep(random.below(1000));
  });
}

double fold() {
  std::uint64_t digest = 1;
  return ns_each(20'000'000, [&](std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) digest = mix(digest, i);
    keep(digest);
  });
}

double allocate() {
  return ns_each(5'000'000, [](std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
      void* memory = std::malloc(64);
      keep(memory);
      std::free(memory);
    }
  });
}

double fiber_round_trip() {
  Fiber fiber;
  fiber.start(
      [](void* context) {
        for (;;) static_cast<Fiber*>(context)->suspend();
      },
      &fiber);
  const double ns = ns_each(2'000'000, [&](std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) fiber.resume();
  });
  fiber.unwind();
  return ns;
}

double hold_in_heap(std::uint32_t size) {
  Random random(2);
  std::priority_queue<std::uint64_t, std::vector<std::uint64_t>, std::greater<>> heap;
  for (std::uint32_t i = 0; i < size; ++i) heap.push(random.below(1 << 20));
  return ns_each(2'000'000, [&](std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::uint64_t due = heap.top();
      heap.pop();
      heap.push(due + random.below(1 << 20));
    }
  });
}

double hold_in_bag(std::uint32_t size) {
  Random random(3);
  std::vector<std::uint64_t> bag(size);
  return ns_each(5'000'000, [&](std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::uint32_t pick = random.below(size);
      std::uint64_t taken = std::exchange(bag[pick], bag.back());
      bag.pop_back();
      keep(taken);
      bag.push_back(i);
    }
  });
}

struct Limit {
  const char* what;
  double (*ns)();  // per operation, median
};
constexpr Limit limits[] = {
    {"a bounded random draw", &draw},
    {"folding one event into a digest", &fold},
    {"malloc and free of 64 bytes", &allocate},
    {"a fiber's round trip", &fiber_round_trip},
    {"pop and push in a heap of 1,000", [] { return hold_in_heap(1000); }},
    {"pop and push in a heap of 100,000", [] { return hold_in_heap(100'000); }},
    {"pick and put back in a bag of 1,000", [] { return hold_in_bag(1000); }},
    {"pick and put back in a bag of 100,000", [] { return hold_in_bag(100'000); }},
};

}  // namespace

std::vector<Step> limit_steps() {
  std::vector<Step> steps;
  for (const Limit& limit : limits) {
    const char* const head = steps.empty() ? "\nlimits of this machine, ns each\n" : "";
    steps.push_back({limit.what, [=] {
                       return fmt::format("{}  {:<42} {:>8.2f}\n", head, limit.what, limit.ns());
                     }});
  }
  return steps;
}

}  // namespace reprise::bench
