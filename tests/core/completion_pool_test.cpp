#include <reprise/core/completion.h>
#include <reprise/core/completion_pool.h>

#include "tests/support/counting_waiter.h"
#include "tests/support/fake_canceller.h"
#include "tests/support/fake_observer.h"

#include <doctest/doctest.h>

#include <cstddef>
#include <memory>
#include <utility>

using namespace reprise;
using reprise::tests::CountingWaiter;
using reprise::tests::FakeCanceller;

TEST_CASE("completion pool: serial numbers count from one and can begin again") {
  CompletionPool pool;
  CHECK(pool.make().id() == 1);
  CHECK(pool.make().id() == 2);
  pool.restart_ids();
  CHECK(pool.make().id() == 1);
}

TEST_CASE("completion pool: a completion says who made it if somebody observes") {
  CompletionPool pool;
  {
    tests::FakeObserver observer;
    observer.origin = 7;
    const Completion by_seven = pool.make();
    observer.origin = 8;
    CHECK(by_seven.origin() == 7);
    CHECK(pool.make().origin() == 8);
  }
  CHECK(pool.make().origin() == 0);  // in the memory of one that knew
}

TEST_CASE("completion pool: it counts those that somebody holds") {
  CompletionPool pool;
  CHECK(pool.live() == 0);
  Completion a = pool.make();
  Completion b = a;
  const Completion c = pool.make();
  CHECK(pool.live() == 2);
  a = Completion();
  CHECK(pool.live() == 2);
  b = Completion();
  CHECK(pool.live() == 1);
}

TEST_CASE("completion pool: a completion used anew has forgotten everything") {
  CompletionPool pool;
  FakeCanceller device;
  int calls = 0;
  {
    const Completion io = pool.make([&](const Completion&) { ++calls; }, &device, 5);
    io.cancel();
    io.fail(IOError::io);
  }
  for (int i = 0; i < 100; ++i) {
    const Completion io = pool.make();
    CHECK_FALSE(io.finished());
    CHECK_FALSE(io.cancel_requested());
    CHECK(io.get_error() == IOError::none);
    io.cancel();
    io.finish(1);
  }
  CHECK(calls == 1);
  CHECK(device.asked == 1);
}

TEST_CASE("completion pool: a refused I/O has failed already and its callback has run") {
  CompletionPool pool;
  int calls = 0;
  const Completion io = pool.refused(IOError::no_space, [&](const Completion& completion) {
    ++calls;
    CHECK(completion.get_error() == IOError::no_space);
  });
  CHECK(io.finished());
  CHECK(io.get_error() == IOError::no_space);
  CHECK(calls == 1);
}

TEST_CASE("completion pool: completions may outlive it") {
  Completion io;
  int calls = 0;
  {
    CompletionPool pool;
    io = pool.make([&](const Completion&) { ++calls; });
  }
  io.finish(6);
  CHECK(io.result() == 6);
  CHECK(calls == 1);
}

TEST_CASE("completion pool: a callback may destroy it and drop the last handle") {
  auto pool = std::make_unique<CompletionPool>();
  Completion io;
  io = pool->make([&](const Completion&) {
    io = Completion();
    pool.reset();
  });
  CountingWaiter waiter([&] { pool.reset(); });
  io.add_waiter(waiter);
  io.finish(1);
  CHECK(pool == nullptr);
  CHECK(waiter.finished == 1);
}

TEST_CASE("completion pool: what a forgotten callback held may make new completions") {
  CompletionPool pool;
  Completion made;
  std::shared_ptr<void> held(nullptr, [&](std::nullptr_t) { made = pool.make(); });
  Completion io = pool.make([held = std::move(held)](const Completion&) {});
  io = Completion();
  CHECK(static_cast<bool>(made));
  CHECK_FALSE(made.finished());
  CHECK(pool.live() == 1);
}

TEST_CASE("completion pool: tells which completions somebody holds") {
  CompletionPool pool;
  CHECK(pool.live_ids().empty());
  Completion first = pool.make();
  const Completion second = pool.make();
  const Completion copy = second;
  const Completion third = pool.refused(IOError::busy);
  CHECK(pool.live_ids() == std::vector<std::uint64_t>{1, 2, 3});
  first.drop();
  first = {};
  CHECK(pool.live_ids() == std::vector<std::uint64_t>{2, 3});
  CHECK(pool.live() == 2);
  second.drop();
}
