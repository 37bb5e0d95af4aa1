#include <reprise/core/completion_pool.h>
#include <reprise/core/deadline.h>

#include "tests/support/fake_canceller.h"

#include <doctest/doctest.h>

#include <chrono>
#include <vector>

using namespace reprise;
using reprise::tests::FakeCanceller;

namespace {

// A clock whose timers fire when the test says so.
class FakeClock final : public IO {
 public:
  OpenResult open(std::string_view, OpenOptions) override { return IOError::not_found; }
  Instant now() const override { return {}; }
  Completion submit(IORequest&& request) override {
    delays.push_back(request.delay);
    timer = refuses ? pool.refused(IOError::no_memory) : pool.make({}, &canceller);
    return timer;
  }

  bool refuses = false;
  std::vector<Duration> delays;
  Completion timer;
  FakeCanceller canceller{FakeCanceller::Answer::cancelled};
  CompletionPool pool;
};

constexpr Duration limit = std::chrono::milliseconds(3);

}  // namespace

TEST_CASE("deadline: an I/O in time gives its own result and the timer is cancelled") {
  FakeClock clock;
  const Completion io = clock.pool.make();
  const Completion guarded = with_deadline(clock, io, limit);
  CHECK(clock.delays == std::vector<Duration>{limit});
  CHECK_FALSE(guarded.finished());
  io.finish(512);
  CHECK(guarded.succeeded());
  CHECK(guarded.result() == 512);
  CHECK_FALSE(CompletionGroup::timed_out(guarded));
  CHECK(clock.timer.get_error() == IOError::cancelled);
  CHECK(guarded.drained());
}

TEST_CASE("deadline: an I/O that fails in time gives its own error") {
  FakeClock clock;
  const Completion io = clock.pool.make();
  const Completion guarded = with_deadline(clock, io, limit);
  io.fail(IOError::timed_out);  // the device's own
  CHECK(guarded.get_error() == IOError::timed_out);
  CHECK_FALSE(CompletionGroup::timed_out(guarded));
}

TEST_CASE(
    "deadline: when it passes the I/O is cancelled and keeps its buffer until its last word") {
  FakeClock clock;
  FakeCanceller device;
  Buffer page = Buffer::allocate(512);
  // What a device does: it holds the buffer until it finishes.
  Buffer held = page;
  const Completion io = clock.pool.make({}, &device);
  const Completion guarded = with_deadline(clock, io, limit);
  clock.timer.finish(0);
  CHECK(guarded.get_error() == IOError::timed_out);
  CHECK(CompletionGroup::timed_out(guarded));
  CHECK(guarded.result() == 0);
  CHECK(device.asked == 1);
  const Completion last_word = CompletionGroup::drain(guarded);
  CHECK_FALSE(last_word.finished());
  CHECK(page.use_count() == 2);
  held = {};
  io.finish(512);
  CHECK(last_word.finished());
  CHECK(CompletionGroup::timed_out(guarded));
}

TEST_CASE("deadline: what has finished already is given back and no timer is started") {
  FakeClock clock;
  const Completion io = clock.pool.make();
  io.finish(1);
  int calls = 0;
  const Completion guarded = with_deadline(clock, io, limit, [&](const Completion&) { ++calls; });
  CHECK(guarded == io);
  CHECK(calls == 1);
  CHECK(clock.delays.empty());
  CHECK_FALSE(CompletionGroup::timed_out(guarded));
}

TEST_CASE("deadline: its callback runs once") {
  FakeClock clock;
  int calls = 0;
  const Completion io = clock.pool.make();
  const Completion guarded = with_deadline(clock, io, limit, [&](const Completion& completion) {
    ++calls;
    CHECK(CompletionGroup::timed_out(completion));
  });
  clock.timer.finish(0);
  io.finish(1);
  CHECK(calls == 1);
}

TEST_CASE("deadline: a timer that is refused ends the wait with its error") {
  FakeClock clock;
  clock.refuses = true;
  const Completion io = clock.pool.make();
  const Completion guarded = with_deadline(clock, io, limit);
  CHECK(guarded.get_error() == IOError::no_memory);
  CHECK_FALSE(CompletionGroup::timed_out(guarded));
  CHECK(io.cancel_requested());
  io.finish(0);
}

TEST_CASE("deadline: of a group it is one deadline") {
  FakeClock clock;
  CompletionGroup both;
  const Completion a = clock.pool.make();
  const Completion b = clock.pool.make();
  both.add(a);
  both.add(b);
  const Completion guarded = with_deadline(clock, both.build(), limit);
  a.finish(1);
  clock.timer.finish(0);
  CHECK(CompletionGroup::timed_out(guarded));
  CHECK(b.cancel_requested());
  b.finish(1);
  CHECK(guarded.drained());
}

TEST_CASE("deadline: a group that has finished before the timer was no timeout") {
  CompletionPool pool;
  CHECK_FALSE(CompletionGroup::timed_out(Completion::done()));
  CHECK_FALSE(CompletionGroup::timed_out(pool.refused(IOError::timed_out)));
}
