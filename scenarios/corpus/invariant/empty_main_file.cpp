// Corpus 70: commits go to the log alone until the first checkpoint. Opened again before that, the
// store sees an empty main file, takes itself for a new one, and begins with an empty log.
#include <reprise/reprise.h>

#include <cstdint>
#include <utility>

#include "scenarios/number_file.h"

namespace reprise::corpus::empty_main_file {
namespace {

constexpr std::uint64_t file_mark = 0x52455052;
enum class State : std::uint8_t { closed, mark, mark_sync, recover, cut, open };

struct Store {
  File& main;
  File& log;
  NumberFile main_numbers;
  NumberFile log_numbers;
  Completion pending = {};
  std::uint64_t commits = 0;
  bool written = false;  // by the commit under way
  State state = State::closed;

  bool is_new() const { return main.size().value() == 0; }

  IOResult<Unit> cut_log() {
    if (!pending) pending = log.truncate(0);
    if (!pending.finished()) IO_YIELD_ONE(pending);
    const Completion cut = std::exchange(pending, {});
    if (!cut.succeeded()) return cut.get_error();
    return Unit{};
  }
  IOResult<Unit> recover() {
    while (RETURN_IF_IO(log_numbers.read(commits)) != 0) commits += 1;
    return Unit{};
  }
  IOResult<Unit> commit(std::uint64_t number) {
    if (!written) {
      RETURN_IF_IO(log_numbers.write(commits, number));
      written = true;
    }
    RETURN_IF_IO(log_numbers.sync());
    written = false;
    commits += 1;
    return Unit{};
  }
};

struct LeavesMainEmpty : Store {
  IOResult<Unit> open() {
    if (state == State::closed) state = is_new() ? State::cut : State::recover;
    if (state == State::cut) RETURN_IF_IO(cut_log());
    if (state == State::recover) RETURN_IF_IO(recover());
    state = State::open;
    return Unit{};
  }
};

struct MarksMain : Store {
  IOResult<Unit> open() {
    if (state == State::closed) state = is_new() ? State::cut : State::recover;
    if (state == State::cut) {
      RETURN_IF_IO(cut_log());
      state = State::mark;
    }
    if (state == State::mark) {
      RETURN_IF_IO(main_numbers.write(0, file_mark));
      state = State::mark_sync;
    }
    if (state == State::mark_sync) RETURN_IF_IO(main_numbers.sync());
    if (state == State::recover) RETURN_IF_IO(recover());
    state = State::open;
    return Unit{};
  }
};

template <class Machine>
void commit_and_open_again(Sim& sim) {
  File& main = sim.open("main");
  File& log = sim.open("log");
  const auto store = [&] { return Machine{{main, log, NumberFile(main), NumberFile(log)}}; };
  sim.task("client", [&] {
    Machine first = store();
    sim.expect(sim.await([&] { return first.open(); }).ok(), "the store is opened");
    sim.expect(sim.await([&] { return first.commit(7); }).ok(), "a number is committed");
    Machine second = store();
    sim.expect(sim.await([&] { return second.open(); }).ok(), "the store is opened again");
    sim.expect_eq(second.commits, first.commits);
  });
  sim.run();
}

CANARY("corpus/invariant/empty-main-file", "invariant", commit_and_open_again<LeavesMainEmpty>,
       commit_and_open_again<MarksMain>);

}  // namespace
}  // namespace reprise::corpus::empty_main_file
