#include <reprise/core/completion_group.h>
#include <reprise/core/completion_pool.h>

#include "tests/support/fake_canceller.h"
#include "tests/support/group_of.h"

#include <doctest/doctest.h>

using namespace reprise;
using reprise::tests::FakeCanceller;
using reprise::tests::group_of;

TEST_CASE("drain: of a pending I/O it finishes well whatever the result") {
  CompletionPool pool;
  const Completion a = pool.make();
  const Completion drain = CompletionGroup::drain(a);
  CHECK_FALSE(drain.finished());
  a.fail(IOError::io);
  CHECK(drain.succeeded());
  CHECK(drain.get_error() == IOError::none);
}

TEST_CASE("drain: of what is drained it is finished at once") {
  CompletionPool pool;
  const Completion a = pool.make();
  a.fail(IOError::io);
  CHECK(CompletionGroup::drain(a).succeeded());
  CHECK(CompletionGroup::drain(group_of({a})).succeeded());
  CHECK(CompletionGroup::drain(Completion::yield()).succeeded());
  CHECK_FALSE(CompletionGroup::drain(Completion::yield()).is_explicit_yield());
}

TEST_CASE("drain: of a group that failed early it waits for the last sibling") {
  CompletionPool pool;
  const Completion a = pool.make();
  const Completion b = pool.make();
  const Completion c = pool.make();
  const Completion built = group_of({a, group_of({b, c})});
  b.fail(IOError::io);
  const Completion drain = CompletionGroup::drain(built);
  CHECK_FALSE(drain.finished());
  c.fail(IOError::busy);
  CHECK_FALSE(drain.finished());
  CHECK_FALSE(built.drained());
  a.finish(1);
  CHECK(drain.succeeded());
  CHECK(built.drained());
}

TEST_CASE("drain: in a child's callback it agrees with drained") {
  CompletionPool pool;
  Completion built;
  Completion drain;
  const Completion a = pool.make([&](const Completion&) {
    drain = CompletionGroup::drain(built);
    CHECK(drain.finished() == built.drained());
  });
  built = group_of({a});
  a.finish(1);
  CHECK(drain.succeeded());
  CHECK(built.drained());
}

TEST_CASE("drain: it may be cancelled and drained itself") {
  CompletionPool pool;
  FakeCanceller device(FakeCanceller::Answer::cancelled);
  const Completion a = pool.make({}, &device);
  const Completion drain = CompletionGroup::drain(group_of({a}));
  const Completion again = CompletionGroup::drain(drain);
  drain.cancel();
  CHECK(a.get_error() == IOError::cancelled);
  CHECK(drain.succeeded());
  CHECK(again.succeeded());
}
