// Expect: clean
// Reads of several owners share a completion queue. Who waits reaps the queue until its own read
// is there; who aborts reaps it, too.
#include <reprise/reprise.h>

#include <deque>

using namespace reprise;

struct Handle {
  Buffer buffer = Buffer::allocate(64);
  Completion io = {};
  bool finished = false;
  IOError error = IOError::none;
};

struct Queue {
  File& file;
  CompletionPool pool = {};
  std::deque<Handle*> events = {};
  Completion arrival = {};

  void submit(Handle& handle, std::uint64_t at) {
    handle.io = file.pread(at, handle.buffer, [this, &handle](const Completion& c) {
      handle.error = c.get_error();
      events.push_back(&handle);
      if (arrival) arrival.finish(0);
    });
  }
  IOResult<Unit> poll(Handle& handle) {
    while (!handle.finished) {
      if (events.empty()) {
        if (!arrival || arrival.finished()) arrival = pool.make();
        IO_YIELD_ONE(arrival);
      }
      events.front()->finished = true;
      events.pop_front();
    }
    return Unit{};
  }
  IOResult<Unit> abort(Handle& handle) {
    if (!handle.finished && !handle.io.cancel_requested()) handle.io.cancel();
    while (!handle.finished) {
      if (events.empty()) {
        if (!arrival || arrival.finished()) arrival = pool.make();
        IO_YIELD_ONE(arrival);
      }
      Handle* const event = events.front();
      events.pop_front();
      event->finished = true;
    }
    return Unit{};
  }
};

SCENARIO("public/abort_eats_events") {
  Queue queue{sim.open("table")};
  Handle level0, level1;
  sim.survives({.errors = true});
  sim.task("iterator", [&] {
    queue.submit(level0, 0);
    queue.submit(level1, 4096);
    sim.expect(sim.await([&] { return queue.abort(level0); }).ok(), "it is given up");
    sim.expect(sim.await([&] { return queue.poll(level1); }).ok(), "the other one is read");
  });
  sim.run();
}
