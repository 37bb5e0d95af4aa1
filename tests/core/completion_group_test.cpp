#include <reprise/core/completion_group.h>
#include <reprise/core/completion_pool.h>

#include "tests/support/counting_waiter.h"
#include "tests/support/death.h"
#include "tests/support/fake_canceller.h"
#include "tests/support/fake_observer.h"
#include "tests/support/group_of.h"

#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <vector>

using namespace reprise;
using reprise::tests::CountingWaiter;
using reprise::tests::death_of;
using reprise::tests::FakeCanceller;
using reprise::tests::FakeObserver;
using reprise::tests::group_of;

TEST_CASE("completion group: an empty one is finished and good and no yield") {
  int calls = 0;
  CompletionGroup group([&](const Completion& completion) {
    ++calls;
    CHECK(completion.succeeded());
  });
  const Completion built = group.build();
  CHECK(built.finished());
  CHECK(built.succeeded());
  CHECK(built.drained());
  CHECK_FALSE(built.is_explicit_yield());
  CHECK(calls == 1);
}

TEST_CASE("completion group: one of yields only is finished and good and no yield") {
  const Completion built = group_of({Completion::yield(), Completion::yield()});
  CHECK(built.succeeded());
  CHECK_FALSE(built.is_explicit_yield());
}

TEST_CASE("completion group: yields among its children do not count") {
  CompletionPool pool;
  const Completion io = pool.make();
  const Completion built = group_of({Completion::yield(), io, Completion::done()});
  CHECK_FALSE(built.finished());
  io.finish(1);
  CHECK(built.succeeded());
}

TEST_CASE("completion group: it says that it is a group and has a number of its own") {
  CompletionPool pool;
  const Completion io = pool.make();
  const Completion built = group_of({io});
  CHECK(built.is_group());
  CHECK(built.id() != io.id());
  CHECK(built.id() != 0);
  io.finish(0);
}

TEST_CASE("completion group: it finishes when the last child has and sums the bytes") {
  CompletionPool pool;
  const Completion a = pool.make();
  const Completion b = pool.make();
  const Completion c = pool.make();
  a.finish(1);
  const Completion built = group_of({a, b, c});
  c.finish(4);
  CHECK_FALSE(built.finished());
  CHECK(built.result() == 0);
  b.finish(2);
  CHECK(built.succeeded());
  CHECK(built.result() == 7);
}

TEST_CASE("completion group: children that finished before are enough") {
  CompletionPool pool;
  const Completion a = pool.make();
  a.finish(3);
  const Completion built = group_of({a});
  CHECK(built.succeeded());
  CHECK(built.result() == 3);
}

TEST_CASE("completion group: the first error finishes it while siblings run on") {
  CompletionPool pool;
  const Completion a = pool.make();
  const Completion b = pool.make();
  const Completion built = group_of({a, b});
  b.fail(IOError::busy);
  CHECK(built.finished());
  CHECK_FALSE(built.succeeded());
  CHECK(built.get_error() == IOError::busy);
  CHECK(built.result() == 0);
  CHECK_FALSE(built.drained());
  a.fail(IOError::io);
  CHECK(built.get_error() == IOError::busy);
  CHECK(built.drained());
}

TEST_CASE("completion group: of children that had failed before the first added counts") {
  CompletionPool pool;
  const Completion a = pool.make();
  const Completion b = pool.make();
  b.fail(IOError::busy);
  a.fail(IOError::io);
  CHECK(group_of({a, b}).get_error() == IOError::io);
}

TEST_CASE("completion group: nothing happens before it is built") {
  CompletionPool pool;
  int calls = 0;
  CompletionGroup group([&](const Completion&) { ++calls; });
  const Completion a = pool.make();
  const Completion b = pool.make();
  group.add(a);
  group.add(b);
  a.fail(IOError::io);
  b.finish(1);
  CHECK(calls == 0);
  CHECK(group.build().get_error() == IOError::io);
  CHECK(calls == 1);
}

TEST_CASE("completion group: its callback sees the result") {
  CompletionPool pool;
  const Completion a = pool.make();
  int calls = 0;
  const Completion built = group_of({a}, [&](const Completion& completion) {
    ++calls;
    CHECK(completion.finished());
    CHECK(completion.get_error() == IOError::io);
    CHECK(completion.drained());
  });
  a.fail(IOError::io);
  CHECK(calls == 1);
}

TEST_CASE("completion group: the child's own callback comes before it") {
  CompletionPool pool;
  Completion built;
  bool finished = true;
  const Completion a = pool.make([&](const Completion&) { finished = built.finished(); });
  built = group_of({a});
  a.finish(0);
  CHECK_FALSE(finished);
  CHECK(built.finished());
}

TEST_CASE("completion group: it may be built in its child's callback") {
  CompletionPool pool;
  CompletionGroup group;
  Completion built;
  const Completion a = pool.make([&](const Completion&) { built = group.build(); });
  group.add(a);
  a.finish(5);
  CHECK(built.succeeded());
  CHECK(built.result() == 5);
}

TEST_CASE("completion group: a child may stand in many groups and twice in one") {
  CompletionPool pool;
  const Completion a = pool.make();
  const Completion b = pool.make();
  const Completion both = group_of({a, b, a});
  const Completion only = group_of({a});
  a.finish(1);
  CHECK(only.succeeded());
  CHECK_FALSE(both.finished());
  b.finish(1);
  CHECK(both.succeeded());
}

TEST_CASE("completion group: groups nest") {
  CompletionPool pool;
  const Completion a = pool.make();
  const Completion b = pool.make();
  const Completion outer = group_of({group_of({a}), group_of({b, group_of({})})});
  a.finish(1);
  CHECK_FALSE(outer.finished());
  b.finish(2);
  CHECK(outer.succeeded());
  CHECK(outer.result() == 3);
}

TEST_CASE("completion group: an error comes up through nested groups at once") {
  CompletionPool pool;
  const Completion a = pool.make();
  const Completion b = pool.make();
  const Completion outer = group_of({group_of({group_of({a, b})})});
  a.fail(IOError::no_space);
  CHECK(outer.get_error() == IOError::no_space);
  CHECK_FALSE(outer.drained());
  b.finish(1);
  CHECK(outer.drained());
}

TEST_CASE("completion group: children may come from different pools") {
  Completion outer;
  Completion b;
  {
    CompletionPool one;
    CompletionPool other;
    const Completion a = one.make();
    b = other.make();
    outer = group_of({a, b});
    a.finish(1);
  }
  b.finish(2);
  CHECK(outer.result() == 3);
}

TEST_CASE("completion group: the builder is empty after build") {
  CompletionPool pool;
  int calls = 0;
  FakeCanceller device(FakeCanceller::Answer::cancelled);
  CompletionGroup group([&](const Completion&) { ++calls; });
  const Completion a = pool.make({}, &device);
  group.add(a);
  const Completion first = group.build();
  group.cancel();
  CHECK(device.asked == 0);
  const Completion second = group.build();
  CHECK(second.finished());
  CHECK(second != first);
  CHECK(calls == 0);
  a.finish(0);
  CHECK(calls == 1);
}

TEST_CASE("completion group: the builder may be destroyed in the callback that build runs") {
  CompletionPool pool;
  const Completion a = pool.make();
  a.finish(1);
  for (const Completion& child : {a, Completion::yield()}) {
    std::optional<CompletionGroup> group;
    int calls = 0;
    group.emplace([&](const Completion&) {
      ++calls;
      group.reset();
    });
    group->add(child);
    CHECK(group->build().succeeded());
    CHECK(calls == 1);
  }
}

TEST_CASE("completion group: its callback may drop the last handles") {
  CompletionPool pool;
  Completion a = pool.make();
  Completion built;
  built = group_of({a}, [&](const Completion&) {
    a = Completion();
    built = Completion();
  });
  const Completion device_handle = a;
  device_handle.finish(0);
  CHECK_FALSE(static_cast<bool>(built));
  CHECK(pool.live() == 1);
}

TEST_CASE("completion group: it lives on without a handle and runs its callback") {
  CompletionPool pool;
  int calls = 0;
  Completion a = pool.make();
  group_of({group_of({a})}, [&](const Completion&) { ++calls; });
  CHECK(pool.live() == 3);
  a.finish(0);
  CHECK(calls == 1);
  a = Completion();
  CHECK(pool.live() == 0);
}

TEST_CASE("completion group: one that is never built leaves nothing behind") {
  CompletionPool pool;
  Completion a = pool.make();
  {
    CompletionGroup group([](const Completion&) { CHECK(false); });
    group.add(a);
  }
  a.finish(0);
  a = Completion();
  CHECK(pool.live() == 0);
}

TEST_CASE("completion group: it keeps its children until it goes itself") {
  CompletionPool pool;
  Completion a = pool.make();
  Completion built = group_of({a});
  a.finish(0);
  a = Completion();
  CHECK(pool.live() == 2);
  built = Completion();
  CHECK(pool.live() == 0);
}

TEST_CASE("completion group: only its children finish it") {
  CompletionPool pool;
  const Completion io = pool.make();
  const Completion built = group_of({io});
  CHECK(death_of([&] { built.finish(0); }) == doctest::Contains("only an I/O"));
  CHECK(death_of([&] { built.fail(IOError::io); }) == doctest::Contains("only an I/O"));
  CHECK(death_of([] { CompletionGroup().add(Completion()); }) ==
        doctest::Contains("stands for no I/O"));
  io.finish(0);
}

TEST_CASE("completion group: a dropped child drops it") {
  CompletionPool pool;
  const auto held = std::make_shared<int>(1);
  int calls = 0;
  CountingWaiter waiter;
  {
    const Completion a = pool.make();
    const Completion b = pool.make();
    const Completion outer =
        group_of({group_of({a, b})}, [&calls, held](const Completion&) { ++calls; });
    outer.add_waiter(waiter);
    a.drop();
    CHECK(waiter.dropped == 1);
    CHECK(held.use_count() == 1);
    b.drop();
    CHECK_FALSE(outer.finished());
    CHECK_FALSE(outer.drained());
  }
  CHECK(calls == 0);
  CHECK(pool.live() == 0);
}

TEST_CASE("completion group: a callback that holds its own group does not outlive a drop") {
  CompletionPool pool;
  {
    const Completion a = pool.make();
    const auto itself = std::make_shared<Completion>();
    *itself = group_of({a}, [itself](const Completion&) {});
    a.drop();
  }
  CHECK(pool.live() == 0);
}

TEST_CASE("completion group: an observer is told of its result and its callback") {
  CompletionPool pool;
  FakeObserver observer;
  const Completion a = pool.make();
  const Completion built = group_of({a}, [](const Completion&) {});
  a.finish(2);
  REQUIRE(observer.told.size() == 3);
  CHECK(observer.told[0].id == a.id());
  CHECK(observer.told[1].id == built.id());
  CHECK(observer.told[1].event == CompletionEvent::finished);
  CHECK(observer.told[1].bytes == 2);
  CHECK(observer.told[2].event == CompletionEvent::callback);
  CHECK(observer.told[2].id == built.id());
}

TEST_CASE("completion group: two groups wait for the same if the same I/Os are pending below") {
  CompletionPool pool;
  const Completion a = pool.make(), b = pool.make(), c = pool.make();
  const Completion ab = group_of({a, b});
  CHECK(CompletionGroup::same_pending(ab, group_of({b, a})));
  CHECK(CompletionGroup::pending(group_of({ab, c})) == std::vector<Completion>{a, b, c});
  CHECK(CompletionGroup::same_pending(group_of({ab, c}), group_of({c, group_of({a}), b})));
  CHECK_FALSE(CompletionGroup::same_pending(ab, group_of({a, c})));
  CHECK_FALSE(CompletionGroup::same_pending(ab, group_of({a})));
  a.finish(0);
  CHECK(CompletionGroup::same_pending(ab, group_of({b})));
  for (const Completion& pending : {b, c}) pending.finish(0);
}
