// Corpus 86: a checkpoint copies the frames that no reader needs, and then looks at the readers
// again: the last one has left meanwhile, so the whole log is cut, with the frames not copied.
#include <reprise/reprise.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "scenarios/number_file.h"

namespace reprise::corpus::truncate_checkpoint {
namespace {

struct Log {
  std::vector<std::uint64_t> frames = {10, 20};
  std::multiset<std::size_t> readers = {};  // how many frames each of them sees
};

enum class State : std::uint8_t { begin, read };

struct Reader {
  Log& log;
  NumberFile database;
  std::size_t sees = 1;  // began before the newest frame was there
  State state = State::begin;

  IOResult<Unit> read() {
    if (state == State::begin) {
      log.readers.insert(sees);
      state = State::read;
    }
    RETURN_IF_IO(database.read(0));
    log.readers.erase(log.readers.find(sees));
    state = State::begin;
    return Unit{};
  }
};

enum class Step : std::uint8_t { begin, copy };

struct Checkpoint {
  Log& log;
  NumberFile file;
  std::set<std::uint64_t> database = {};  // the frames that are in it
  std::size_t limit = 0;
  std::size_t copied = 0;
  Step step = Step::begin;

  IOResult<Unit> copy() {
    if (step == Step::begin) {
      limit = log.readers.empty() ? log.frames.size() : *log.readers.begin();
      copied = 0;
      step = Step::copy;
    }
    for (; copied < limit; ++copied) {
      RETURN_IF_IO(file.write(copied, log.frames[copied]));
      database.insert(log.frames[copied]);
    }
    return Unit{};
  }
};

struct CutsIfNobodyReads : Checkpoint {
  IOResult<Unit> run() {
    RETURN_IF_IO(copy());
    step = Step::begin;
    if (log.readers.empty()) log.frames.clear();
    return Unit{};
  }
};

struct CutsIfAllIsCopied : Checkpoint {
  IOResult<Unit> run() {
    RETURN_IF_IO(copy());
    step = Step::begin;
    if (log.readers.empty() && copied == log.frames.size()) log.frames.clear();
    return Unit{};
  }
};

template <class Machine>
void checkpoint_beside_reader(Sim& sim) {
  File& file = sim.open("database");
  Log log;
  Reader reader{log, NumberFile(file)};
  Machine checkpoint{{log, NumberFile(file)}};
  sim.reads_may_race_writes();  // a copied frame is the same as the one in the log
  sim.task("reader", [&] {
    sim.expect(sim.await([&] { return reader.read(); }).ok(), "the read ends well");
  });
  sim.task("checkpointer", [&] {
    sim.expect(sim.await([&] { return checkpoint.run(); }).ok(), "the checkpoint ends well");
  });
  sim.always("what is committed is in the log or in the database", [&] {
    return std::ranges::all_of(std::vector<std::uint64_t>{10, 20}, [&](std::uint64_t page) {
      return checkpoint.database.contains(page) ||
             std::ranges::find(log.frames, page) != log.frames.end();
    });
  });
  sim.run();
}

CANARY("corpus/invariant/truncate-checkpoint", "invariant",
       checkpoint_beside_reader<CutsIfNobodyReads>, checkpoint_beside_reader<CutsIfAllIsCopied>);

}  // namespace
}  // namespace reprise::corpus::truncate_checkpoint
