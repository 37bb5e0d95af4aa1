#include <reprise/core/await.h>
#include <reprise/core/completion_group.h>
#include <reprise/core/completion_pool.h>
#include <reprise/core/coroutine.h>
#include <reprise/core/state_machine.h>

#include "tests/support/death.h"
#include "tests/support/fake_io.h"
#include "tests/support/fake_observer.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

using namespace reprise;
using namespace reprise::tests;

namespace {

using Log = std::vector<std::string>;

/// Says when it goes.
struct Local {
  Log& log;
  std::string name;
  Local(Log& its_log, std::string its_name) : log(its_log), name(std::move(its_name)) {}
  Local(const Local&) = delete;
  Local& operator=(const Local&) = delete;
  ~Local() { log.push_back("~" + name); }
};

Coroutine<std::uint64_t> bytes_of(Completion io) { co_return co_await std::move(io); }

Coroutine<std::uint64_t> one_more(Completion io, Log& log) {
  const Local local(log, "inner");
  co_return co_await or_return(std::move(io)) + 1;
}

Coroutine<std::uint64_t> two_more(Completion io, Log& log) {
  const Local first(log, "outer");
  const std::uint64_t bytes = co_await or_return(one_more(std::move(io), log));
  log.push_back("between");
  co_return bytes + 1;
}

Coroutine<> fail_after(Completion io) {
  co_await or_return(std::move(io));
  throw std::runtime_error("thrown in a body");
}

Coroutine<std::uint64_t> depth(std::uint64_t left, Completion io) {
  if (left == 0) co_return co_await or_return(std::move(io));
  co_return co_await or_return(depth(left - 1, std::move(io))) + 1;
}

constexpr std::uint64_t deep = 100'000;

/// A machine: reads twice, yields until each is there.
struct Machine {
  CompletionPool& pool;
  std::vector<Completion> ios = {};
  int entries = 0;

  IOResult<int> step() {
    ++entries;
    if (ios.size() < 2 && (ios.empty() || ios.back().finished())) ios.push_back(pool.make());
    if (!ios.back().finished()) IO_YIELD_ONE(ios.back());
    if (!ios.back().succeeded()) return ios.back().get_error();
    return entries;
  }
};

}  // namespace

static_assert(!std::is_copy_constructible_v<Coroutine<int>>);
static_assert(std::is_nothrow_move_constructible_v<Coroutine<int>>);

TEST_CASE("coroutine: it begins at its first step and not before") {
  bool begun = false;
  const auto body = [&]() -> Coroutine<int> {
    begun = true;
    co_return 7;
  };
  Coroutine<int> coroutine = body();
  CHECK_FALSE(begun);
  IOResult<int> answer = coroutine.step();
  CHECK(begun);
  REQUIRE(answer.is_done());
  CHECK(answer.value() == 7);
  CHECK(coroutine.finalized());
}

TEST_CASE("coroutine: a completion awaited is what it answers and its bytes are the result") {
  CompletionPool pool;
  const Completion io = pool.make();
  Coroutine<std::uint64_t> coroutine = bytes_of(io);
  const IOResult<std::uint64_t> waiting = coroutine.step();
  REQUIRE(waiting.is_io());
  CHECK(waiting.io().completion() == io);
  io.finish(12);
  IOResult<std::uint64_t> answer = coroutine.step();
  REQUIRE(answer.is_done());
  CHECK(answer.value() == 12);
}

TEST_CASE("coroutine: a completion that has finished already does not suspend it") {
  CompletionPool pool;
  const Completion io = pool.make();
  io.finish(3);
  CHECK(bytes_of(io).step().is_done());
  CHECK(bytes_of(Completion::done()).step().is_done());
}

TEST_CASE("coroutine: a failed completion gives its error as a value") {
  CompletionPool pool;
  bool seen = false;
  const auto body = [&]() -> Coroutine<int> {
    const Result<std::uint64_t> read = co_await pool.refused(IOError::busy);
    seen = read.error() == IOError::busy;
    co_return 1;
  };
  CHECK(body().step().is_done());
  CHECK(seen);
}

TEST_CASE("coroutine: an error is returned as Err") {
  const auto body = []() -> Coroutine<int> { co_return IOError::corrupt; };
  CHECK(body().step().error() == IOError::corrupt);
  CompletionPool pool;
  CHECK(bytes_of(pool.refused(IOError::io)).step().error() == IOError::io);
}

TEST_CASE("coroutine: or_return ends it with the error and frees its locals in order") {
  CompletionPool pool;
  Log log;
  const Completion io = pool.make();
  Coroutine<std::uint64_t> coroutine = two_more(io, log);
  CHECK(coroutine.step().is_io());
  io.fail(IOError::io);
  CHECK(coroutine.step().error() == IOError::io);
  CHECK(coroutine.finalized());
  CHECK(log == Log{"~inner", "~outer"});
}

TEST_CASE("coroutine: entered with nothing finished it answers the same wait and does nothing") {
  CompletionPool pool;
  const Completion first = pool.make();
  const Completion second = pool.make();
  int at = 0;
  const auto body = [&]() -> Coroutine<int> {
    at = 1;
    co_await or_return(first);
    at = 2;
    co_await or_return(second);
    co_return at;
  };
  Coroutine<int> coroutine = body();
  for (int i = 0; i < 3; ++i) {
    CHECK(coroutine.step().io().completion() == first);
    CHECK(at == 1);
  }
  first.finish(0);
  for (int i = 0; i < 3; ++i) {
    CHECK(coroutine.step().io().completion() == second);
    CHECK(at == 2);
  }
}

TEST_CASE("coroutine: an explicit yield lets others run once") {
  const auto body = []() -> Coroutine<int> {
    co_await Yield{};
    co_return 1;
  };
  Coroutine<int> coroutine = body();
  const IOResult<int> answer = coroutine.step();
  REQUIRE(answer.is_io());
  CHECK(answer.io().is_explicit_yield());
  CHECK(coroutine.step().is_done());
}

TEST_CASE("coroutine: a group is awaited as one completion") {
  CompletionPool pool;
  const Completion a = pool.make();
  const Completion b = pool.make();
  CompletionGroup group;
  group.add(a);
  group.add(b);
  Coroutine<std::uint64_t> coroutine = bytes_of(group.build());
  CHECK(coroutine.step().is_io());
  a.finish(1);
  CHECK(coroutine.step().is_io());
  b.finish(2);
  CHECK(coroutine.step().value() == 3);
}

TEST_CASE("coroutine: one awaits another and gets its value") {
  CompletionPool pool;
  Log log;
  const Completion io = pool.make();
  Coroutine<std::uint64_t> coroutine = two_more(io, log);
  CHECK(coroutine.step().io().completion() == io);
  CHECK(log.empty());
  io.finish(5);
  CHECK(coroutine.step().value() == 7);
  CHECK(log == Log{"~inner", "between", "~outer"});
}

TEST_CASE("coroutine: a machine awaited is called until it says Done") {
  CompletionPool pool;
  Machine machine{pool};
  const auto body = [&]() -> Coroutine<int> {
    const Result<int> first = co_await [&] { return machine.step(); };
    const int second = co_await or_return([&] { return machine.step(); });
    co_return first.value() * 10 + second;
  };
  Coroutine<int> coroutine = body();
  CHECK(coroutine.step().is_io());
  CHECK(coroutine.step().io().completion() == machine.ios.at(0));
  CHECK(machine.entries == 1);  // nothing had finished: it was left alone
  machine.ios[0].finish(0);
  CHECK(coroutine.step().is_io());
  CHECK(coroutine.step().io().completion() == machine.ios.at(1));
  machine.ios[1].finish(0);
  CHECK(coroutine.step().value() == 34);
}

TEST_CASE("coroutine: an error of an awaited machine is a value or ends it") {
  const auto fails = []() -> IOResult<int> { return IOError::exists; };
  const auto looks = [&]() -> Coroutine<bool> {
    const Result<int> result = co_await fails;
    co_return result.error() == IOError::exists;
  };
  CHECK(looks().step().value());
  const auto ends = [&]() -> Coroutine<bool> {
    co_await or_return(fails);
    co_return true;
  };
  CHECK(ends().step().error() == IOError::exists);
}

TEST_CASE("coroutine: what the body throws comes out of step and ends it") {
  CompletionPool pool;
  const Completion io = pool.make();
  Coroutine<> coroutine = fail_after(io);
  CHECK(coroutine.step().is_io());
  io.finish(0);
  CHECK_THROWS_WITH(static_cast<void>(coroutine.step()), "thrown in a body");
  CHECK(coroutine.finalized());
}

TEST_CASE("coroutine: what an awaited coroutine or machine throws comes out of the co_await") {
  int caught = 0;
  const auto body = [&]() -> Coroutine<int> {
    try {
      co_await or_return(fail_after(Completion::yield()));
    } catch (const std::runtime_error&) {
      ++caught;
    }
    try {
      co_await or_return([]() -> IOResult<int> { throw std::logic_error("thrown in a machine"); });
    } catch (const std::logic_error&) {
      ++caught;
    }
    co_return caught;
  };
  Coroutine<int> coroutine = body();
  CHECK(coroutine.step().is_io());
  CHECK(coroutine.step().value() == 2);
}

TEST_CASE("coroutine: destroyed while it waits it frees its frames from the inside out") {
  CompletionPool pool;
  Log log;
  const Completion io = pool.make();
  {
    Coroutine<std::uint64_t> coroutine = two_more(io, log);
    CHECK(coroutine.step().is_io());
  }
  CHECK(log == Log{"~inner", "~outer"});
  CHECK_FALSE(io.finished());
  CHECK_FALSE(io.cancel_requested());
}

TEST_CASE("coroutine: destroyed before its first step it frees its arguments") {
  auto argument = std::make_shared<int>(1);
  const auto body = [](std::shared_ptr<int> held) -> Coroutine<int> { co_return *held; };
  {
    const Coroutine<int> coroutine = body(argument);
    CHECK(argument.use_count() == 2);
  }
  CHECK(argument.use_count() == 1);
}

TEST_CASE("coroutine: its frame is freed when it ends") {
  auto argument = std::make_shared<int>(1);
  const auto body = [](std::shared_ptr<int> held) -> Coroutine<int> { co_return *held; };
  Coroutine<int> coroutine = body(argument);
  CHECK(coroutine.step().is_done());
  CHECK(argument.use_count() == 1);
}

TEST_CASE("coroutine: one that is moved while it waits goes on") {
  CompletionPool pool;
  const Completion io = pool.make();
  Coroutine<std::uint64_t> first = bytes_of(io);
  CHECK(first.step().is_io());
  Coroutine<std::uint64_t> second = std::move(first);
  CHECK(first.finalized());  // NOLINT: that is what is tested
  io.finish(4);
  CHECK(second.step().value() == 4);
}

TEST_CASE("coroutine: one assigned to is freed first") {
  Log log;
  Coroutine<std::uint64_t> coroutine = two_more(Completion::yield(), log);
  CHECK(coroutine.step().is_io());
  coroutine = bytes_of(Completion::done());
  CHECK(log == Log{"~inner", "~outer"});
  CHECK(coroutine.step().is_done());
}

TEST_CASE("coroutine: one that was stepped before can be awaited") {
  CompletionPool pool;
  Log log;
  const Completion io = pool.make();
  Coroutine<std::uint64_t> inner = two_more(io, log);
  CHECK(inner.step().is_io());
  const auto body = [&]() -> Coroutine<std::uint64_t> {
    co_return co_await or_return(std::move(inner)) * 10;
  };
  Coroutine<std::uint64_t> outer = body();
  CHECK(outer.step().io().completion() == io);
  SUBCASE("to its end") {
    io.finish(1);
    CHECK(outer.step().value() == 30);
  }
  SUBCASE("and dropped") { outer = bytes_of(Completion::done()); }
  CHECK(log.back() == "~outer");
}

TEST_CASE("coroutine: a deep chain does not overflow the stack") {
  CompletionPool pool;
  const Completion io = pool.make();
  Coroutine<std::uint64_t> coroutine = depth(deep, io);
  CHECK(coroutine.step().is_io());
  SUBCASE("when it ends well") {
    io.finish(0);
    CHECK(coroutine.step().value() == deep);
  }
  SUBCASE("when it fails") {
    io.fail(IOError::io);
    CHECK(coroutine.step().error() == IOError::io);
  }
  SUBCASE("when it is dropped") { coroutine = depth(0, io); }
}

TEST_CASE("coroutine: a machine steps it with RETURN_IF_IO") {
  CompletionPool pool;
  const Completion io = pool.make();
  struct Outer {
    Coroutine<std::uint64_t> coroutine;
    IOResult<std::uint64_t> step() { return RETURN_IF_IO(coroutine.step()) + 1; }
  } outer{bytes_of(io)};
  CHECK(outer.step().io().completion() == io);
  io.finish(1);
  CHECK(outer.step().value() == 2);
}

TEST_CASE("coroutine: a harness may make it yield when an await is over") {
  FakeObserver watching;
  watching.leaves = {Observer::Leave::park};
  Coroutine<std::uint64_t> coroutine = bytes_of(Completion::done());
  const IOResult<std::uint64_t> answer = coroutine.step();
  REQUIRE(answer.is_io());
  CHECK(answer.io().is_explicit_yield());
  watching.enters = {Observer::Enter::hand_over};
  CHECK(coroutine.step().is_done());
}

TEST_CASE("coroutine: stepping one that has ended is a broken precondition") {
  CHECK(death_of([] {
          Coroutine<std::uint64_t> coroutine = bytes_of(Completion::done());
          static_cast<void>(coroutine.step());
          static_cast<void>(coroutine.step());
        }) == doctest::Contains("this coroutine has ended"));
}

TEST_CASE("coroutine: stepping itself is a broken precondition") {
  CHECK(death_of([] {
          std::unique_ptr<Coroutine<int>> coroutine;
          const auto body = [&]() -> Coroutine<int> { co_return coroutine->step().value(); };
          coroutine = std::make_unique<Coroutine<int>>(body());
          static_cast<void>(coroutine->step());
        }) == doctest::Contains("does not step itself"));
}
