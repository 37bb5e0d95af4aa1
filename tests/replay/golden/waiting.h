// Golden scenarios of machines that wait with core's own locks.
#pragma once

#include <reprise/reprise.h>

#include <utility>

namespace reprise::golden {

struct LockedTransfer {
  LockedTransfer(FairLock& its_from, FairLock& its_to) : from(its_from), to(its_to) {}

  IOResult<Unit> run() {
    RETURN_IF_IO(from.acquire());
    if (!std::exchange(has_begun, true)) IO_YIELD_ONE(Completion::yield());
    RETURN_IF_IO(to.acquire());
    to.release();
    from.release();
    return Unit{};
  }

  FairLock::Hold from;
  FairLock::Hold to;
  bool has_begun = false;
};

inline void fair_lock(Sim& sim) {
  FairLock a("account a");
  FairLock b("account b");
  LockedTransfer there(a, b);
  LockedTransfer back(b, a);
  sim.drive("there", [&] { return there.run(); });
  sim.drive("back", [&] { return back.run(); });
  sim.run();
}

// Whoever comes first takes it, and nobody waits in line.
struct Turnstile {
  WakeList wakes{"turnstile"};
  bool is_free = false;

  IOResult<Unit> pass(WakeList::Place& place) {
    RETURN_IF_IO(place.until([&] { return is_free; }));
    return Unit{};
  }
};

inline void starvation(Sim& sim) {
  Turnstile turnstile;
  WakeList::Place place{turnstile.wakes};
  sim.task("patient", [&] { (void)sim.await([&] { return turnstile.pass(place); }); });
  sim.task("greedy", [&] {
    for (int i = 0; i < 2000; ++i) {
      turnstile.wakes.wake_all();
      sim.yield();
    }
    turnstile.is_free = true;
    turnstile.wakes.wake_all();
  });
  sim.run();
}

struct Header {
  explicit Header(File& its_file) : file(its_file) {}

  IOResult<Unit> load() {
    if (!reading) reading = file.pread(0, bytes);
    const bool is_new = reading.result() == 0;  // or not read yet
    if (!reading.finished()) IO_YIELD_ONE(reading);
    if (!reading.succeeded() || !is_new) return IOError::corrupt;
    return Unit{};
  }

  File& file;
  Buffer bytes = Buffer::allocate(8);
  Completion reading = {};
};

inline void early_result(Sim& sim) {
  Header header(sim.open("header"));
  sim.drive("opener", [&] { return header.load(); });
  sim.run();
}

}  // namespace reprise::golden
