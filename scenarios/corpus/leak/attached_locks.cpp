// Corpus 50: a transaction holds read and write locks of an attached database. Both ways on which
// its commit is done give back the write locks only.
#include <reprise/reprise.h>

#include <cstdint>

#include "scenarios/number_file.h"

namespace reprise::corpus::attached_locks {
namespace {

struct Attached {
  std::uint32_t readers = 0;
  std::uint32_t writers = 0;
};

enum class State : std::uint8_t { begin, log, sync };

struct Session {
  NumberFile log;
  Attached attached = {};
  State state = State::begin;

  void begin(bool writes) {
    attached.readers += 1;
    if (writes) attached.writers += 1;
    state = State::log;
  }
  void roll_back() {
    log.reset();
    if (state != State::begin) attached = {};
    state = State::begin;
  }
};

struct ReleasesTheWriters : Session {
  Unit commit_is_done() {
    attached.writers = 0;
    state = State::begin;
    return Unit{};
  }
};

struct ReleasesAll : Session {
  Unit commit_is_done() {
    attached.writers = 0;
    attached.readers = 0;
    state = State::begin;
    return Unit{};
  }
};

template <class Base>
struct Transaction : Base {
  IOResult<Unit> run(bool writes) {
    IOResult<Unit> answer = steps(writes);
    if (answer.is_err()) Base::roll_back();
    return answer;
  }
  IOResult<Unit> steps(bool writes) {
    switch (Base::state) {
      case State::begin: Base::begin(writes); [[fallthrough]];
      case State::log:
        if (!writes) return Base::commit_is_done();
        RETURN_IF_IO(Base::log.write(0, 1));
        Base::state = State::sync;
        [[fallthrough]];
      case State::sync: RETURN_IF_IO(Base::log.sync());
    }
    return Base::commit_is_done();
  }
};

template <class Machine>
void write_and_read(Sim& sim) {
  Transaction<Machine> session{{{NumberFile(sim.open("log"))}}};
  sim.survives(
      {.errors = true, .refusals = true, .abandons = true, .contract = ErrorContract::either});
  sim.task("client", [&] {
    const AwaitOptions options{.abandon = [&] { session.roll_back(); },
                               .abort = [&](IOError) { session.roll_back(); }};
    static_cast<void>(sim.await([&] { return session.run(true); }, options));
    static_cast<void>(sim.await([&] { return session.run(false); }, options));
  });
  sim.held("write locks", [&] { return session.attached.writers; });
  sim.held("read locks", [&] { return session.attached.readers; });
  sim.run();
}

CANARY("corpus/leak/attached-locks", "leak", write_and_read<ReleasesTheWriters>,
       write_and_read<ReleasesAll>);

}  // namespace
}  // namespace reprise::corpus::attached_locks
