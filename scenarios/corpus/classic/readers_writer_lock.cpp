// Classic: a writer waits until the last reader has gone, and then goes in without looking again. A
// reader that came between its being woken and its turn is still there.
#include <reprise/reprise.h>

#include <cstdint>

#include "scenarios/number_file.h"

namespace reprise::corpus::readers_writer_lock {
namespace {

struct Lock {
  std::uint32_t readers = 0;
  bool writing = false;
  WakeList waiting{"readers and writers"};

  bool is_free() const { return !writing && readers == 0; }
  void end_read() {
    readers -= 1;
    if (readers == 0) waiting.wake_all();
  }
  void end_write() {
    writing = false;
    waiting.wake_all();
  }
};

struct Reader {
  Lock& lock;
  NumberFile page;
  WakeList::Place turn{lock.waiting};
  bool locked = false;

  IOResult<Unit> acquire() {
    if (locked) return Unit{};
    RETURN_IF_IO(turn.until([this] { return !lock.writing; }));
    lock.readers += 1;
    locked = true;
    return Unit{};
  }
  IOResult<std::uint64_t> read() {
    RETURN_IF_IO(acquire());
    IOResult<std::uint64_t> answer = page.read(0);
    if (answer.is_io()) return answer;
    locked = false;
    lock.end_read();
    return answer;
  }
};

struct Writer {
  Lock& lock;
  NumberFile page;
  WakeList::Place turn{lock.waiting};
  bool locked = false;

  void enter() {
    lock.writing = true;
    locked = true;
  }
  IOResult<Unit> write_locked(std::uint64_t number) {
    IOResult<Unit> answer = page.write(0, number);
    if (answer.is_io()) return answer;
    locked = false;
    lock.end_write();
    return answer;
  }
};

struct GoesInWhenWoken : Writer {
  bool waits = false;

  IOResult<Unit> acquire() {
    if (locked) return Unit{};
    waits = waits || !lock.is_free();
    if (waits) RETURN_IF_IO(turn.wait());
    waits = false;
    enter();
    return Unit{};
  }
  IOResult<Unit> write(std::uint64_t number) {
    RETURN_IF_IO(acquire());
    return write_locked(number);
  }
};

struct LooksAgain : Writer {
  IOResult<Unit> acquire() {
    if (locked) return Unit{};
    RETURN_IF_IO(turn.until([this] { return lock.is_free(); }));
    enter();
    return Unit{};
  }
  IOResult<Unit> write(std::uint64_t number) {
    RETURN_IF_IO(acquire());
    return write_locked(number);
  }
};

template <class Machine>
void readers_and_writer(Sim& sim) {
  File& file = sim.open("page");
  Lock lock;
  Reader readers[] = {{lock, NumberFile(file)}, {lock, NumberFile(file)}};
  Machine writer{{lock, NumberFile(file)}};
  sim.survives({.errors = true, .refusals = true});
  for (std::uint32_t i = 0; i < 2; ++i) {
    sim.task("reader", i, [&sim, &reader = readers[i]] {
      for (int n = 0; n < 2; ++n) static_cast<void>(sim.await([&] { return reader.read(); }));
    });
  }
  sim.task("writer", [&] { static_cast<void>(sim.await([&] { return writer.write(1); })); });
  sim.always("nobody reads while the writer writes",
             [&] { return !lock.writing || lock.readers == 0; });
  sim.run();
}

CANARY("corpus/classic/readers-writer-lock", "invariant", readers_and_writer<GoesInWhenWoken>,
       readers_and_writer<LooksAgain>);

}  // namespace
}  // namespace reprise::corpus::readers_writer_lock
