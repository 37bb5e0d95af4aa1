#include <reprise/core/await.h>
#include <reprise/core/completion_group.h>
#include <reprise/core/completion_pool.h>
#include <reprise/core/internal/peek.h>
#include <reprise/core/take_finished.h>

#include "tests/support/death.h"
#include "tests/support/fake_observer.h"

#include <doctest/doctest.h>

using namespace reprise;
using reprise::tests::death_of;
using reprise::tests::FakeObserver;

TEST_CASE("take finished: a pending completion is waited for and stays") {
  CompletionPool pool;
  Completion pending = pool.make();
  const Completion io = pending;
  IOResult<std::uint64_t> answer = take_finished(pending);
  CHECK(answer.is_io());
  CHECK(answer.io().completion() == io);
  CHECK(pending == io);
  io.finish(0);
}

TEST_CASE("take finished: a finished one is taken and gives its bytes") {
  CompletionPool pool;
  Completion pending = pool.make();
  pending.finish(512);
  IOResult<std::uint64_t> answer = take_finished(pending);
  REQUIRE(answer.is_done());
  CHECK(answer.value() == 512);
  CHECK_FALSE(pending);
}

TEST_CASE("take finished: a failed one is taken and gives its error") {
  CompletionPool pool;
  Completion pending = pool.refused(IOError::no_space);
  CHECK(take_finished(pending).error() == IOError::no_space);
  CHECK_FALSE(pending);
  CHECK(pool.live() == 0);
}

TEST_CASE("take finished: a group gives the sum of its bytes") {
  CompletionPool pool;
  CompletionGroup group;
  const Completion a = pool.make();
  const Completion b = pool.make();
  group.add(a);
  group.add(b);
  Completion pending = group.build();
  a.finish(1);
  CHECK(take_finished(pending).is_io());
  b.finish(2);
  CHECK(take_finished(pending).value() == 3);
}

TEST_CASE("take finished: it counts as a look at how the I/O came out") {
  FakeObserver observer;
  CompletionPool pool;
  Completion pending = pool.refused(IOError::io);
  const Completion io = pending;
  CHECK(take_finished(pending).is_err());
  CHECK(internal::Peek(io).is_outcome_asked());
  CHECK(observer.early == 0);
}

TEST_CASE("take finished: a machine that awaits it is at its own await site alone") {
  FakeObserver observer;
  CompletionPool pool;
  Completion pending = pool.make();
  const auto machine = [&]() -> IOResult<std::uint64_t> {
    return RETURN_IF_IO(take_finished(pending)) + 1;
  };
  CHECK(machine().is_io());
  CHECK(observer.sites.size() == 1);
  CHECK(observer.ignored == 0);
  pending.finish(4);
  CHECK(machine().value() == 5);
}

TEST_CASE("take finished: there must be something to take") {
  Completion nothing;
  CHECK(death_of([&] { static_cast<void>(take_finished(nothing)); }) ==
        doctest::Contains("stands for no I/O"));
}
