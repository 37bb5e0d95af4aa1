// Corpus 88: a transaction spills a page into the log, which moves its own position on but not the
// shared one; the commit starts again from the shared position, and writes over the spilled frame.
#include <reprise/reprise.h>

#include <cstdint>
#include <map>

#include "scenarios/number_file.h"

namespace reprise::corpus::spilled_frames {
namespace {

struct Log {
  std::uint64_t end = 0;  // of what is committed
  std::map<std::uint64_t, std::uint64_t> frame_of_page = {};
};

enum class State : std::uint8_t { prepare, append };

struct Transaction {
  Log& log;
  NumberFile file;
  std::uint64_t end = 0;  // of what this transaction has written
  bool unpublished = false;
  State state = State::prepare;

  IOResult<Unit> append(std::uint64_t page) {
    RETURN_IF_IO(file.write(end, page));
    log.frame_of_page[page] = end;
    end += 1;
    return Unit{};
  }
  IOResult<std::uint64_t> read(std::uint64_t page) {
    const std::uint64_t content = RETURN_IF_IO(file.read(log.frame_of_page[page]));
    return content;
  }
  void prepare() {
    if (!unpublished) end = log.end;
    state = State::append;
  }
  IOResult<Unit> commit(std::uint64_t page) {
    if (state == State::prepare) prepare();
    RETURN_IF_IO(append(page));
    log.end = end;
    unpublished = false;
    state = State::prepare;
    return Unit{};
  }
};

struct SpillsUnmarked : Transaction {
  IOResult<Unit> spill(std::uint64_t page) {
    if (state == State::prepare) prepare();
    RETURN_IF_IO(append(page));
    state = State::prepare;
    return Unit{};
  }
};

struct MarksTheSpill : Transaction {
  IOResult<Unit> spill(std::uint64_t page) {
    if (state == State::prepare) prepare();
    RETURN_IF_IO(append(page));
    unpublished = true;
    state = State::prepare;
    return Unit{};
  }
};

template <class Machine>
void commit_two_pages(Sim& sim) {
  Log log;
  Machine transaction{{log, NumberFile(sim.open("log"))}};
  sim.task("client", [&] {
    const bool cache_is_full = sim.flip("the cache is full");
    if (cache_is_full) {
      sim.expect(sim.await([&] { return transaction.spill(5); }).ok(), "the page is spilled");
    }
    sim.expect(sim.await([&] { return transaction.commit(6); }).ok(), "the commit ends well");
    if (cache_is_full) sim.expect_eq(sim.await([&] { return transaction.read(5); }), 5u);
    sim.expect_eq(sim.await([&] { return transaction.read(6); }), 6u);
  });
  sim.run();
}

CANARY("corpus/invariant/spilled-frames", "invariant", commit_two_pages<SpillsUnmarked>,
       commit_two_pages<MarksTheSpill>);

}  // namespace
}  // namespace reprise::corpus::spilled_frames
