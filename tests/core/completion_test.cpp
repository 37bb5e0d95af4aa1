#include <reprise/core/completion.h>
#include <reprise/core/completion_pool.h>

#include "tests/support/counting_waiter.h"
#include "tests/support/death.h"
#include "tests/support/fake_canceller.h"
#include "tests/support/fake_observer.h"

#include <doctest/doctest.h>

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

using namespace reprise;
using reprise::tests::CountingWaiter;
using reprise::tests::death_of;
using reprise::tests::FakeCanceller;
using reprise::tests::FakeObserver;

TEST_CASE("completion: a handle to no I/O is false and answers nothing") {
  const Completion none;
  CHECK_FALSE(static_cast<bool>(none));
  CHECK(death_of([&] { static_cast<void>(none.finished()); }) ==
        doctest::Contains("stands for no I/O"));
  CHECK(death_of([&] { none.cancel(); }) == doctest::Contains("stands for no I/O"));
  CHECK(none == Completion());
}

TEST_CASE("completion: a fresh one is pending") {
  CompletionPool pool;
  const Completion io = pool.make();
  CHECK(static_cast<bool>(io));
  CHECK_FALSE(io.finished());
  CHECK_FALSE(io.succeeded());
  CHECK(io.get_error() == IOError::none);
  CHECK(io.result() == 0);
  CHECK_FALSE(io.drained());
  CHECK_FALSE(io.is_group());
  CHECK_FALSE(io.is_explicit_yield());
  CHECK_FALSE(io.cancel_requested());
}

TEST_CASE("completion: success shows the bytes moved") {
  CompletionPool pool;
  const Completion io = pool.make();
  io.finish(512);
  CHECK(io.finished());
  CHECK(io.succeeded());
  CHECK(io.get_error() == IOError::none);
  CHECK(io.result() == 512);
  CHECK(io.drained());
}

TEST_CASE("completion: failure shows the error and no bytes") {
  CompletionPool pool;
  const Completion io = pool.make();
  io.fail(IOError::io);
  CHECK(io.finished());
  CHECK_FALSE(io.succeeded());
  CHECK(io.get_error() == IOError::io);
  CHECK(io.result() == 0);
  CHECK(io.drained());
}

TEST_CASE("completion: the first result wins over a later failure") {
  CompletionPool pool;
  const Completion io = pool.make();
  io.finish(1);
  io.fail(IOError::io);
  io.finish(2);
  CHECK(io.succeeded());
  CHECK(io.result() == 1);
}

TEST_CASE("completion: the first failure wins over a later result") {
  CompletionPool pool;
  const Completion io = pool.make();
  io.fail(IOError::io);
  io.finish(2);
  io.fail(IOError::busy);
  CHECK(io.get_error() == IOError::io);
  CHECK(io.result() == 0);
}

TEST_CASE("completion: a failure without an error is a broken precondition") {
  CompletionPool pool;
  const Completion io = pool.make();
  CHECK(death_of([&] { io.fail(IOError::none); }) == doctest::Contains("a failure needs an error"));
}

TEST_CASE("completion: copies are the same I/O") {
  CompletionPool pool;
  const Completion io = pool.make();
  const Completion copy = io;  // NOLINT(performance-unnecessary-copy-initialization): the point
  CHECK(copy == io);
  CHECK(copy != pool.make());
  copy.finish(3);
  CHECK(io.result() == 3);
}

TEST_CASE("completion: a move leaves a handle to no I/O") {
  CompletionPool pool;
  Completion io = pool.make();
  const Completion moved = std::move(io);
  CHECK(static_cast<bool>(moved));
  CHECK_FALSE(static_cast<bool>(io));  // NOLINT(bugprone-use-after-move): the point
  io = moved;
  const Completion& itself = io;
  io = itself;
  CHECK(io == moved);
}

TEST_CASE("completion: its callback runs once with the result visible") {
  CompletionPool pool;
  int calls = 0;
  const Completion io = pool.make([&](const Completion& completion) {
    ++calls;
    CHECK(completion.finished());
    CHECK(completion.succeeded());
    CHECK(completion.result() == 4);
  });
  CHECK(calls == 0);
  io.finish(4);
  io.finish(4);
  io.fail(IOError::io);
  CHECK(calls == 1);
}

TEST_CASE("completion: its callback may finish it again to no effect") {
  CompletionPool pool;
  int calls = 0;
  const Completion io = pool.make([&](const Completion& completion) {
    ++calls;
    completion.finish(9);
    completion.fail(IOError::io);
    completion.cancel();
  });
  io.finish(1);
  CHECK(calls == 1);
  CHECK(io.result() == 1);
}

TEST_CASE("completion: its callback may finish and make and cancel others") {
  CompletionPool pool;
  FakeCanceller device;
  const Completion other = pool.make();
  const Completion third = pool.make({}, &device);
  Completion made;
  const Completion io = pool.make([&](const Completion&) {
    other.finish(2);
    made = pool.make();
    third.cancel();
  });
  io.finish(1);
  CHECK(other.finished());
  CHECK_FALSE(made.finished());
  CHECK(device.asked == 1);
}

TEST_CASE("completion: its callback may drop the last handle") {
  CompletionPool pool;
  Completion io;
  bool good = false;
  io = pool.make([&](const Completion& completion) {
    io = Completion();
    good = completion.finished() && completion.result() == 8;
  });
  io.finish(8);
  CHECK(good);
  CHECK(pool.live() == 0);
}

TEST_CASE("completion: its callback is forgotten once it has run") {
  CompletionPool pool;
  const auto held = std::make_shared<int>(1);
  const Completion io = pool.make([held](const Completion&) {});
  CHECK(held.use_count() == 2);
  io.finish(0);
  CHECK(held.use_count() == 1);
}

TEST_CASE("completion: a callback that holds its own completion lets go when it has run") {
  CompletionPool pool;
  {
    auto itself = std::make_shared<Completion>();
    *itself = pool.make([itself](const Completion&) {});
    itself->finish(0);
  }
  CHECK(pool.live() == 0);
}

TEST_CASE("completion: chains of callbacks finish in depth") {
  CompletionPool pool;
  std::vector<Completion> chain(100);
  for (std::size_t i = 0; i < chain.size(); ++i) {
    chain[i] = pool.make([&chain, i](const Completion&) {
      if (i + 1 < chain.size()) chain[i + 1].finish(i);
    });
  }
  chain[0].finish(0);
  CHECK(chain.back().result() == 98);
}

TEST_CASE("completion: an explicit yield is finished and good and cannot be waited on") {
  const Completion yield = Completion::yield();
  CountingWaiter waiter;
  CHECK(yield.is_explicit_yield());
  CHECK(yield.finished());
  CHECK(yield.succeeded());
  CHECK(yield.drained());
  CHECK(yield.get_error() == IOError::none);
  CHECK(yield.result() == 0);
  CHECK(yield.id() == 0);
  CHECK_FALSE(yield.is_group());
  CHECK_FALSE(yield.add_waiter(waiter));
  CHECK(yield == Completion::yield());
}

TEST_CASE("completion: done is finished and good and no yield") {
  const Completion done = Completion::done();
  CHECK(done.finished());
  CHECK(done.succeeded());
  CHECK(done.drained());
  CHECK_FALSE(done.is_explicit_yield());
  CHECK(done.id() == 0);
  CHECK(done != Completion::yield());
}

TEST_CASE("completion: yield and done may be cancelled and dropped to no effect") {
  for (const Completion& completion : {Completion::yield(), Completion::done()}) {
    completion.cancel();
    completion.drop();
    CHECK_FALSE(completion.cancel_requested());
    CHECK(completion.succeeded());
  }
}

TEST_CASE("completion: only an I/O is finished by a device") {
  CHECK(death_of([] { Completion::yield().finish(0); }) == doctest::Contains("only an I/O"));
  CHECK(death_of([] { Completion::done().fail(IOError::io); }) == doctest::Contains("only an I/O"));
}

TEST_CASE("completion: an observer is told of every result and of the callback") {
  CompletionPool pool;
  FakeObserver observer;
  const Completion io = pool.make([](const Completion&) {});
  const Completion bare = pool.make();
  io.finish(3);
  io.fail(IOError::io);
  bare.fail(IOError::busy);
  REQUIRE(observer.told.size() == 4);
  CHECK(observer.told[0].event == CompletionEvent::finished);
  CHECK(observer.told[0].id == io.id());
  CHECK(observer.told[0].bytes == 3);
  CHECK(observer.told[1].event == CompletionEvent::callback);
  CHECK(observer.told[1].finished);
  CHECK(observer.told[1].bytes == 3);
  CHECK(observer.told[2].event == CompletionEvent::finished_again);
  CHECK(observer.told[2].error == IOError::io);
  CHECK(observer.told[3].event == CompletionEvent::finished);
  CHECK(observer.told[3].id == bare.id());
  CHECK(observer.told[3].error == IOError::busy);
}
