#include <reprise/core/await.h>
#include <reprise/core/completion_pool.h>

#include "tests/support/death.h"
#include "tests/support/fake_observer.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace reprise;
using reprise::tests::death_of;
using reprise::tests::FakeObserver;

namespace {

// A callee that answers as it is told, and a machine around it.
struct AwaitingMachine {
  CompletionPool pool;
  Completion io = pool.make();
  int entries = 0;
  int calls = 0;
  std::string taken = "original";
  bool done = true;
  IOError error = IOError::none;

  IOResult<int> callee() {
    ++calls;
    if (error != IOError::none) return error;
    if (!done) return io;
    return 7;
  }
  IOResult<std::string> awaits() {
    ++entries;
    const int value = RETURN_IF_IO(callee());
    return std::to_string(value);
  }
  IOResult<Unit> awaits_twice() {
    RETURN_IF_IO(callee());
    RETURN_IF_IO(callee());
    return Unit{};
  }
  IOResult<int> restores() {
    std::string saved = std::exchange(taken, "taken");
    const int value = RETURN_AND_RESTORE_IF_IO(taken, std::move(saved), callee());
    return value;
  }
  IOResult<Unit> yields() { IO_YIELD_ONE(io); }
  IOResult<int> pinned() { return EXPECT_NO_IO(callee()) + 1; }
};

template <class A, class B>
IOResult<int> sum_of_sizes() {
  return static_cast<int>(sizeof(A) + sizeof(B));
}

IOResult<int> with_commas() { return RETURN_IF_IO(sum_of_sizes<std::int8_t, std::int16_t>()); }

// Counts its living objects.
struct Counted {
  explicit Counted(int* alive) : alive_(alive) { ++*alive_; }
  Counted(Counted&& other) noexcept : alive_(other.alive_) { ++*alive_; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  Counted& operator=(Counted&&) = delete;
  ~Counted() { --*alive_; }
  int* alive_;
};

struct Owner {
  int alive = 0;
  int calls = 0;
  IOResult<Counted> make() {
    ++calls;
    return Counted(&alive);
  }
  IOResult<int> use() {
    const Counted counted = RETURN_IF_IO(make());
    return *counted.alive_;
  }
  IOResult<std::unique_ptr<int>> make_unique() {
    ++calls;
    return std::make_unique<int>(4);
  }
  IOResult<std::unique_ptr<int>> pass_on() {
    std::unique_ptr<int> mine = RETURN_IF_IO(make_unique());
    return mine;
  }
};

}  // namespace

TEST_CASE("RETURN_IF_IO: Done gives the value") {
  AwaitingMachine machine;
  CHECK(machine.awaits().value() == "7");
}

TEST_CASE("RETURN_IF_IO: IO goes to the caller with the same completion") {
  AwaitingMachine machine;
  machine.done = false;
  const auto answer = machine.awaits();
  CHECK(answer.io().completion() == machine.io);
}

TEST_CASE("RETURN_IF_IO: Err goes to the caller") {
  AwaitingMachine machine;
  machine.error = IOError::corrupt;
  CHECK(machine.awaits().error() == IOError::corrupt);
}

TEST_CASE("RETURN_IF_IO: a call that waits is made again in the next entry") {
  AwaitingMachine machine;
  machine.done = false;
  CHECK(machine.awaits().is_io());
  machine.done = true;
  CHECK(machine.awaits().is_done());
  CHECK(machine.entries == 2);
  CHECK(machine.calls == 2);
}

TEST_CASE("RETURN_IF_IO: a value that only moves comes through") {
  Owner owner;
  CHECK(*owner.pass_on().value() == 4);
  CHECK(owner.use().value() == 1);
  CHECK(owner.alive == 0);
}

TEST_CASE("RETURN_IF_IO: the expression may have commas") { CHECK(with_commas().value() == 3); }

TEST_CASE("RETURN_IF_IO: it stands in expressions and conditions and loops") {
  const auto yes = []() -> IOResult<bool> { return true; };
  const auto loop = [&]() -> IOResult<int> {
    int sum = 0;
    if (!RETURN_IF_IO(yes())) return -1;
    for (int i = 0; i < 3; ++i) sum += RETURN_IF_IO(with_commas()) * 2;
    return sum;
  };
  CHECK(loop().value() == 18);
}

TEST_CASE("RETURN_AND_RESTORE_IF_IO: Done leaves the field alone") {
  AwaitingMachine machine;
  CHECK(machine.restores().value() == 7);
  CHECK(machine.taken == "taken");
}

TEST_CASE("RETURN_AND_RESTORE_IF_IO: IO and Err put back what was taken") {
  AwaitingMachine machine;
  machine.done = false;
  CHECK(machine.restores().io().completion() == machine.io);
  CHECK(machine.taken == "original");
  machine.error = IOError::io;
  CHECK(machine.restores().error() == IOError::io);
  CHECK(machine.taken == "original");
}

TEST_CASE("RETURN_AND_RESTORE_IF_IO: an injected yield puts back too") {
  AwaitingMachine machine;
  FakeObserver observer;
  observer.leaves = {Observer::Leave::park};
  CHECK(machine.restores().io().is_explicit_yield());
  CHECK(machine.taken == "original");
}

TEST_CASE("IO_YIELD_ONE: the caller is told what to wait for") {
  AwaitingMachine machine;
  CHECK(machine.yields().io().completion() == machine.io);
}

TEST_CASE("IO_YIELD_ONE: an observer is told the place and the completion") {
  AwaitingMachine machine;
  FakeObserver observer;
  CHECK(machine.yields().is_io());
  CHECK(observer.log == std::vector<std::string>{"yield yields io #1"});
}

TEST_CASE("EXPECT_NO_IO: Done gives the value and Err goes to the caller") {
  AwaitingMachine machine;
  CHECK(machine.pinned().value() == 8);
  machine.error = IOError::io;
  CHECK(machine.pinned().error() == IOError::io);
}

TEST_CASE("EXPECT_NO_IO: a yield in production aborts and names the call") {
  AwaitingMachine machine;
  machine.done = false;
  CHECK(death_of([&] { static_cast<void>(machine.pinned()); }) == doctest::Contains("callee()"));
}

TEST_CASE("EXPECT_NO_IO: a yield is reported to the observer and goes to the caller") {
  AwaitingMachine machine;
  machine.done = false;
  FakeObserver observer;
  CHECK(machine.pinned().io().completion() == machine.io);
  CHECK(observer.log == std::vector<std::string>{"no io callee()", "end no io callee() yielded"});
}

TEST_CASE("EXPECT_NO_IO: an observer hears the beginning and the end") {
  AwaitingMachine machine;
  FakeObserver observer;
  CHECK(machine.pinned().is_done());
  CHECK(observer.log == std::vector<std::string>{"no io callee()", "end no io callee()"});
}

TEST_CASE("observer: it is set and set back") {
  CHECK(observer() == nullptr);
  {
    FakeObserver outer;
    CHECK(observer() == &outer);
    {
      FakeObserver inner;
      CHECK(observer() == &inner);
    }
    CHECK(observer() == &outer);
  }
  CHECK(observer() == nullptr);
}

TEST_CASE("observer: it sees arrival and answer of each await") {
  AwaitingMachine machine;
  FakeObserver observer;
  CHECK(machine.awaits().is_done());
  machine.done = false;
  CHECK(machine.awaits().is_io());
  machine.error = IOError::io;
  CHECK(machine.awaits().is_err());
  CHECK(observer.log ==
        std::vector<std::string>{"enter awaits callee()", "leave awaits callee() done",
                                 "enter awaits callee()", "leave awaits callee() io",
                                 "enter awaits callee()", "leave awaits callee() error"});
}

TEST_CASE("observer: a site is the same in every entry and another for every macro") {
  AwaitingMachine machine;
  FakeObserver observer;
  CHECK(machine.awaits_twice().is_done());
  CHECK(machine.awaits_twice().is_done());
  REQUIRE(observer.sites.size() == 4);
  CHECK(observer.sites[0] != observer.sites[1]);
  CHECK(observer.sites[0] == observer.sites[2]);
  CHECK(observer.sites[1] == observer.sites[3]);
}

TEST_CASE("observer: a site names function and expression and file and line") {
  FakeObserver observer;
  AwaitingMachine machine;
  const auto here = [&]() -> IOResult<int> { return RETURN_IF_IO(machine.callee()); };
  const int line = __LINE__ - 1;
  CHECK(here().is_done());
  REQUIRE(observer.sites.size() == 1);
  CHECK(std::string(observer.sites[0]->function) == "operator()");
  CHECK(std::string(observer.sites[0]->expression) == "machine.callee()");
  CHECK(observer.sites[0]->line == line);
  CHECK(std::string(observer.sites[0]->file).ends_with("await_test.cpp"));
}

TEST_CASE("observer: a yield before the call makes no call") {
  AwaitingMachine machine;
  FakeObserver observer;
  observer.enters = {Observer::Enter::yield};
  CHECK(machine.awaits().io().is_explicit_yield());
  CHECK(machine.calls == 0);
  CHECK(observer.log == std::vector<std::string>{"enter awaits callee()"});
  CHECK(machine.awaits().is_done());
}

TEST_CASE("observer: a parked value is handed over without a second call") {
  Owner owner;
  FakeObserver observer;
  observer.leaves = {Observer::Leave::park};
  observer.enters = {Observer::Enter::call, Observer::Enter::hand_over};
  CHECK(owner.use().io().is_explicit_yield());
  CHECK(observer.holds_parked());
  CHECK(owner.alive == 1);
  CHECK(owner.use().value() == 1);
  CHECK(owner.calls == 1);
  CHECK_FALSE(observer.holds_parked());
  CHECK(owner.alive == 0);
}

TEST_CASE("observer: a handed over value may be one that only moves") {
  Owner owner;
  FakeObserver observer;
  observer.leaves = {Observer::Leave::park};
  observer.enters = {Observer::Enter::call, Observer::Enter::hand_over};
  CHECK(owner.pass_on().is_io());
  CHECK(*owner.pass_on().value() == 4);
  CHECK(owner.calls == 1);
}

TEST_CASE("observer: a parked value that is dropped is destroyed") {
  Owner owner;
  {
    FakeObserver observer;
    observer.leaves = {Observer::Leave::park};
    CHECK(owner.use().is_io());
    CHECK(owner.alive == 1);
    observer.drop_parked();
    CHECK(owner.alive == 0);
  }
  CHECK(owner.use().is_done());
  CHECK(owner.calls == 2);
}
