#include <reprise/sim/strategy/bytes.h>
#include <reprise/sim/strategy/random_numbers.h>

#include "tests/support/event_pool.h"
#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

using namespace reprise;
using namespace reprise::tests;

namespace {

using Order = std::vector<std::string>;
using Bytes = std::vector<std::uint8_t>;

/// A strategy with a pool of made-up events, and the bytes that it reads.
struct Reading {
  explicit Reading(Bytes given, std::string_view profile = "default")
      : bytes(std::move(given)), strategy(make_bytes_strategy(built_in_profile(profile).value())) {
    strategy->read(bytes);
    pool = std::make_unique<EventPool>(*strategy);
  }

  Bytes bytes;
  std::unique_ptr<BytesStrategy> strategy;
  std::unique_ptr<EventPool> pool;
};

/// Two clients that read and write one file, and survive errors.
void two_clients(Sim& sim) {
  File& file = sim.open("f");
  sim.survives({.errors = true, .short_io = true});
  for (const char* const name : {"a", "b"}) {
    sim.task(name, [&] {
      for (int i = 0; i < 4; ++i) {
        Completion done;
        static_cast<void>(sim.await([&]() -> IOResult<Unit> {
          if (!done) done = file.pwrite(0, Buffer::allocate(sim.choose("size", 64) + 1));
          if (!done.finished()) IO_YIELD_ONE(done);
          done.ignore();
          return Unit{};
        }));
      }
    });
  }
  sim.run();
}

/// Numbers that look random.
Bytes noise(std::uint64_t seed, std::size_t count) {
  Bytes bytes;
  std::uint64_t state = seed;
  while (bytes.size() < count) bytes.push_back(static_cast<std::uint8_t>(splitmix(state) >> 56));
  return bytes;
}

}  // namespace

TEST_CASE("bytes: no bytes make the calm run") {
  Reading reading({});
  CHECK(reading.strategy->base() == Base::sync);
  CHECK(reading.pool->choose("r", DecisionKind::error, 4) == 0);
  reading.pool->arm("timer");
  for (const char* const name : {"b", "a"}) reading.pool->enable(name);
  reading.pool->enable("wake", Rank::wake);
  CHECK(reading.pool->rest() == Order{"wake", "b", "a", "timer"});
}

TEST_CASE("bytes: the lowest bit of the first byte is the base") {
  CHECK(Reading({6}).strategy->base() == Base::sync);
  CHECK(Reading({7}).strategy->base() == Base::lazy);
}

TEST_CASE("bytes: small bytes are calm and the highest are not for each kind of decision") {
  for (const DecisionKindRow& row : decision_kinds) {
    if (row.kind == DecisionKind::workload) continue;
    CAPTURE(row.text);
    CHECK(Reading({0, 0, 9}).pool->choose("r", row.kind, 4) == 0);
    CHECK(Reading({0, 127, 9}, "default").pool->choose("r", DecisionKind::error, 4) == 0);
    const bool is_asked = (Reading({}, "chaos").strategy->active() & kinds(row.kind)) != 0;
    if (is_asked) CHECK(Reading({0, 255, 1}, "chaos").pool->choose("r", row.kind, 4) == 2);
  }
}

TEST_CASE("bytes: a profile without faults asks for none") {
  const DecisionKinds active = Reading({}, "calm").strategy->active();
  CHECK((active & kinds(DecisionKind::error)) == 0);
  CHECK((active & kinds(DecisionKind::workload)) != 0);
}

TEST_CASE("bytes: a choice among events takes the event of that number") {
  Reading reading({0, 2, 0});
  for (const char* const name : {"a", "b", "c"}) reading.pool->enable(name);
  CHECK(reading.pool->next() == "c");
  CHECK(reading.pool->next() == "a");
  CHECK(reading.pool->next() == "b");  // the only one, which takes no byte
}

TEST_CASE("bytes: the earliest timer is the last of the choices") {
  Reading reading({0, 1, 0, 0});
  reading.pool->arm("timer");
  reading.pool->enable("a");
  CHECK(reading.pool->next() == "timer");
}

TEST_CASE("bytes: once they are used up the order is calm") {
  Reading reading({0, 1});
  reading.pool->arm("timer");
  for (const char* const name : {"a", "b", "c"}) reading.pool->enable(name);
  reading.pool->enable("wake", Rank::wake);
  CHECK(reading.pool->next() == "b");
  CHECK(reading.pool->rest() == Order{"wake", "a", "c", "timer"});
}

TEST_CASE("bytes: the plan of a run makes the same run") {
  Toy toy(two_clients);
  const auto strategy = make_bytes_strategy(built_in_profile("chaos").value());
  std::set<std::uint64_t> digests;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    CAPTURE(seed);
    const Bytes bytes = noise(seed, seed);
    strategy->read(bytes);
    const Plan plan = toy.record(*strategy);
    CHECK(toy.run(plan).digest == toy.recorded().digest);
    CHECK(toy.missed().none());
    digests.insert(toy.recorded().digest);
  }
  CHECK(digests.size() > 100);
}
