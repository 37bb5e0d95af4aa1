#include <reprise/core/back_end/timers.h>

#include <doctest/doctest.h>
#include <reprise/core/deadline.h>

#include <chrono>
#include <vector>

#include "tests/support/back_ends.h"
#include "tests/support/temporary_folder.h"

using namespace reprise;
using namespace reprise::tests;
using namespace std::chrono_literals;

TEST_CASE_TEMPLATE("back end: timers are never early and keep their order", Kind, PosixBackEnd,
                   UringBackEnd) {
  const auto io = make_back_end<Kind>();
  if (!io) return;
  std::vector<int> order;
  for (const int delay : {7, 3, 9, 0, 5, 3, 1}) {
    const Instant due = io->now() + std::chrono::milliseconds(delay);
    io->timer(std::chrono::milliseconds(delay), [&, due, delay](const Completion& timer) {
      CHECK(timer.succeeded());
      CHECK(io->now() >= due);
      order.push_back(delay);
    });
  }
  CHECK(order.empty());
  CHECK(io->in_flight() == 7);
  drain(*io);
  CHECK(order == std::vector<int>{0, 1, 3, 3, 5, 7, 9});
}

TEST_CASE_TEMPLATE("back end: a timer of less than nothing is due at once", Kind, PosixBackEnd,
                   UringBackEnd) {
  const auto io = make_back_end<Kind>();
  if (!io) return;
  const Completion timer = io->timer(-1h);
  io->turn(BackEnd::Wait::no);
  CHECK(timer.succeeded());
}

TEST_CASE_TEMPLATE("back end: a cancelled timer has finished and others are as they were", Kind,
                   PosixBackEnd, UringBackEnd) {
  const auto io = make_back_end<Kind>();
  if (!io) return;
  std::vector<Completion> timers;
  for (int i = 0; i < 100; ++i)
    timers.push_back(io->timer(std::chrono::microseconds(i * 37 % 100)));
  const Completion late = io->timer(1h);
  late.cancel();
  CHECK(late.get_error() == IOError::cancelled);
  for (std::size_t i = 0; i < 100; i += 3) timers[i].cancel();
  drain(*io);
  for (std::size_t i = 0; i < 100; ++i) CHECK(timers[i].succeeded() == (i % 3 != 0));
}

TEST_CASE_TEMPLATE("back end: a deadline ends a wait and an I/O in time ends its timer", Kind,
                   PosixBackEnd, UringBackEnd) {
  const auto io = make_back_end<Kind>();
  if (!io) return;
  const TemporaryFolder folder;
  const auto file = open_at(*io, folder / "f");
  const Completion late = with_deadline(*io, io->timer(1h), 1ms);
  CHECK(finish(*io, late) == IOError::timed_out);
  const Completion in_time = with_deadline(*io, file->pwrite(0, bytes_of("x")), 1h);
  CHECK(finish(*io, in_time) == IOError::none);
  drain(*io);
}

TEST_CASE("timers: a timer that a callback adds waits for the next time") {
  CompletionPool pool;
  internal::Timers timers(pool);
  int calls = 0;
  timers.add({5}, [&](const Completion&) {
    ++calls;
    timers.add({1}, [&](const Completion&) { ++calls; });
  });
  CHECK_FALSE(timers.finish_due({4}));
  CHECK(timers.finish_due({5}));
  CHECK(calls == 1);
  CHECK(timers.next_deadline() == Instant{1});
  CHECK(timers.finish_due({5}));
  CHECK(calls == 2);
  CHECK_FALSE(timers.next_deadline().has_value());
}
