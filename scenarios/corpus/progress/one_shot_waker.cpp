// Corpus 79: only a task's own poll reaps what has arrived on a ring. An arrival wakes the task
// when it is the last of its group, counted by what was reaped: with two outstanding neither wakes.
#include <reprise/reprise.h>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace reprise::corpus::one_shot_waker {
namespace {

constexpr std::size_t page_size = 512;
constexpr std::uint32_t pages = 2;

enum class State : std::uint8_t { submit, wait };

// Reads some pages at once through a ring, which is looked at only by polls.
struct Reader {
  File& file;
  WakeList waker{"arrivals"};
  WakeList::Place turn{waker};
  std::uint32_t arrived = 0;
  std::uint32_t outstanding = 0;  // not yet reaped
  IOError error = IOError::none;
  State state = State::submit;

  IOResult<Unit> poll(const CompletionCallback& arrival) {
    if (state == State::submit) {
      outstanding = pages;
      for (std::uint32_t page = 0; page < pages; ++page) {
        file.pread(page * page_size, Buffer::allocate(page_size), arrival);
      }
      state = State::wait;
    }
    RETURN_IF_IO(turn.until([this] { return reap() == 0; }));
    state = State::submit;
    const IOError failed = std::exchange(error, IOError::none);
    if (failed != IOError::none) return failed;
    return Unit{};
  }
  std::uint32_t reap() {
    outstanding -= std::exchange(arrived, 0);
    return outstanding;
  }
  void take(const Completion& read) {
    if (!read.succeeded()) error = read.get_error();
    arrived += 1;
  }
};

struct WakesForTheLast : Reader {
  IOResult<Unit> read() {
    return poll([this](const Completion& read) {
      take(read);
      if (outstanding == 1) waker.wake_all();
    });
  }
};

struct WakesForEach : Reader {
  IOResult<Unit> read() {
    return poll([this](const Completion& read) {
      take(read);
      waker.wake_all();
    });
  }
};

template <class Machine>
void read_twice(Sim& sim) {
  Machine reader{{sim.open("pages")}};
  sim.survives({.errors = true, .refusals = true});
  sim.task("client", [&] {
    for (int i = 0; i < 2; ++i) static_cast<void>(sim.await([&] { return reader.read(); }));
  });
  sim.run();
}

CANARY("corpus/progress/one-shot-waker", "deadlock", read_twice<WakesForTheLast>,
       read_twice<WakesForEach>);

}  // namespace
}  // namespace reprise::corpus::one_shot_waker
