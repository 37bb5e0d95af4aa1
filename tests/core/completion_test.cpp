#include <reprise/core/completion.h>

#include "tests/support/death.h"
#include "tests/support/fake_observer.h"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace reprise;
using reprise::tests::death_of;
using reprise::tests::FakeObserver;

namespace {

// A waiter that counts, and may do one thing more when it is told.
class Counter final : public Waiter {
 public:
  explicit Counter(std::function<void()> then = {}) : then_(std::move(then)) {}
  void completion_finished(const Completion& completion) override {
    ++finished;
    saw_result = completion.finished();
    if (then_) then_();
  }
  void completion_dropped() override { ++dropped; }

  int finished = 0;
  int dropped = 0;
  bool saw_result = false;

 private:
  std::function<void()> then_;
};

class Device final : public Canceller {
 public:
  void cancel(const Completion& completion, std::uint64_t token) override {
    ++asked;
    last_token = token;
    if (answer) answer(completion);
  }

  int asked = 0;
  std::uint64_t last_token = 0;
  std::function<void(const Completion&)> answer;
};

}  // namespace

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
  const Completion copy = io;
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
  CHECK_FALSE(static_cast<bool>(io));  // NOLINT: that is the point
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
  Device device;
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

TEST_CASE("completion: waiters are told once after the callback and in order") {
  CompletionPool pool;
  std::string order;
  Counter first([&] { order += "1"; });
  Counter second([&] { order += "2"; });
  const Completion io = pool.make([&](const Completion&) { order += "c"; });
  CHECK(io.add_waiter(first));
  CHECK(io.add_waiter(second));
  CHECK(first.waiting());
  io.finish(0);
  io.finish(0);
  CHECK(order == "c12");
  CHECK(first.saw_result);
  CHECK_FALSE(first.waiting());
}

TEST_CASE("completion: nobody can wait on a finished one") {
  CompletionPool pool;
  Counter waiter;
  const Completion io = pool.make();
  io.fail(IOError::io);
  CHECK_FALSE(io.add_waiter(waiter));
  CHECK_FALSE(waiter.waiting());
}

TEST_CASE("completion: nobody can wait in its own callback") {
  CompletionPool pool;
  Counter waiter;
  bool waits = true;
  const Completion io =
      pool.make([&](const Completion& completion) { waits = completion.add_waiter(waiter); });
  io.finish(0);
  CHECK_FALSE(waits);
  CHECK(waiter.finished == 0);
}

TEST_CASE("completion: a waiter waits on one at a time") {
  CompletionPool pool;
  Counter waiter;
  const Completion a = pool.make();
  const Completion b = pool.make();
  CHECK(a.add_waiter(waiter));
  CHECK(death_of([&] { b.add_waiter(waiter); }) ==
        doctest::Contains("waits on one completion at a time"));
}

TEST_CASE("completion: a waiter that stopped is not told and may wait again") {
  CompletionPool pool;
  Counter first;
  Counter middle;
  Counter last;
  const Completion io = pool.make();
  io.add_waiter(first);
  io.add_waiter(middle);
  io.add_waiter(last);
  middle.stop_waiting();
  middle.stop_waiting();
  CHECK_FALSE(middle.waiting());
  first.stop_waiting();
  CHECK(io.add_waiter(first));
  io.finish(0);
  CHECK(first.finished == 1);
  CHECK(middle.finished == 0);
  CHECK(last.finished == 1);
}

TEST_CASE("completion: a waiter that dies stops waiting") {
  CompletionPool pool;
  const Completion io = pool.make();
  Counter stays;
  {
    Counter dies;
    io.add_waiter(dies);
    io.add_waiter(stays);
  }
  io.finish(0);
  CHECK(stays.finished == 1);
}

TEST_CASE("completion: a waiter may remove the next one while it is told") {
  CompletionPool pool;
  Counter second;
  Counter third;
  Counter first([&] { second.stop_waiting(); });
  const Completion io = pool.make();
  io.add_waiter(first);
  io.add_waiter(second);
  io.add_waiter(third);
  io.finish(0);
  CHECK(first.finished == 1);
  CHECK(second.finished == 0);
  CHECK(third.finished == 1);
}

TEST_CASE("completion: a waiter may destroy itself while it is told") {
  CompletionPool pool;
  class Mayfly final : public Waiter {
   public:
    explicit Mayfly(std::unique_ptr<Mayfly>& owner) : owner_(owner) {}
    void completion_finished(const Completion&) override { owner_.reset(); }

   private:
    std::unique_ptr<Mayfly>& owner_;
  };
  std::unique_ptr<Mayfly> mayfly;
  mayfly = std::make_unique<Mayfly>(mayfly);
  Counter after;
  const Completion io = pool.make();
  io.add_waiter(*mayfly);
  io.add_waiter(after);
  io.finish(0);
  CHECK(mayfly == nullptr);
  CHECK(after.finished == 1);
}

TEST_CASE("completion: a waiter may drop the last handle while it is told") {
  CompletionPool pool;
  Completion io = pool.make();
  Counter first([&] { io = Completion(); });
  Counter second;
  io.add_waiter(first);
  io.add_waiter(second);
  io.finish(0);
  CHECK(second.finished == 1);
  CHECK(pool.live() == 0);
}

TEST_CASE("completion: cancel asks the device once and gives its token back") {
  CompletionPool pool;
  Device device;
  const Completion io = pool.make({}, &device, 77);
  io.cancel();
  io.cancel();
  CHECK(io.cancel_requested());
  CHECK_FALSE(io.finished());
  CHECK(device.asked == 1);
  CHECK(device.last_token == 77);
}

TEST_CASE("completion: a cancelled one finishes when the device has its last word") {
  CompletionPool pool;
  Device device;
  int calls = 0;
  const Completion io = pool.make([&](const Completion&) { ++calls; }, &device);
  io.cancel();
  CHECK(calls == 0);
  io.fail(IOError::cancelled);
  CHECK(calls == 1);
  CHECK(io.get_error() == IOError::cancelled);
}

TEST_CASE("completion: a cancel that comes too late changes no result") {
  CompletionPool pool;
  Device device;
  const Completion io = pool.make({}, &device);
  io.cancel();
  io.finish(5);
  CHECK(io.succeeded());
  CHECK(io.result() == 5);
}

TEST_CASE("completion: a finished one is not cancelled") {
  CompletionPool pool;
  Device device;
  const Completion io = pool.make({}, &device);
  io.finish(5);
  io.cancel();
  CHECK(device.asked == 0);
  CHECK_FALSE(io.cancel_requested());
}

TEST_CASE("completion: the device may finish it while it is asked to cancel") {
  CompletionPool pool;
  Device device;
  device.answer = [](const Completion& completion) { completion.fail(IOError::cancelled); };
  const Completion io = pool.make({}, &device);
  io.cancel();
  CHECK(io.get_error() == IOError::cancelled);
}

TEST_CASE("completion: one without a device to ask may be cancelled to no effect") {
  CompletionPool pool;
  const Completion io = pool.make();
  io.cancel();
  CHECK_FALSE(io.finished());
}

TEST_CASE("completion: the device holds it while its callback drops the cancelled handle") {
  CompletionPool pool;
  Device device;
  IOError seen = IOError::none;
  device.answer = [&](const Completion& completion) {
    completion.fail(IOError::cancelled);
    seen = completion.get_error();
  };
  Completion io;
  io = pool.make([&](const Completion&) { io = Completion(); }, &device);
  io.cancel();
  CHECK(seen == IOError::cancelled);
  CHECK(pool.live() == 0);
}

TEST_CASE("completion: a dropped one tells its waiters and runs nothing and stays pending") {
  CompletionPool pool;
  int calls = 0;
  const auto held = std::make_shared<int>(1);
  Counter waiter;
  Device device;
  const Completion io = pool.make([&calls, held](const Completion&) { ++calls; }, &device);
  io.add_waiter(waiter);
  io.drop();
  CHECK(waiter.dropped == 1);
  CHECK(waiter.finished == 0);
  CHECK_FALSE(waiter.waiting());
  CHECK(calls == 0);
  CHECK(held.use_count() == 1);
  CHECK_FALSE(io.finished());
  io.cancel();
  CHECK(device.asked == 0);
}

TEST_CASE("completion: the last handle of a pending one lets its waiter go") {
  CompletionPool pool;
  Counter waiter;
  Completion io = pool.make();
  io.add_waiter(waiter);
  io = Completion();
  CHECK(waiter.dropped == 1);
  CHECK_FALSE(waiter.waiting());
  CHECK(pool.live() == 0);
}

TEST_CASE("completion: an explicit yield is finished and good and cannot be waited on") {
  const Completion yield = Completion::yield();
  Counter waiter;
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

TEST_CASE("completion pool: serial numbers count from one and can begin again") {
  CompletionPool pool;
  CHECK(pool.make().id() == 1);
  CHECK(pool.make().id() == 2);
  pool.restart_ids();
  CHECK(pool.make().id() == 1);
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
  Device device;
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
  Counter waiter([&] { pool.reset(); });
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
