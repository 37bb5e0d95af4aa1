#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

using namespace reprise;
using namespace reprise::tests;
using std::chrono::nanoseconds;
using std::chrono::seconds;

namespace {

/// Texts, one after the other, each in brackets.
struct Seen {
  std::string all;
  void add(std::string_view text) { ((all += '[') += text) += ']'; }
};

Buffer bytes_of(std::string_view text) {
  Buffer buffer = Buffer::allocate(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    buffer.data()[i] = static_cast<std::byte>(text[i]);
  }
  return buffer;
}

void write(Sim& sim, File& file, std::string_view text) {
  static_cast<void>(sim.wait(file.pwrite(0, bytes_of(text))));
}

/// A node with a task that writes "old", syncs, and writes "new"; an operator on the first node
/// does `act`, one event or more later, and `seen` is what each recovery finds.
struct Operated {
  std::function<void(Sim&, Sim::Node&)> act;
  Seen seen;
  Toy toy{[this](Sim& sim) {
    seen = {};
    Sim::Node a = sim.node("a");
    a.recovers([&seen = seen, a] { seen.add(a.read_file("f")); });
    bool is_written = false;
    a.task("server", [&] {
      File& file = a.open("f");
      write(sim, file, "old");
      static_cast<void>(sim.wait(file.sync()));
      write(sim, file, "new");
      is_written = true;
    });
    sim.task("operator", [&] {
      while (!is_written) sim.yield();
      act(sim, a);
    });
    sim.run();
  }};

  explicit Operated(std::function<void(Sim&, Sim::Node&)> what) : act(std::move(what)) {}
  std::string run(const Plan& plan = lazy_plan()) {
    const RunResult result = toy.run(plan);
    CHECK(found(result).empty());
    return seen.all;
  }
};

}  // namespace

TEST_CASE("nodes: files of the same name on two disks are two files") {
  Seen read;
  Toy toy([&](Sim& sim) {
    Sim::Node a = sim.node("a"), b = sim.node("b");
    sim.task("main", [&] { write(sim, sim.open("f"), "first"); });
    a.task("server", [&] { write(sim, a.open("f"), "of a"); });
    b.task("server", [&] { write(sim, b.open("f"), "of b"); });
    sim.finally("all are there", [&] {
      read = {};
      for (const std::string& text : {sim.read_file("f"), a.read_file("f"), b.read_file("f")}) {
        read.add(text);
      }
      return true;
    });
    sim.run();
  });
  const RunResult result = toy.check_twice(lazy_plan());
  CHECK(found(result).empty());
  CHECK(read.all == "[first][of a][of b]");
  CHECK(says(result, "disk of a: a:server/write(f)#1 has finished"));
}

TEST_CASE("nodes: one falls and the others go on") {
  Seen seen;
  std::string of_a, of_b;
  Toy toy([&](Sim& sim) {
    seen = {};
    Sim::Node a = sim.node("a"), b = sim.node("b");
    a.recovers([&] { seen.add("a"); });
    b.recovers([&] { seen.add("b"); });
    for (const Sim::Node& node : {a, b}) {
      node.task("server", [&sim, node] { write(sim, node.open("f"), "written"); });
    }
    sim.finally("look", [&] {
      of_a = a.read_file("f");
      of_b = b.read_file("f");
      return true;
    });
    sim.run();
  });
  for (const char* const what : {"a:server/write(f)#1/crash", "a:server#1/crash-turn"}) {
    for (const std::uint32_t how : {1u, 2u}) {
      CHECK(found(toy.run(lazy_plan({{what, how}}))).empty());
      CHECK(toy.missed().none());
      CHECK(seen.all == "[a]");
      CHECK(of_a.empty());
      CHECK(of_b == "written");
    }
  }
  CHECK(found(toy.run(lazy_plan({{"b:end#1/crash", 1}}))).empty());
  CHECK(toy.missed().none());
  CHECK(seen.all == "[b]");
}

TEST_CASE("nodes: a kill keeps the cache and a power loss does not") {
  Operated killed([](Sim&, Sim::Node& a) {
    a.kill();
    a.restart();
  });
  CHECK(killed.run() == "[new]");
  Operated cut([](Sim&, Sim::Node& a) {
    a.cut_power();
    a.restart();
  });
  CHECK(cut.run() == "[old]");
  CHECK(cut.run(lazy_plan({{"a:power#1/survival", 1}})) == "[new]");
  Operated both([](Sim&, Sim::Node& a) {
    a.kill();
    a.cut_power();
    a.restart();
  });
  CHECK(both.run() == "[old]");
}

TEST_CASE("nodes: a sync behind a kill covers what the killed process has written") {
  Seen seen;
  Toy toy([&](Sim& sim) {
    seen = {};
    Sim::Node a = sim.node("a");
    a.recovers([&] {
      File& file = a.open("f");
      seen.add(a.read_file("f"));
      static_cast<void>(sim.wait(file.sync()));
    });
    a.task("server", [&] { write(sim, a.open("f"), "text"); });
    sim.run();
  });
  // Its effect comes, and then the kill, before the delivery.
  const Plan plan = lazy_plan(
      {{"a:server/write(f)#1/early", 1}, {"a:server/write(f)#1/crash", 2}, {"a:end#2/crash", 1}});
  CHECK(found(toy.run(plan)).empty());
  CHECK(toy.missed().none());
  CHECK(seen.all == "[text][text]");
}

TEST_CASE("nodes: while one is down nothing of it happens") {
  bool goes_on = false;
  IOError error = IOError::none;
  Toy toy([&](Sim& sim) {
    Sim::Node a = sim.node("a");
    a.recovers([] {});
    a.task("server", [&] {
      sim.sleep(nanoseconds(1'000));
      goes_on = true;
    });
    sim.task("operator", [&] {
      sim.yield();
      CHECK(!a.is_down());
      a.kill();
      CHECK(a.is_down());
      error = sim.wait(a.open("f").pwrite(0, bytes_of("x")));
      sim.sleep(nanoseconds(5'000));
      a.restart();
      CHECK(!a.is_down());
    });
    sim.run();
  });
  CHECK(found(toy.check_twice(lazy_plan())).empty());
  CHECK(!goes_on);
  CHECK(error == IOError::io);
}

TEST_CASE("nodes: two disks are swapped and their open files are of no use") {
  Seen seen;
  IOError error = IOError::none;
  Toy toy([&](Sim& sim) {
    seen = {};
    Sim::Node a = sim.node("a"), b = sim.node("b");
    for (const Sim::Node& node : {a, b}) {
      node.recovers([&seen, node] { seen.add(node.read_file("id")); });
      node.write_file("id", node.name());
    }
    b.write_file("more", "of b");
    const std::unique_ptr<File> old = std::move(a.io().open("id").value());
    sim.task("operator", [&] {
      a.kill();
      b.cut_power();
      a.swap_disk(b);
      a.restart();
      b.restart();
      sim.yield();
      error = sim.wait(old->pread(0, Buffer::allocate(1)));
      CHECK(!old->size().ok());
    });
    sim.finally("it has all of b", [&] { return a.read_file("more") == "of b"; });
    sim.run();
  });
  CHECK(found(toy.check_twice(sync_plan())).empty());
  CHECK(seen.all == "[b][a]");
  CHECK(error == IOError::bad_file);
}

TEST_CASE("nodes: one starts with an empty disk or with an older one") {
  Operated lost([](Sim& sim, Sim::Node& a) {
    a.save_disk();
    a.kill();
    a.lose_disk();
    a.restart();
    while (!sim.flip("never") && a.is_down()) sim.yield();
    sim.sleep(nanoseconds(100));
    a.write_file("f", "newest");
    a.kill();
    a.restore_disk();
    a.restart();
    sim.sleep(nanoseconds(100));
    a.cut_power();  // all of it is durable
    a.restart();
  });
  CHECK(lost.run() == "[][new][new]");
}

TEST_CASE("nodes: a disk that was swapped keeps what is not durable in its cache") {
  Operated swapped([](Sim& sim, Sim::Node& a) {
    Sim::Node b = sim.node("b");
    a.kill();
    b.kill();
    a.swap_disk(b);
    a.swap_disk(b);
    a.cut_power();
    a.restart();
  });
  CHECK(swapped.run() == "[old]");
}

TEST_CASE("nodes: a clock may be fast or slow and a timer is never early by it") {
  std::vector<std::uint64_t> waited;
  std::uint64_t fast = 0, slow = 0, world = 0;
  Toy toy([&](Sim& sim) {
    waited.clear();
    Sim::Node a = sim.node("a", {.drift_ppm = 500'000});
    Sim::Node b = sim.node("b", {.drift_ppm = -333'333});
    for (const Sim::Node& node : {a, b}) {
      node.task("sleeper", [&, node] {
        const Instant begin = node.now();
        static_cast<void>(sim.wait(node.io().timer(nanoseconds(1'001))));
        waited.push_back(static_cast<std::uint64_t>((node.now() - begin).count()));
        sim.sleep(nanoseconds(2'000'001));
        if (node.name() == "a") fast = sim.now().ns;
        if (node.name() == "b") slow = sim.now().ns;
        CHECK(node.now().ns >= 2'001'002);
      });
    }
    sim.task("sleeper", [&] {
      sim.sleep(nanoseconds(2'001'002));
      world = sim.now().ns;
    });
    sim.run();
  });
  CHECK(found(toy.check_twice(lazy_plan())).empty());
  REQUIRE(waited.size() == 2);
  for (const std::uint64_t time : waited) CHECK((time >= 1'001 && time < 1'010));
  CHECK(fast < world);
  CHECK(world < slow);
  CHECK(fast * 3 / 2 >= 2'001'002);
}

TEST_CASE("nodes: a wall clock may be wrong and is stepped while the other never goes back") {
  std::int64_t apart = 0, after_step = 0;
  Toy toy([&](Sim& sim) {
    Sim::Node a = sim.node("a", {.ahead = seconds(3)});
    Sim::Node b = sim.node("b", {.ahead = -seconds(2)});
    apart = (a.wall_now() - b.wall_now()).count();
    const Instant before = a.now();
    a.step_clock(-seconds(10));
    CHECK(a.now() == before);
    after_step = (a.wall_now() - b.wall_now()).count();
    sim.run();
  });
  CHECK(found(toy.run(lazy_plan())).empty());
  CHECK(apart == 5'000'000'000);
  CHECK(after_step == -5'000'000'000);
  CHECK(found(toy.run(lazy_plan())).empty());  // a step is of one run
  CHECK(apart == 5'000'000'000);
}

TEST_CASE("nodes: what one has acknowledged must be there after its own recovery") {
  std::string on_b;
  Toy toy([&](Sim& sim) {
    Sim::Node a = sim.node("a"), b = sim.node("b");
    for (const Sim::Node& node : {a, b}) node.recovers([] {});
    Durable<int, std::string> kept(b, "the store", [&](int) { return on_b; });
    Durable<int, std::string> others(a, "the other", [&](int) { return std::string("a"); });
    b.task("server", [&] {
      static_cast<void>(kept.put(1, "x", [] { return Outcome<Unit>(Unit{}); }));
      static_cast<void>(others.put(1, "a", [] { return Outcome<Unit>(Unit{}); }));
    });
    sim.run();
  });
  on_b = "y";
  CHECK(found(toy.run(lazy_plan({{"a:end#1/crash", 1}}))).empty());
  CHECK(toy.missed().none());
  const RunResult lost = toy.run(lazy_plan({{"b:end#1/crash", 1}}));
  REQUIRE(lost.finding);
  CHECK(lost.finding->message ==
        "after a power loss of node b, `1` in the store is \"y\", which it was never set to");
  const RunResult killed = toy.run(lazy_plan({{"b:end#1/crash", 2}}));
  REQUIRE(killed.finding);
  CHECK(killed.finding->message ==
        "after a kill of node b, `1` in the store is \"y\", which it was never set to");
  on_b = "x";
  CHECK(found(toy.run(lazy_plan({{"b:end#1/crash", 1}}))).empty());
}

TEST_CASE("nodes: one may fall while another recovers and each three times at most") {
  Seen seen;
  Toy toy([&](Sim& sim) {
    seen = {};
    for (const Sim::Node& node : {sim.node("a"), sim.node("b")}) {
      node.recovers([&, node] {
        sim.yield();
        seen.add(node.name());
      });
      node.task("server", [&sim] { sim.yield(); });
    }
    sim.run();
  });
  const Plan plan = lazy_plan({{"a:server#1/crash-turn", 1},
                               {"b:server#1/crash-turn", 2},
                               {"a:recovery[1]#1/crash-turn", 2},
                               {"a:end#3/crash", 1},
                               {"a:end#4/crash", 1},
                               {"b:end#2/crash", 1}});
  CHECK(found(toy.run(plan)).empty());
  CHECK(toy.missed().decisions == std::vector<std::size_t>{4});
  CHECK(std::count(seen.all.begin(), seen.all.end(), 'a') == 2);
  CHECK(std::count(seen.all.begin(), seen.all.end(), 'b') == 2);
}

TEST_CASE("nodes: a run with falls is recorded and replayed byte for byte") {
  Toy toy([](Sim& sim) {
    sim.survives({.errors = true});
    std::vector<Sim::Node> nodes{sim.node("a"), sim.node("b", {.drift_ppm = 100})};
    for (const Sim::Node& node : nodes) {
      node.recovers([&sim, node] { write(sim, node.open("again"), "x"); });
      for (std::uint32_t i = 0; i < 2; ++i) {
        node.task("server", i, [&sim, node] {
          for (int round = 0; round < 3; ++round) {
            write(sim, node.open("f"), "text");
            sim.sleep(nanoseconds(10));
            static_cast<void>(sim.wait(node.open("f").sync()));
          }
        });
      }
    }
    sim.reads_may_race_writes();
    sim.task("operator", [&] {
      for (int round = 0; round < 2; ++round) {
        sim.sleep(nanoseconds(40));
        const Sim::Node& node = nodes[sim.choose("node", 2)];
        if (node.is_down()) continue;
        sim.flip("how") ? node.kill() : node.cut_power();
        sim.sleep(nanoseconds(10));
        node.restart();
      }
    });
    sim.run();
  });
  std::uint64_t falls = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    RandomOptions options;
    options.order = seed % 2 == 0 ? RandomOrder::latencies : RandomOrder::uniform;
    const std::unique_ptr<RandomStrategy> random = random_of(seed, "chaos", options);
    const Plan plan = toy.record(*random, {.alternatives = seed % 3 == 0});
    const RunResult recorded = toy.recorded();
    falls += recorded.stats.power_losses + recorded.stats.kills;
    const RunResult replayed = toy.run(plan);
    REQUIRE(replayed.digest == recorded.digest);
    REQUIRE(events_of(replayed) == events_of(recorded));
    REQUIRE(toy.missed().none());
    REQUIRE(found(replayed) == found(recorded));
  }
  CHECK(falls > 600);
}

TEST_CASE("nodes: quiet ends the falls of all") {
  Toy toy([](Sim& sim) {
    Sim::Node a = sim.node("a");
    a.recovers([] {});
    sim.quiet();
    a.task("server", [&] { sim.yield(); });
    sim.run();
  });
  CHECK(found(toy.run(lazy_plan({{"a:server#1/crash-turn", 1}, {"a:end#1/crash", 1}}))).empty());
  CHECK(toy.missed().decisions.size() == 2);
}

TEST_CASE("nodes: in a serial run a task of a node that has fallen does not start") {
  bool has_started = false, has_ended = false;
  Toy toy([&](Sim& sim) {
    has_started = has_ended = false;
    Sim::Node a = sim.node("a");
    sim.task("operator", [&] {
      a.kill();
      sim.sleep(nanoseconds(10));
      has_ended = true;
    });
    a.task("server", [&] { has_started = true; });
    sim.run();
  });
  CHECK(found(toy.run(sync_plan({{"world#1/serial", 1}}))).empty());
  CHECK(!has_started);
  CHECK(has_ended);
}
