#include <reprise/sim/surface/surfaces.h>

#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

using namespace reprise;
using namespace reprise::tests;

namespace {

constexpr std::uint64_t second_ns = 1'000'000'000;
constexpr std::uint64_t begin_ns = 1'577'836'800 * second_ns;

// As the hooks ask.
Surfaces& world_surfaces() {
  REQUIRE(internal::surfaces != nullptr);
  return *internal::surfaces;
}

std::uint32_t drawn() {
  std::array<std::byte, 4> bytes{};
  world_surfaces().fill({"getrandom"}, bytes);
  std::uint32_t value = 0;
  for (const std::byte byte : bytes) value = value << 8U | std::to_integer<std::uint32_t>(byte);
  return value;
}

}  // namespace

TEST_CASE("surfaces: they answer while the scenario's body is under way and not outside") {
  bool answered = false;
  Toy toy([&](Sim& sim) {
    sim.task("t", [&] { answered = internal::surfaces != nullptr; });
    sim.run();
  });
  CHECK(internal::surfaces == nullptr);
  toy.run(lazy_plan());
  CHECK(answered);
  CHECK(internal::surfaces == nullptr);
}

TEST_CASE("surfaces: the heartbeat of a supervisor gets the system's answers") {
  bool answered = true;
  Toy toy([&](Sim& sim) {
    sim.task("t", [&] { sim.yield(); });
    sim.run();
  });
  RunOptions options;
  options.heartbeat = [](void* context) {
    *static_cast<bool*>(context) = internal::surfaces != nullptr;
  };
  options.heartbeat_context = &answered;
  toy.run(lazy_plan(), options);
  CHECK_FALSE(answered);
}

TEST_CASE("surfaces: the clocks go on with the world's and never stand still") {
  std::vector<std::uint64_t> wall, steady;
  Toy toy([&](Sim& sim) {
    sim.task("t", [&] {
      for (int i = 0; i < 2; ++i) {
        wall.push_back(world_surfaces().wall_clock_ns({"time"}));
        steady.push_back(world_surfaces().steady_clock_ns({"clock_gettime"}));
        sim.sleep(Duration(second_ns));
      }
    });
    sim.run();
  });
  toy.run(lazy_plan());
  CHECK(wall[0] / second_ns == begin_ns / second_ns);
  CHECK((wall[1] - wall[0]) / second_ns == 1);
  CHECK(steady[0] - wall[0] + begin_ns > 3'600 * second_ns);
  CHECK((steady[1] - steady[0]) / second_ns == 1);
}

TEST_CASE("surfaces: a sleep moves the world's clock and timers fire after it") {
  std::uint64_t slept = 0, woken = 0;
  Toy toy([&](Sim& sim) {
    sim.task("sleeper", [&] {
      sim.yield();
      world_surfaces().sleep({"sleep"}, 10 * second_ns);
      slept = sim.now().ns;
    });
    sim.task("waiter", [&] {
      sim.sleep(Duration(second_ns));
      woken = sim.now().ns;
    });
    sim.run();
  });
  const RunResult result = toy.run(lazy_plan());
  CHECK_FALSE(result.finding.has_value());
  CHECK(slept / second_ns == 10);
  CHECK(woken >= slept);
}

TEST_CASE("surfaces: code gets the clocks of the node that it runs on") {
  std::uint64_t wall_of_a = 0, wall_of_b = 0, slept_by_a = 0, slept_by_b = 0;
  Toy toy([&](Sim& sim) {
    const auto sleep = [&](const Sim::Node& node, std::uint64_t& wall, std::uint64_t& slept) {
      wall = world_surfaces().wall_clock_ns({"time"});
      CHECK(node.wall_now().ns == wall);
      const Instant world = sim.now();
      const std::uint64_t begin = world_surfaces().steady_clock_ns({"clock_gettime"});
      world_surfaces().sleep({"nanosleep"}, 2 * second_ns);
      CHECK(world_surfaces().steady_clock_ns({"clock_gettime"}) - begin >= 2 * second_ns);
      slept = static_cast<std::uint64_t>((sim.now() - world).count());
    };
    Sim::Node a = sim.node("a", {.ahead = std::chrono::seconds(100), .drift_ppm = -500'000});
    Sim::Node b = sim.node("b", {.ahead = -std::chrono::seconds(100), .drift_ppm = 500'000});
    b.task("t", [&, b] { sleep(b, wall_of_b, slept_by_b); });
    a.task("t", [&, a] { sleep(a, wall_of_a, slept_by_a); });
    sim.run();
  });
  toy.run(lazy_plan());
  CHECK(wall_of_b / second_ns == begin_ns / second_ns - 100);
  CHECK(wall_of_a / second_ns == begin_ns / second_ns + 100);
  CHECK(slept_by_a / 1'000'000 == 4'000);
  CHECK(slept_by_b / 1'000'000 == 1'333);
}

TEST_CASE("surfaces: a loop that waits for a late time ends soon") {
  std::uint64_t readings = 0;
  Toy toy([&](Sim& sim) {
    sim.task("t", [&] {
      Surfaces& asked = world_surfaces();
      const std::uint64_t until = asked.steady_clock_ns({"clock"}) + 60 * second_ns;
      while (asked.steady_clock_ns({"clock"}) < until) ++readings;
    });
    sim.run();
  });
  toy.run(lazy_plan());
  CHECK(readings < 2'000'000);
}

TEST_CASE("surfaces: chance is the plan's: the same again with it and another with another") {
  std::vector<std::uint32_t> all;
  Toy toy([&](Sim& sim) {
    sim.task("t", [&] {
      all.push_back(drawn());
      all.push_back(drawn());
    });
    sim.run();
  });
  toy.run(lazy_plan());
  toy.run(lazy_plan());
  toy.run(lazy_plan({{"chance()#1/workload", 3}}));
  REQUIRE(all.size() == 6);
  CHECK(all[0] != all[1]);
  CHECK(all[0] == all[2]);
  CHECK(all[1] == all[3]);
  CHECK(all[0] != all[4]);
  CHECK(toy.missed().none());
}

TEST_CASE("surfaces: what one task draws does not shift what another gets") {
  std::uint32_t of_second = 0;
  bool first_draws = false;
  Toy toy([&](Sim& sim) {
    sim.task("first", [&] {
      if (first_draws) drawn();
    });
    sim.task("second", [&] { of_second = drawn(); });
    sim.run();
  });
  toy.run(lazy_plan());
  const std::uint32_t before = of_second;
  first_draws = true;
  toy.run(lazy_plan());
  CHECK(of_second == before);
}

TEST_CASE("surfaces: each kind of question is a note once a run") {
  Toy toy([&](Sim& sim) {
    sim.task("t", [&] {
      for (int i = 0; i < 3; ++i) world_surfaces().wall_clock_ns({"time"});
      world_surfaces().asks(Surfaces::Kind::process, {"getpid"});
    });
    sim.run();
  });
  const RunResult result = toy.run(lazy_plan());
  CHECK_FALSE(result.finding.has_value());
  REQUIRE(result.notes.size() == 2);
  CHECK(result.notes[0].check == "determinism");
  CHECK(result.notes[0].signature == "determinism toy: asks for the time");
  CHECK(result.notes[0].message == "`time()` asks for the time, and gets the world's");
  CHECK(result.notes[1].signature == "determinism toy: asks for its process");
}

TEST_CASE("surfaces: a thread is refused and is an error") {
  bool refused = false;
  Toy toy([&](Sim& sim) {
    sim.task("t", [&] {
      refused = world_surfaces().refuses(Surfaces::Kind::thread, {"pthread_create"});
    });
    sim.run();
  });
  const RunResult result = toy.run(lazy_plan());
  CHECK(refused);
  CHECK(found(result) == "determinism");
  RunOptions without;
  without.checks.off.insert("determinism");
  CHECK(found(toy.run(lazy_plan(), without)) == "");
  CHECK_FALSE(refused);
}

TEST_CASE("surfaces: a run that asked for the time is not compared with equivalent ones") {
  bool asks = false;
  Toy toy([&](Sim& sim) {
    sim.task("t", [&] {
      if (asks) world_surfaces().wall_clock_ns({"time"});
      sim.yield();
    });
    sim.run();
  });
  CHECK(toy.run(lazy_plan()).comparable);
  asks = true;
  CHECK_FALSE(toy.run(lazy_plan()).comparable);
}
