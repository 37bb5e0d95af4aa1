#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <reprise/core/completion_pool.h>
#include <reprise/sim/strategy/random_numbers.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

using namespace reprise;
using namespace reprise::tests;

namespace {

// --- Models ---

struct Register {
  struct Call {
    enum Kind { read, write, swap } kind;
    int value = 0;
    friend std::string to_string(const Call& call) {
      if (call.kind == read) return "read()";
      return (call.kind == write ? "write(" : "swap(") + std::to_string(call.value) + ')';
    }
  };
  int value = 0;

  int apply(const Call& call) {
    if (call.kind == Call::swap) return std::exchange(value, call.value);
    if (call.kind == Call::write) value = call.value;
    return value;
  }
};
constexpr auto get = Register::Call::read;
constexpr auto put = Register::Call::write;

struct Queue {
  struct Call {
    enum Kind { push, pop } kind;
    int value = 0;
  };
  std::deque<int> items;

  std::optional<int> apply(const Call& call) {
    if (call.kind == Call::push) {
      items.push_back(call.value);
      return std::nullopt;
    }
    if (items.empty()) return std::nullopt;
    const int first = items.front();
    items.pop_front();
    return first;
  }
  void describe(Archive& archive) const { archive("items", items); }
};

struct Map {
  struct Call {
    enum Kind { get, put } kind;
    std::string key;
    int value = 0;
  };
  static std::string key_of(const Call& call) { return call.key; }
  std::map<std::string, int> values;

  std::optional<int> apply(const Call& call) {
    if (call.kind == Call::put) {
      values[call.key] = call.value;
      return std::nullopt;
    }
    const auto at = values.find(call.key);
    return at == values.end() ? std::nullopt : std::optional(at->second);
  }
  void describe(Archive& archive) const { archive("values", values); }
};

// --- Histories written by hand ---

/// What the check says to operations that `body` records, all in one task.
template <class Model>
RunResult judged(auto body, const LinearizableOptions& history_options = {},
                 const RunOptions& options = {}) {
  Toy toy([&](Sim& sim) {
    Linearizable<Model> history(sim, "the object", history_options);
    sim.task("t", [&] { body(history); });
    sim.run();
  });
  return toy.run(lazy_plan(), options);
}

using Registers = Linearizable<Register>;

void read_misses_a_write(Registers& history) {
  auto first = history.call({put, 1});
  first.returned();
  auto second = history.call({get});
  second.returned(0);
}

}  // namespace

TEST_CASE("linearizability: a read that began after a write had returned must see it") {
  const RunResult result = judged<Register>(read_misses_a_write);
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->signature == "linearizability toy: the object");
  CHECK(result.finding->message ==
        "the object: no order of its operations explains what `read()` answered");
  CHECK(result.finding->evidence ==
        std::vector<std::string>{"`t`: `read()` answered 0 (called in step 1, returned in step 1)",
                                 "what came before is explained by `write(1)`",
                                 "then `read()` would answer 1"});
  REQUIRE(result.finding->places.size() == 1);
  CHECK(result.finding->places[0].note == "answered 0");
}

TEST_CASE("linearizability: turned off it finds nothing") {
  RunOptions options;
  options.checks.off = {"linearizability"};
  CHECK(found(judged<Register>(read_misses_a_write, {}, options)) == "");
}

TEST_CASE("linearizability: a read beside a write may see either value") {
  for (const int value : {0, 1}) {
    const RunResult result = judged<Register>([&](Registers& history) {
      auto writes = history.call({put, 1});
      auto reads = history.call({get});
      reads.returned(value);
      writes.returned();
    });
    CHECK(found(result) == "");
  }
}

TEST_CASE("linearizability: two reads do not see two writes in opposite orders") {
  const RunResult result = judged<Register>([](Registers& history) {
    auto one = history.call({put, 1});
    auto two = history.call({put, 2});
    const auto read_once = [&](int value) {
      auto reads = history.call({get});
      reads.returned(value);
    };
    read_once(1);
    read_once(2);
    read_once(1);
    one.returned();
    two.returned();
  });
  REQUIRE(found(result) == "linearizability");
  // The shortest part that has no explanation, with what ran meanwhile.
  CHECK(result.finding->evidence ==
        std::vector<std::string>{
            "`t`: `read()` answered 1 (called in step 1, returned in step 1)",
            "meanwhile `t`: `write(1)` ended well (called in step 1, returned in step 1)",
            "meanwhile `t`: `write(2)` ended well (called in step 1, returned in step 1)",
            "what came before is explained by `write(1)`, `read() -> 1`, `write(2)`, `read() -> 2`",
            "then `read()` would answer 2"});
}

TEST_CASE("linearizability: the history is shown only as far as it can be explained") {
  const RunResult result = judged<Register>([](Registers& history) {
    read_misses_a_write(history);
    auto later = history.call({put, 9});
    later.returned();
  });
  REQUIRE(found(result) == "linearizability");
  for (const std::string& line : result.finding->evidence) {
    CHECK(line.find("write(9)") == std::string::npos);
  }
}

TEST_CASE("linearizability: a queue gives its items in their order") {
  using Queues = Linearizable<Queue>;
  const auto pops = [](int first, int second) {
    return [=](Queues& history) {
      for (const int value : {1, 2}) {
        auto pushes = history.call({Queue::Call::push, value});
        pushes.returned();
      }
      auto one = history.call({Queue::Call::pop});
      one.returned(first);
      auto two = history.call({Queue::Call::pop});
      two.returned(second);
    };
  };
  CHECK(found(judged<Queue>(pops(1, 2))) == "");
  CHECK(found(judged<Queue>(pops(2, 1))) == "linearizability");
  CHECK(found(judged<Queue>(pops(1, 1))) == "linearizability");
}

TEST_CASE("linearizability: items pushed side by side come in any order and each once") {
  using Queues = Linearizable<Queue>;
  const auto pops = [](std::vector<std::optional<int>> results) {
    return [=](Queues& history) {
      auto one = history.call({Queue::Call::push, 1});
      auto two = history.call({Queue::Call::push, 2});
      one.returned();
      two.returned();
      for (const std::optional<int>& result : results) {
        auto pop = history.call({Queue::Call::pop});
        pop.returned(result);
      }
    };
  };
  CHECK(found(judged<Queue>(pops({1, 2, std::nullopt}))) == "");
  CHECK(found(judged<Queue>(pops({2, 1, std::nullopt}))) == "");
  CHECK(found(judged<Queue>(pops({2, 2}))) == "linearizability");
  CHECK(found(judged<Queue>(pops({std::nullopt, 1}))) == "linearizability");
}

TEST_CASE("linearizability: each key of a map is judged alone and named") {
  using Maps = Linearizable<Map>;
  const auto gets = [](std::optional<int> of_b) {
    return [=](Maps& history) {
      auto a = history.call({Map::Call::put, "a", 1});
      auto b = history.call({Map::Call::put, "b", 2});
      a.returned(std::nullopt);
      b.returned(std::nullopt);
      auto get = history.call({Map::Call::get, "b"});
      get.returned(of_b);
    };
  };
  CHECK(found(judged<Map>(gets(2))) == "");
  const RunResult result = judged<Map>(gets(1));
  REQUIRE(found(result) == "linearizability");
  CHECK(result.finding->message ==
        "the object, key \"b\": no order of its operations explains what `an operation` answered");
  CHECK(result.finding->evidence.size() == 3);
  CHECK(result.finding->evidence.back() ==
        "then, with values = of size 1, `an operation` would answer 2");
}

TEST_CASE("linearizability: what never returned may have happened at any time later or never") {
  const auto reads = [](std::vector<int> values) {
    return [=](Registers& history) {
      static_cast<void>(history.call({put, 1}));
      for (const int value : values) {
        auto pending = history.call({get});
        pending.returned(value);
      }
    };
  };
  CHECK(found(judged<Register>(reads({0, 0}))) == "");
  CHECK(found(judged<Register>(reads({0, 1}))) == "");
  CHECK(found(judged<Register>(reads({1, 1}))) == "");
  const RunResult result = judged<Register>(reads({1, 0}));
  REQUIRE(found(result) == "linearizability");
  CHECK(result.finding->evidence[1] ==
        "meanwhile `t`: `write(1)` result not known (called in step 1)");
}

TEST_CASE("linearizability: what had no effect did not happen") {
  CHECK(found(judged<Register>([](Registers& history) {
          auto pending = history.call({put, 1});
          pending.had_no_effect();
          auto reads = history.call({get});
          reads.returned(1);
        })) == "linearizability");
}

namespace {

/// Writes of one file by two machines; a write may fail, and have moved its bytes all the same.
RunResult with_a_failed_write(bool errors_have_no_effect, bool happens) {
  Toy toy([=](Sim& sim) {
    sim.survives({.errors = true});
    File& file = sim.open("f");
    int stored = 0;
    Registers history(sim, "the object", {.errors_have_no_effect = errors_have_no_effect});
    sim.task("t", [&] {
      const Completion sync = file.sync();
      const auto outcome = history.await({put, 1}, [&]() -> IOResult<Unit> {
        if (!sync.finished()) return sync;
        if (happens) stored = 1;
        if (!sync.succeeded()) return sync.get_error();
        return Unit{};
      });
      CHECK(outcome.error() == IOError::io);
      CHECK(history.await({get}, [&]() -> IOResult<int> { return stored; }) == stored);
    });
    sim.run();
  });
  const RunResult result = toy.run(lazy_plan({{"t/sync(f)#1/error", 1}}));
  CHECK(toy.missed().none());
  return result;
}

}  // namespace

TEST_CASE("linearizability: an operation that failed may have happened unless it says it has not") {
  CHECK(found(with_a_failed_write(false, false)) == "");
  CHECK(found(with_a_failed_write(false, true)) == "");
  CHECK(found(with_a_failed_write(true, false)) == "");
  CHECK(found(with_a_failed_write(true, true)) == "linearizability");
}

TEST_CASE("linearizability: an aborted operation did not answer Err") {
  Toy toy([=](Sim& sim) {
    sim.survives({.errors = true, .contract = ErrorContract::driver});
    File& file = sim.open("f");
    Registers history(sim, "the object", {.errors_have_no_effect = true});
    int stored = 0;
    sim.task("t", [&] {
      Completion sync;
      const auto outcome = history.await({put, 1}, [&]() -> IOResult<Unit> {
        stored = 1;
        if (!sync) sync = file.sync();
        if (!sync.finished()) return sync;
        return Unit{};
      });
      CHECK(outcome.error() == IOError::io);
      static_cast<void>(history.await({get}, [&]() -> IOResult<int> { return stored; }));
    });
    sim.run();
  });
  CHECK(found(toy.run(lazy_plan({{"t/sync(f)#1/error", 1}}))) == "");
  CHECK(toy.missed().none());
}

TEST_CASE("linearizability: an operation that is stuck at the end may have happened") {
  RunOptions options;
  options.checks.off = {"deadlock"};
  Toy toy([=](Sim& sim) {
    CompletionPool pool;
    const Completion never = pool.make();
    Registers history(sim, "the object");
    sim.task("stuck", [&] {
      static_cast<void>(history.await({put, 1}, [&]() -> IOResult<Unit> { return never; }));
    });
    sim.task("t", [&] {
      static_cast<void>(history.await({get}, [&]() -> IOResult<int> { return 1; }));
    });
    sim.run();
  });
  CHECK(found(toy.run(lazy_plan({}, {"stuck#1/turn", "t#1/turn"}), options)) == "");
}

TEST_CASE("linearizability: over its budget it says that it has not decided") {
  // Writes that never returned, and a value that none of them has written.
  const auto hard = [](Registers& history) {
    for (int i = 1; i <= 12; ++i) static_cast<void>(history.call({put, i}));
    auto reads = history.call({get});
    reads.returned(99);
  };
  const RunResult result = judged<Register>(hard, {.steps_max = 1000});
  CHECK(found(result) == "");
  REQUIRE(result.notes.size() == 1);
  CHECK(result.notes[0].severity == Severity::note);
  CHECK(result.notes[0].signature == "linearizability toy: the object: not decided");
  CHECK(result.notes[0].evidence ==
        std::vector<std::string>{
            "the search was given up after 1000 steps, at a part of 13 operations"});
  CHECK(found(judged<Register>(hard, {.steps_max = 10'000'000})) == "linearizability");
}

TEST_CASE("linearizability: long histories without mistakes are decided in few steps") {
  const RunResult result = judged<Register>(
      [](Registers& history) {
        for (int i = 1; i <= 500; ++i) {
          auto writes = history.call({put, i});
          auto reads = history.call({get});
          reads.returned(i);
          writes.returned();
        }
      },
      {.steps_max = 3000});
  CHECK(found(result) == "");
  CHECK(result.notes.empty());
}

// --- Against a checker that tries every order ---

namespace {

struct Planned {
  Register::Call call;
  int called = 0, returned = 0;  // moments; returned 0: never
  int result = 0;
};

/// Whether some order of some of `left`, all that returned among them, explains the results.
bool explained(const std::vector<Planned>& history, std::uint32_t left, Register state) {
  bool over = true;
  for (std::uint32_t i = 0; i < history.size(); ++i) {
    if ((left >> i & 1) == 0) continue;
    over = over && history[i].returned == 0;
    const bool first = std::ranges::none_of(history, [&](const Planned& other) {
      const auto at = static_cast<std::uint32_t>(&other - history.data());
      return (left >> at & 1) != 0 && other.returned != 0 && other.returned < history[i].called;
    });
    if (!first) continue;
    Register next = state;
    const int result = next.apply(history[i].call);
    if (history[i].returned != 0 && result != history[i].result) continue;
    if (explained(history, left & ~(1u << i), next)) return true;
  }
  return over;
}

std::vector<Planned> random_history(Random& random) {
  std::vector<Planned> history;
  int moment = 0;
  const std::uint64_t size = 1 + random.below(6);
  while (history.size() < size || random.below(4) != 0) {
    if (history.size() < size && random.below(2) == 0) {
      const auto kind = static_cast<Register::Call::Kind>(random.below(3));
      const auto value = static_cast<int>(random.below(3));
      const auto result = static_cast<int>(random.below(3));
      history.push_back({{kind, value}, ++moment, 0, kind == put ? value : result});
    } else if (!history.empty()) {
      Planned& operation = history[random.below(static_cast<std::uint32_t>(history.size()))];
      if (operation.returned == 0) operation.returned = ++moment;
    }
  }
  return history;
}

}  // namespace

TEST_CASE("linearizability: it agrees with a search through all orders") {
  Random random(1);
  std::vector<Planned> history;
  Toy toy([&](Sim& sim) {
    Registers registers(sim, "the object");
    sim.task("t", [&] {
      std::vector<std::pair<int, std::size_t>> moments;
      for (std::size_t i = 0; i < history.size(); ++i) {
        moments.emplace_back(history[i].called, i);
        if (history[i].returned != 0) moments.emplace_back(history[i].returned, i);
      }
      std::ranges::sort(moments);
      std::map<std::size_t, Registers::Pending> pending;
      for (const auto& [moment, i] : moments) {
        if (moment == history[i].called) {
          pending.emplace(i, registers.call(history[i].call));
        } else {
          pending.at(i).returned(history[i].result);
        }
      }
    });
    sim.run();
  });
  toy.log(false);
  int explained_count = 0;
  constexpr int count = 20'000;
  for (int i = 0; i < count; ++i) {
    history = random_history(random);
    const bool expected = explained(history, (1u << history.size()) - 1, {});
    explained_count += expected ? 1 : 0;
    CHECK(found(toy.run(lazy_plan())).empty() == expected);
  }
  // Both answers are common, or the comparison says little.
  CHECK(explained_count > count / 5);
  CHECK(explained_count < count * 4 / 5);
}
