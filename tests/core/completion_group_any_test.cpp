#include <reprise/core/completion_group.h>
#include <reprise/core/completion_pool.h>
#include <reprise/core/internal/peek.h>

#include "tests/support/counting_waiter.h"
#include "tests/support/fake_canceller.h"
#include "tests/support/fake_observer.h"
#include "tests/support/group_of.h"

#include <doctest/doctest.h>

#include <optional>

using namespace reprise;
using reprise::tests::CountingWaiter;
using reprise::tests::FakeCanceller;
using reprise::tests::FakeObserver;
using reprise::tests::group_of;

using Group = CompletionGroup;

TEST_CASE("any-group: it ends with its first child and gives that child's bytes") {
  CompletionPool pool;
  const Completion slow = pool.make();
  const Completion quick = pool.make();
  const Completion first = Group::any({slow, quick}, Losers::left);
  CHECK_FALSE(first.finished());
  CHECK(Group::winner(first) == std::nullopt);
  quick.finish(7);
  CHECK(first.succeeded());
  CHECK(first.result() == 7);
  CHECK(Group::winner(first) == 1u);
  slow.finish(100);
  CHECK(first.result() == 7);
  CHECK(Group::winner(first) == 1u);
}

TEST_CASE("any-group: a child that fails first is its end too") {
  CompletionPool pool;
  const Completion a = pool.make();
  const Completion b = pool.make();
  const Completion first = Group::any({a, b}, Losers::left);
  a.fail(IOError::io);
  CHECK(first.finished());
  CHECK_FALSE(first.succeeded());
  CHECK(first.get_error() == IOError::io);
  CHECK(first.result() == 0);
  CHECK(Group::winner(first) == 0u);
  b.finish(3);
  CHECK(first.get_error() == IOError::io);
}

TEST_CASE("any-group: it is drained only when its losers have had their last word") {
  CompletionPool pool;
  FakeCanceller device;
  const Completion winner = pool.make();
  const Completion loser = pool.make({}, &device);
  const Completion first = Group::any({winner, loser}, Losers::cancelled);
  const Completion drained = Group::drain(first);
  winner.finish(1);
  CHECK(first.finished());
  CHECK(device.asked == 1);
  CHECK_FALSE(first.drained());
  CHECK_FALSE(drained.finished());
  loser.finish(5);
  CHECK(first.drained());
  CHECK(drained.succeeded());
}

TEST_CASE("any-group: losers that are left are not asked to give up") {
  CompletionPool pool;
  FakeCanceller device;
  const Completion winner = pool.make({}, &device);
  const Completion loser = pool.make({}, &device);
  const Completion first = Group::any({winner, loser}, Losers::left);
  winner.finish(1);
  CHECK(device.asked == 0);
  loser.finish(1);
}

TEST_CASE("any-group: its callback runs once and finds the losers asked to give up") {
  CompletionPool pool;
  FakeCanceller device(FakeCanceller::Answer::cancelled);
  const Completion winner = pool.make();
  const Completion loser = pool.make({}, &device);
  int calls = 0;
  const Completion first =
      Group::any({loser, winner}, Losers::cancelled, [&](const Completion& any) {
        ++calls;
        CHECK(any.succeeded());
        CHECK(any.drained());
        CHECK(Group::winner(any) == 1u);
        CHECK(loser.get_error() == IOError::cancelled);
      });
  CHECK(calls == 0);
  winner.finish(0);
  CHECK(calls == 1);
}

TEST_CASE("any-group: an empty one is finished and good and nobody has won") {
  int calls = 0;
  const Completion first = Group::any({}, Losers::cancelled, [&](const Completion&) { ++calls; });
  CHECK(first.succeeded());
  CHECK(first.drained());
  CHECK_FALSE(first.is_explicit_yield());
  CHECK(Group::winner(first) == std::nullopt);
  CHECK(calls == 1);
}

TEST_CASE("any-group: an explicit yield has finished from birth and the group is none") {
  CompletionPool pool;
  const Completion io = pool.make();
  const Completion with_io = Group::any({io, Completion::yield()}, Losers::cancelled);
  CHECK(with_io.succeeded());
  CHECK_FALSE(with_io.is_explicit_yield());
  CHECK(Group::winner(with_io) == 1u);
  CHECK(io.cancel_requested());
  const Completion alone = Group::any({Completion::yield(), Completion::done()}, Losers::left);
  CHECK(alone.succeeded());
  CHECK_FALSE(alone.is_explicit_yield());
  CHECK(Group::winner(alone) == 0u);
  io.finish(0);
}

TEST_CASE("any-group: of children that had finished before the first added wins") {
  CompletionPool pool;
  const Completion pending = pool.make();
  const Completion failed = pool.refused(IOError::no_space);
  const Completion good = pool.make();
  good.finish(4);
  const Completion first = Group::any({pending, failed, good, Completion::yield()}, Losers::left);
  CHECK(first.get_error() == IOError::no_space);
  CHECK(Group::winner(first) == 1u);
  const Completion second = Group::any({pending, Completion::done(), failed}, Losers::left);
  CHECK(second.succeeded());
  CHECK(Group::winner(second) == 1u);
  pending.finish(0);
}

TEST_CASE("any-group: a group among its children ends it as any other child does") {
  CompletionPool pool;
  const Completion a = pool.make();
  const Completion b = pool.make();
  const Completion c = pool.make();
  const Completion first = Group::any({group_of({a, b}), c}, Losers::cancelled);
  a.finish(2);
  CHECK_FALSE(first.finished());
  b.finish(3);
  CHECK(first.result() == 5);
  CHECK(Group::winner(first) == 0u);
  CHECK(c.cancel_requested());
  c.finish(0);
}

TEST_CASE("any-group: a loser that is a group has all its children cancelled") {
  CompletionPool pool;
  const Completion a = pool.make();
  const Completion b = pool.make();
  const Completion c = pool.make();
  const Completion first = Group::any({group_of({a, b}), c}, Losers::cancelled);
  c.finish(0);
  CHECK(a.cancel_requested());
  CHECK(b.cancel_requested());
  CHECK_FALSE(first.drained());
  a.fail(IOError::cancelled);
  CHECK_FALSE(first.drained());
  b.finish(1);
  CHECK(first.drained());
  CHECK(first.succeeded());
}

TEST_CASE("any-group: it stands in other groups") {
  CompletionPool pool;
  const Completion a = pool.make();
  const Completion b = pool.make();
  const Completion c = pool.make();
  const Completion all = group_of({Group::any({a, b}, Losers::left), c});
  b.finish(2);
  c.finish(3);
  CHECK(all.succeeded());
  CHECK(all.result() == 5);
  a.finish(0);
}

TEST_CASE("any-group: cancel() asks all its children") {
  CompletionPool pool;
  FakeCanceller device(FakeCanceller::Answer::cancelled);
  const Completion a = pool.make({}, &device);
  const Completion b = pool.make({}, &device);
  const Completion first = Group::any({a, b}, Losers::left);
  first.cancel();
  CHECK(first.get_error() == IOError::cancelled);
  CHECK(device.asked == 2);
  CHECK(Group::winner(first) == 0u);
  CHECK(first.drained());
}

TEST_CASE("any-group: it goes on while one child can finish and is dropped with the last") {
  CompletionPool pool;
  CountingWaiter waiter;
  const Completion a = pool.make();
  const Completion b = pool.make();
  {
    const Completion first = Group::any({a, b}, Losers::left);
    CHECK(first.add_waiter(waiter));
    a.drop();
    CHECK(waiter.dropped == 0);
    SUBCASE("the other one finishes") {
      b.finish(1);
      CHECK(waiter.finished == 1);
      CHECK(Group::winner(first) == 1u);
    }
    SUBCASE("the other one is dropped too") {
      b.drop();
      CHECK(waiter.dropped == 1);
      CHECK_FALSE(first.finished());
    }
  }
  CHECK(pool.live() == 2);  // nobody but a and b
}

TEST_CASE("any-group: children dropped before it was built leave nothing to wait for") {
  CompletionPool pool;
  const Completion a = pool.make();
  int calls = 0;
  CompletionGroup group([&](const Completion&) { ++calls; });
  group.add(a);
  a.drop();
  const Completion first = group.build_any(Losers::left);
  CHECK_FALSE(first.finished());
  CHECK(calls == 0);
}

TEST_CASE("any-group: nobody has to ask how a cancelled loser came out") {
  FakeObserver observer;
  CompletionPool pool;
  const Completion winner = pool.make();
  const Completion loser = pool.make();
  const Completion first = Group::any({winner, loser}, Losers::cancelled);
  winner.finish(0);
  loser.fail(IOError::io);
  CHECK(internal::Peek(loser).is_outcome_asked());
  CHECK_FALSE(internal::Peek(winner).is_outcome_asked());
  CHECK(first.succeeded());
  CHECK(internal::Peek(winner).is_outcome_asked());
}

TEST_CASE("any-group: who asks which one won has asked how it came out") {
  FakeObserver observer;
  CompletionPool pool;
  const Completion io = pool.make();
  const Completion first = Group::any({io}, Losers::left);
  io.fail(IOError::io);
  CHECK(Group::winner(first) == 0u);
  CHECK(internal::Peek(io).is_outcome_asked());
}

TEST_CASE("any-group: only an any-group has a winner") {
  CompletionPool pool;
  const Completion io = pool.make();
  const Completion all = group_of({io});
  io.finish(0);
  CHECK(Group::winner(io) == std::nullopt);
  CHECK(Group::winner(all) == std::nullopt);
  CHECK_FALSE(Group::is_any(all));
  CHECK(Group::is_any(Group::any({io}, Losers::left)));
}
