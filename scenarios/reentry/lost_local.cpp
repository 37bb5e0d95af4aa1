// What a machine knows over a yield must be in the machine. A local variable is a new one in the
// next entry, and an argument looked up before the yield may be another one after it.
#include <reprise/reprise.h>

#include <cstdint>
#include <vector>

#include "scenarios/number_file.h"

namespace reprise::reentry::lost_local {
namespace {

// --- A result in a local ---

enum class State : std::uint8_t { write, sync };

struct Log {
  NumberFile file;
  Tracked<std::uint64_t> end{"end"};
  Tracked<std::uint64_t> place{"place"};
  Tracked<State> state{"state", State::write};
};

struct KeepsInLocal : Log {
  IOResult<std::uint64_t> append(std::uint64_t number) {
    std::uint64_t written_at = 0;
    switch (state) {
      case State::write:
        RETURN_IF_IO(file.write(end, number));
        written_at = end;
        end += 1;
        state = State::sync;
        [[fallthrough]];
      case State::sync: RETURN_IF_IO(file.sync());
    }
    state = State::write;
    return written_at;
  }
};

struct KeepsInMachine : Log {
  IOResult<std::uint64_t> append(std::uint64_t number) {
    switch (state) {
      case State::write:
        RETURN_IF_IO(file.write(end, number));
        place = end;
        end += 1;
        state = State::sync;
        [[fallthrough]];
      case State::sync: RETURN_IF_IO(file.sync());
    }
    state = State::write;
    return place;
  }
};

template <class Machine>
void append_two(Sim& sim) {
  Machine log{{NumberFile(sim.open("log"))}};
  sim.task("client", [&] {
    for (std::uint64_t number = 1; number <= 2; ++number) {
      sim.expect(sim.await([&] { return log.append(number); }).ok(), "the number is appended");
    }
  });
  sim.run();
}

CANARY("reentry/lost-local", "schedule-equivalence", append_two<KeepsInLocal>,
       append_two<KeepsInMachine>);

// --- An argument looked up again ---

enum class Move : std::uint8_t { save, sync };

// Merges the last page of a path into its parent: the page before it.
struct Path {
  NumberFile file;
  Tracked<std::vector<std::uint64_t>> pages{"pages", {1, 2, 3}};
  Tracked<std::vector<std::uint64_t>> merged{"merged"};
  Tracked<std::uint64_t> page{"page"};
  Tracked<Move> move{"move", Move::save};

  // Goes up one page.
  IOResult<Unit> up() {
    switch (move) {
      case Move::save:
        RETURN_IF_IO(file.write(0, pages->size()));
        pages.pop_back();
        move = Move::sync;
        [[fallthrough]];
      case Move::sync: RETURN_IF_IO(file.sync());
    }
    move = Move::save;
    return Unit{};
  }
};

struct LooksAgain : Path {
  IOResult<std::uint64_t> merge() {
    const std::uint64_t child = pages->back();
    RETURN_IF_IO(up());
    merged.push_back(child);
    return child;
  }
};

struct Remembers : Path {
  IOResult<std::uint64_t> merge() {
    if (page == 0) page = pages->back();
    RETURN_IF_IO(up());
    merged.push_back(page);
    return page.take();
  }
};

template <class Machine>
void merge_one(Sim& sim) {
  Machine path{{NumberFile(sim.open("pages"))}};
  sim.task("client",
           [&] { sim.expect(sim.await([&] { return path.merge(); }).ok(), "the page is merged"); });
  sim.observe("merged", path.merged);
  sim.run();
}

CANARY("reentry/looked-up-again", "schedule-equivalence", merge_one<LooksAgain>,
       merge_one<Remembers>);

}  // namespace
}  // namespace reprise::reentry::lost_local
