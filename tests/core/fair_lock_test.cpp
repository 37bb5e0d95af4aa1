#include <reprise/core/await.h>
#include <reprise/core/completion_group.h>
#include <reprise/core/completion_pool.h>
#include <reprise/core/deadline.h>
#include <reprise/core/fair_lock.h>
#include <reprise/core/internal/peek.h>
#include <reprise/core/take_finished.h>

#include "tests/support/fake_io.h"
#include "tests/support/fake_observer.h"

#include <doctest/doctest.h>

#include <optional>
#include <string_view>

using namespace reprise;
using reprise::tests::FakeIO;
using reprise::tests::FakeObserver;
using Hold = FairLock::Hold;

TEST_CASE("fair lock: who comes first has it at once and keeps it on re-entry") {
  FairLock lock;
  Hold hold(lock);
  CHECK_FALSE(lock.held());
  CHECK(hold.acquire().is_done());
  CHECK(hold.held());
  CHECK(lock.held());
  CHECK(hold.acquire().is_done());
  hold.release();
  CHECK_FALSE(hold.held());
  CHECK_FALSE(lock.held());
}

TEST_CASE("fair lock: it is handed on in the order in which they came") {
  FairLock lock;
  Hold holder(lock);
  Hold first(lock);
  Hold second(lock);
  CHECK(holder.acquire().is_done());
  IOResult<Unit> waits = first.acquire();
  REQUIRE(waits.is_io());
  CHECK(second.acquire().is_io());
  CHECK(lock.waiting() == 2);
  holder.release();
  CHECK(waits.io().finished());
  CHECK(first.held());
  CHECK_FALSE(second.held());
  CHECK(holder.acquire().is_io());  // it cannot slip in before the second
  CHECK(first.acquire().is_done());
  first.release();
  CHECK(second.held());
  second.release();
  CHECK(holder.held());
}

TEST_CASE("fair lock: entered with nothing changed a waiter answers the same wait") {
  FairLock lock;
  Hold holder(lock);
  Hold waiter(lock);
  CHECK(holder.acquire().is_done());
  IOResult<Unit> first = waiter.acquire();
  IOResult<Unit> second = waiter.acquire();
  REQUIRE(first.is_io());
  REQUIRE(second.is_io());
  CHECK(first.io().completion() == second.io().completion());
  CHECK(lock.waiting() == 1);
}

TEST_CASE("fair lock: a holder that is dropped gives it back") {
  FairLock lock;
  std::optional<Hold> holder(lock);
  Hold waiter(lock);
  CHECK(holder->acquire().is_done());
  CHECK(waiter.acquire().is_io());
  holder.reset();
  CHECK(waiter.held());
}

TEST_CASE("fair lock: a waiter that is dropped leaves the line") {
  FairLock lock;
  Hold holder(lock);
  std::optional<Hold> dropped(lock);
  Hold next(lock);
  CHECK(holder.acquire().is_done());
  CHECK(dropped->acquire().is_io());
  CHECK(next.acquire().is_io());
  dropped.reset();
  CHECK(lock.waiting() == 1);
  holder.release();
  CHECK(next.held());
}

TEST_CASE("fair lock: who was handed it and is dropped before it was entered passes it on") {
  FairLock lock;
  Hold holder(lock);
  std::optional<Hold> dropped(lock);
  Hold next(lock);
  CHECK(holder.acquire().is_done());
  CHECK(dropped->acquire().is_io());
  CHECK(next.acquire().is_io());
  holder.release();
  CHECK(dropped->held());
  dropped.reset();
  CHECK(next.held());
}

TEST_CASE("fair lock: who holds nothing releases nothing") {
  FairLock lock;
  Hold holder(lock);
  Hold other(lock);
  CHECK(holder.acquire().is_done());
  other.release();
  CHECK(holder.held());
  CHECK(lock.held());
  holder.release();
  CHECK(other.acquire().is_done());
  holder.release();
  CHECK(other.held());
}

TEST_CASE("fair lock: a wait that is cancelled fails and a later one begins anew") {
  FairLock lock;
  Hold holder(lock);
  Hold waiter(lock);
  CHECK(holder.acquire().is_done());
  IOResult<Unit> waits = waiter.acquire();
  REQUIRE(waits.is_io());
  waits.io().cancel();
  CHECK(lock.waiting() == 0);
  CHECK(waiter.acquire().error() == IOError::cancelled);
  CHECK(waiter.acquire().is_io());
  holder.release();
  CHECK(waiter.held());
}

TEST_CASE("fair lock: a cancel that comes behind the grant changes nothing") {
  FairLock lock;
  Hold holder(lock);
  Hold waiter(lock);
  CHECK(holder.acquire().is_done());
  IOResult<Unit> waits = waiter.acquire();
  REQUIRE(waits.is_io());
  holder.release();
  waits.io().cancel();
  CHECK(waiter.acquire().is_done());
  CHECK(waiter.held());
}

TEST_CASE("fair lock: it can be asked for with a deadline") {
  FairLock lock;
  FakeIO io;
  Hold holder(lock);
  Hold waiter(lock);
  CHECK(holder.acquire().is_done());
  Completion pending = with_deadline(io, waiter.request(), Duration(5));
  CHECK(take_finished(pending).is_io());
  SUBCASE("in time") {
    holder.release();
    CHECK(take_finished(pending).is_done());
    CHECK(waiter.held());
    CHECK(io.cancels == 1);
  }
  SUBCASE("too late") {
    io.last().completion.finish(0);
    CHECK(take_finished(pending).error() == IOError::timed_out);
    CHECK_FALSE(waiter.held());
    CHECK(lock.waiting() == 0);
    CHECK(waiter.acquire().is_io());  // the cancel was the deadline's affair
    holder.release();
    CHECK(waiter.held());
  }
}

TEST_CASE("fair lock: a lock that is free finishes a request at once") {
  FairLock lock;
  Hold hold(lock);
  CHECK(hold.request().finished());
  CHECK(hold.held());
  CHECK(hold.request().finished());
}

TEST_CASE("fair lock: whoever is told that it was handed on may release it at once") {
  FairLock lock;
  Hold holder(lock);
  Hold first(lock);
  Hold second(lock);
  CHECK(holder.acquire().is_done());
  CompletionGroup group([&](const Completion&) { first.release(); });
  group.add(first.request());
  const Completion told = group.build();
  CHECK(second.acquire().is_io());
  holder.release();
  CHECK(told.finished());
  CHECK_FALSE(first.held());
  CHECK(second.held());
}

TEST_CASE("fair lock: it may end before those that hold it and wait for it") {
  std::optional<FairLock> lock;
  lock.emplace();
  Hold holder(*lock);
  Hold waiter(*lock);
  Hold idle(*lock);
  CHECK(holder.acquire().is_done());
  CHECK(waiter.acquire().is_io());
  lock.reset();
  CHECK_FALSE(holder.held());
  CHECK(waiter.acquire().is_io());  // for ever
  holder.release();
}

TEST_CASE("fair lock: whoever asks learns who holds what a waiter waits for") {
  FakeObserver observer;
  FairLock lock("log lock");
  Hold holder(lock);
  Hold first(lock);
  Hold second(lock);
  observer.origin = 7;
  CHECK(holder.acquire().is_done());
  observer.origin = 8;
  CHECK(first.acquire().is_io());
  observer.origin = 9;
  IOResult<Unit> waits = second.acquire();
  REQUIRE(waits.is_io());
  const internal::Peek waited(waits.io().completion());
  CHECK(std::string_view(waited.awaited_thing().name) == "log lock");
  CHECK(waited.awaited_thing().is_lock);
  CHECK(waited.awaited_thing().held_by == 7);
  holder.release();
  CHECK(waited.awaited_thing().held_by == 8);
}

TEST_CASE("fair lock: a machine that awaits it is entered again behind it") {
  FairLock lock;
  CompletionPool pool;
  Completion io = pool.make();
  Hold hold(lock);
  const auto machine = [&]() -> IOResult<Unit> {
    RETURN_IF_IO(hold.acquire());
    RETURN_IF_IO(take_finished(io));
    hold.release();
    return Unit{};
  };
  CHECK(machine().is_io());
  CHECK(lock.held());
  io.finish(0);
  CHECK(machine().is_done());
  CHECK_FALSE(lock.held());
}
