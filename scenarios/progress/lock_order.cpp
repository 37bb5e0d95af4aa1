// Two locks, taken in opposite order: each holds what the other waits for.
#include <reprise/reprise.h>

#include <cstdint>
#include <deque>

#include "scenarios/number_file.h"

namespace reprise::progress::lock_order {
namespace {

class Lock {
 public:
  Completion acquire() {
    if (!held_) {
      held_ = true;
      return Completion::done();
    }
    waiting_.push_back(pool_.make());
    return waiting_.back();
  }
  void release() {
    if (waiting_.empty()) {
      held_ = false;
    } else {
      const Completion next = waiting_.front();
      waiting_.pop_front();
      next.finish(0);
    }
  }

 private:
  CompletionPool pool_;
  std::deque<Completion> waiting_;
  bool held_ = false;
};

enum class State : std::uint8_t { lock_first, read, lock_second, write };

// Moves the number of one account to another, with both locked.
struct Transfer {
  NumberFile file;
  Lock& first;
  Lock& second;
  Completion granted = {};
  Tracked<std::uint64_t> number{"number"};
  Tracked<State> state{"state", State::lock_first};

  IOResult<Unit> run() {
    switch (state) {
      case State::lock_first:
        if (!granted) granted = first.acquire();
        if (!granted.finished()) IO_YIELD_ONE(granted);
        granted = {};
        state = State::read;
        [[fallthrough]];
      case State::read:
        number = RETURN_IF_IO(file.read(0));
        state = State::lock_second;
        [[fallthrough]];
      case State::lock_second:
        if (!granted) granted = second.acquire();
        if (!granted.finished()) IO_YIELD_ONE(granted);
        granted = {};
        state = State::write;
        [[fallthrough]];
      case State::write: RETURN_IF_IO(file.write(0, number));
    }
    second.release();
    first.release();
    state = State::lock_first;
    return Unit{};
  }
};

template <bool in_one_order>
void two_transfers(Sim& sim) {
  File& file = sim.open("accounts");
  Lock a;
  Lock b;
  Transfer there{NumberFile(file), a, b};
  Transfer back{NumberFile(file), in_one_order ? a : b, in_one_order ? b : a};
  sim.drive("there", [&] { return there.run(); });
  sim.drive("back", [&] { return back.run(); });
  sim.run();
}

CANARY("progress/lock-order", "deadlock", two_transfers<false>, two_transfers<true>);

}  // namespace
}  // namespace reprise::progress::lock_order
