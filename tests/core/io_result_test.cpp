#include <reprise/core/completion_pool.h>
#include <reprise/core/io_result.h>

#include "tests/support/death.h"
#include "tests/support/fake_observer.h"

#include <doctest/doctest.h>

#include <any>
#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

using namespace reprise;
using reprise::tests::death_of;

namespace {

// A value that could be made from anything an answer can be.
struct Greedy {
  Greedy(IOError) : from("error") {}          // NOLINT: implicit, to be in the way
  Greedy(Completion) : from("completion") {}  // NOLINT
  Greedy(IOCompletions) : from("io") {}       // NOLINT
  Greedy(int) : from("int") {}                // NOLINT
  std::string from;
};

struct Base {
  virtual ~Base() = default;
};
struct Derived final : Base {};

IOResult<std::string> greeting() { return "hello"; }
IOResult<std::uint64_t> zero() { return 0; }
IOResult<bool> yes() { return true; }
IOResult<std::unique_ptr<Base>> owned() { return std::make_unique<Derived>(); }
IOResult<std::unique_ptr<Base>> nothing() { return nullptr; }
IOResult<std::vector<int>> moved() {
  std::vector<int> many{1, 2};
  return many;
}
IOResult<Greedy> greedy(int which) {
  switch (which) {
    case 0: return 1;
    case 1: return IOError::io;
    case 2: return Completion::yield();
    default: return IOCompletions::explicit_yield();
  }
}

}  // namespace

TEST_CASE("io result: a value means Done") {
  IOResult<int> answer = 5;
  CHECK(answer.is_done());
  CHECK_FALSE(answer.is_io());
  CHECK_FALSE(answer.is_err());
  CHECK(answer.value() == 5);
  CHECK(answer.error() == IOError::none);
  answer.value() = 6;
  CHECK(std::move(answer).value() == 6);
}

TEST_CASE("io result: a completion means IO") {
  CompletionPool pool;
  const Completion io = pool.make();
  const IOResult<int> answer = io;
  CHECK(answer.is_io());
  CHECK_FALSE(answer.is_done());
  CHECK_FALSE(answer.is_err());
  CHECK(answer.io().completion() == io);
  CHECK(answer.error() == IOError::none);
}

TEST_CASE("io result: an error means Err") {
  const IOResult<int> answer = IOError::io;
  CHECK(answer.is_err());
  CHECK_FALSE(answer.is_done());
  CHECK_FALSE(answer.is_io());
  CHECK(answer.error() == IOError::io);
}

TEST_CASE("io result: it copies only where its value does") {
  static_assert(std::is_move_constructible_v<IOResult<std::unique_ptr<int>>>);
  static_assert(!std::is_copy_constructible_v<IOResult<std::unique_ptr<int>>>);
  CHECK(std::is_copy_constructible_v<IOResult<std::string>>);
}

TEST_CASE("io result: whatever converts to the value may be returned") {
  CHECK(greeting().value() == "hello");
  CHECK(zero().value() == 0);
  CHECK(yes().value());
  CHECK(owned().value() != nullptr);
  CHECK(nothing().value() == nullptr);
  CHECK(moved().value() == std::vector{1, 2});
}

TEST_CASE("io result: what does not convert may not be returned") {
  static_assert(!std::is_constructible_v<IOResult<int>, std::string>);
  static_assert(!std::is_constructible_v<IOResult<bool>, IOResult<int>>);
  static_assert(!std::is_constructible_v<IOResult<std::vector<int>>, int>);  // explicit in vector
  static_assert(!std::is_default_constructible_v<IOResult<int>>);
  CHECK(std::is_constructible_v<IOResult<int>, short>);
}

TEST_CASE("io result: an error or a completion is an answer even where it could be a value") {
  CHECK(greedy(0).value().from == "int");
  CHECK(greedy(1).error() == IOError::io);
  CHECK(greedy(2).io().is_explicit_yield());
  CHECK(greedy(3).is_io());
}

TEST_CASE("io result: a copy of one whose value takes anything is a copy") {
  IOResult<std::any> answer = 5;
  IOResult<std::any> copy = answer;  // from an lvalue that is not const
  CHECK(std::any_cast<int>(copy.value()) == 5);
}

TEST_CASE("io result: to ask for what it is not is a broken precondition") {
  CHECK(death_of([] {
          IOResult<int> answer = IOError::io;
          answer.value();
        }) == doctest::Contains("value() of an answer that is not Done"));
  CHECK(death_of([] {
          IOResult<int> answer = 1;
          static_cast<void>(answer.io());
        }) == doctest::Contains("io() of an answer that is not IO"));
}

TEST_CASE("io result: no error is no Err and no completion is no IO") {
  CHECK(death_of([] { static_cast<void>(IOResult<int>(IOError::none)); }) ==
        doctest::Contains("an Err answer needs an error"));
  CHECK(death_of([] { static_cast<void>(IOResult<int>(Completion())); }) ==
        doctest::Contains("names what it waits for"));
}

TEST_CASE("io result: not_done hands IO and Err on to another type") {
  CompletionPool pool;
  const Completion io = pool.make();
  const IOResult<std::string> waits = IOResult<int>(io).not_done();
  CHECK(waits.io().completion() == io);
  const IOResult<std::string> failed = IOResult<int>(IOError::busy).not_done();
  CHECK(failed.error() == IOError::busy);
}

TEST_CASE("io completions: they answer for the completion they hold") {
  CompletionPool pool;
  const Completion io = pool.make();
  const IOCompletions waits = io;
  CHECK_FALSE(waits.finished());
  CHECK_FALSE(waits.is_explicit_yield());
  waits.cancel();
  CHECK(io.cancel_requested());
  io.fail(IOError::io);
  CHECK(waits.finished());
  CHECK_FALSE(waits.succeeded());
  CHECK(waits.get_error() == IOError::io);
}

TEST_CASE("io completions: an explicit yield is finished and nothing to wait for") {
  const IOCompletions yield = IOCompletions::explicit_yield();
  CHECK(yield.is_explicit_yield());
  CHECK(yield.finished());
  CHECK(yield.succeeded());
}

TEST_CASE("io_result: an IO answer that nobody asks is told and all others are not") {
  tests::FakeObserver observing;
  CompletionPool pool;
  const auto io = [&] { return IOResult<int>(pool.make()); };
  static_cast<void>(io());
  CHECK(observing.ignored == 1);
  CHECK(io().error() == IOError::none);  // says nothing of IO
  CHECK(!io().is_err());
  CHECK(observing.ignored == 3);
  CHECK(!io().is_done());
  CHECK(io().is_io());
  CHECK(!io().io().finished());
  static_cast<void>(io().not_done());
  static_cast<void>(IOResult<int>(1));
  static_cast<void>(IOResult<int>(IOError::io));
  CHECK(observing.ignored == 3);
}

TEST_CASE("io_result: an IO answer that is overwritten unasked is told") {
  tests::FakeObserver observing;
  CompletionPool pool;
  IOResult<int> answer(pool.make());
  answer = IOResult<int>(pool.make());
  CHECK(observing.ignored == 1);
  answer = IOResult<int>(1);
  CHECK(observing.ignored == 2);
  answer = IOResult<int>(pool.make());
  CHECK(answer.is_io());
  answer = IOResult<int>(IOError::io);
  CHECK(observing.ignored == 2);
}

TEST_CASE("io_result: who moves or copies an answer hands on the duty to ask") {
  tests::FakeObserver observing;
  CompletionPool pool;
  {
    IOResult<int> first(pool.make());
    IOResult<int> moved = std::move(first);
    IOResult<int> copied = moved;
    CHECK(copied.is_io());
  }
  CHECK(observing.ignored == 0);
  {
    IOResult<int> first(pool.make());
    const IOResult<int> moved = std::move(first);
  }
  CHECK(observing.ignored == 1);
}

TEST_CASE("io_result: where nobody observes an answer may be ignored") {
  CompletionPool pool;
  { const IOResult<int> ignored(pool.make()); }
  CHECK(pool.live() == 0);
}
