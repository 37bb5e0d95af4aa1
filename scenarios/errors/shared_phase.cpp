// Two commits share a phase: the one that is under way is kept there. The other, which is told
// "busy", resets it on its way out, and the first starts anew where it should go on.
#include <reprise/reprise.h>

#include <cstdint>

#include "scenarios/number_file.h"

namespace reprise::errors::shared_phase {
namespace {

enum class Phase : std::uint8_t { none, write };

struct Log {
  Phase phase = Phase::none;
  const void* committer = nullptr;

  void describe(Archive& archive) const { archive("phase", phase); }
};

struct Commit {
  NumberFile file;
  Log& log;

  bool begin() {
    if (log.phase == Phase::none) {
      log.phase = Phase::write;
      log.committer = this;
    }
    return log.committer == this;
  }
  void reset() {
    log.phase = Phase::none;
    log.committer = nullptr;
  }
};

struct ResetsAlways : Commit {
  IOResult<Unit> commit() {
    const IOResult<Unit> answer = begin() ? file.write(0, 1) : IOResult<Unit>(IOError::busy);
    if (!answer.is_io()) reset();
    return answer;
  }
};

struct ResetsItsOwn : Commit {
  IOResult<Unit> commit() {
    const IOResult<Unit> answer = begin() ? file.write(0, 1) : IOResult<Unit>(IOError::busy);
    if (!answer.is_io() && log.committer == this) reset();
    return answer;
  }
};

template <class Machine>
void commit_together(Sim& sim) {
  Log log;
  Machine first{{NumberFile(sim.open("first")), log}};
  Machine second{{NumberFile(sim.open("second")), log}};
  sim.survives({.errors = true});
  sim.results_depend_on_timing();  // who comes second may be told "busy"
  sim.owned("log", "first", log);
  sim.task("first", [&] { static_cast<void>(sim.await([&] { return first.commit(); })); });
  sim.task("second", [&] { static_cast<void>(sim.await([&] { return second.commit(); })); });
  sim.run();
}

CANARY("errors/shared-phase", "clean-up", commit_together<ResetsAlways>,
       commit_together<ResetsItsOwn>);

}  // namespace
}  // namespace reprise::errors::shared_phase
