#include <reprise/core/completion_group.h>
#include <reprise/core/completion_pool.h>

#include "tests/support/fake_canceller.h"
#include "tests/support/group_of.h"

#include <doctest/doctest.h>

using namespace reprise;
using reprise::tests::FakeCanceller;
using reprise::tests::group_of;

TEST_CASE("completion group: cancel before build asks the children added so far") {
  CompletionPool pool;
  FakeCanceller device(FakeCanceller::Answer::cancelled);
  const Completion a = pool.make({}, &device);
  const Completion b = pool.make({}, &device);
  CompletionGroup group;
  group.cancel();
  group.add(a);
  group.cancel();
  group.add(b);
  CHECK(a.finished());
  CHECK_FALSE(b.finished());
  CHECK(group.build().get_error() == IOError::cancelled);
  b.finish(0);
}

TEST_CASE("completion group: cancel after build asks every unfinished child") {
  CompletionPool pool;
  FakeCanceller device(FakeCanceller::Answer::cancelled);
  const Completion a = pool.make({}, &device);
  const Completion b = pool.make({}, &device);
  const Completion c = pool.make({}, &device);
  const Completion built = group_of({a, group_of({b}), c});
  a.finish(1);
  built.cancel();
  built.cancel();
  CHECK(device.asked == 2);
  CHECK(built.cancel_requested());
  CHECK(built.get_error() == IOError::cancelled);
  CHECK(built.drained());
}

TEST_CASE("completion group: cancel after it failed asks those that still run") {
  CompletionPool pool;
  FakeCanceller device(FakeCanceller::Answer::cancelled);
  const Completion a = pool.make({}, &device);
  const Completion b = pool.make({}, &device);
  const Completion built = group_of({a, b});
  a.fail(IOError::io);
  built.cancel();
  CHECK(device.asked == 1);
  CHECK(built.get_error() == IOError::io);
  CHECK(built.drained());
}

TEST_CASE("completion group: a child added while it is cancelled is not asked") {
  CompletionPool pool;
  FakeCanceller device(FakeCanceller::Answer::cancelled);
  CompletionGroup group;
  const Completion retry = pool.make({}, &device);
  const Completion a = pool.make([&](const Completion&) { group.add(retry); }, &device);
  group.add(a);
  group.cancel();
  CHECK(a.finished());
  CHECK_FALSE(retry.finished());
  retry.finish(0);
}

TEST_CASE("completion group: its callback may cancel it and its siblings run out") {
  CompletionPool pool;
  FakeCanceller device(FakeCanceller::Answer::cancelled);
  const Completion a = pool.make({}, &device);
  const Completion b = pool.make({}, &device);
  int calls = 0;
  const Completion built = group_of({a, b}, [&](const Completion& completion) {
    ++calls;
    completion.cancel();
    CHECK(completion.drained());
  });
  a.fail(IOError::io);
  CHECK(calls == 1);
  CHECK(b.get_error() == IOError::cancelled);
  CHECK(built.get_error() == IOError::io);
}
