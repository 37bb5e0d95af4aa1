#include <reprise/core/completion.h>
#include <reprise/core/completion_pool.h>
#include <reprise/core/internal/waiter.h>

#include "tests/support/counting_waiter.h"
#include "tests/support/death.h"
#include "tests/support/fake_canceller.h"

#include <doctest/doctest.h>

#include <memory>
#include <string>

using namespace reprise;
using reprise::tests::CountingWaiter;
using reprise::tests::death_of;
using reprise::tests::FakeCanceller;

TEST_CASE("completion: waiters are told once after the callback and in order") {
  CompletionPool pool;
  std::string order;
  CountingWaiter first([&] { order += "1"; });
  CountingWaiter second([&] { order += "2"; });
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
  CountingWaiter waiter;
  const Completion io = pool.make();
  io.fail(IOError::io);
  CHECK_FALSE(io.add_waiter(waiter));
  CHECK_FALSE(waiter.waiting());
}

TEST_CASE("completion: nobody can wait in its own callback") {
  CompletionPool pool;
  CountingWaiter waiter;
  bool waits = true;
  const Completion io =
      pool.make([&](const Completion& completion) { waits = completion.add_waiter(waiter); });
  io.finish(0);
  CHECK_FALSE(waits);
  CHECK(waiter.finished == 0);
}

TEST_CASE("completion: a waiter waits on one at a time") {
  CompletionPool pool;
  CountingWaiter waiter;
  const Completion a = pool.make();
  const Completion b = pool.make();
  CHECK(a.add_waiter(waiter));
  CHECK(death_of([&] { b.add_waiter(waiter); }) ==
        doctest::Contains("waits on one completion at a time"));
}

TEST_CASE("completion: a waiter that stopped is not told and may wait again") {
  CompletionPool pool;
  CountingWaiter first;
  CountingWaiter middle;
  CountingWaiter last;
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
  CountingWaiter stays;
  {
    CountingWaiter dies;
    io.add_waiter(dies);
    io.add_waiter(stays);
  }
  io.finish(0);
  CHECK(stays.finished == 1);
}

TEST_CASE("completion: a waiter may remove the next one while it is told") {
  CompletionPool pool;
  CountingWaiter second;
  CountingWaiter third;
  CountingWaiter first([&] { second.stop_waiting(); });
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
  CountingWaiter after;
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
  CountingWaiter first([&] { io = Completion(); });
  CountingWaiter second;
  io.add_waiter(first);
  io.add_waiter(second);
  io.finish(0);
  CHECK(second.finished == 1);
  CHECK(pool.live() == 0);
}

TEST_CASE("completion: a dropped one tells its waiters and runs nothing and stays pending") {
  CompletionPool pool;
  int calls = 0;
  const auto held = std::make_shared<int>(1);
  CountingWaiter waiter;
  FakeCanceller device;
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
  CountingWaiter waiter;
  Completion io = pool.make();
  io.add_waiter(waiter);
  io = Completion();
  CHECK(waiter.dropped == 1);
  CHECK_FALSE(waiter.waiting());
  CHECK(pool.live() == 0);
}
