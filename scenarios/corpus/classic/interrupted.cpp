// Classic: "interrupted" means that nothing happened and that it is to be tried again; here it is
// handed on as if the device had failed.
#include <reprise/reprise.h>

#include <cstdint>
#include <utility>

namespace reprise::corpus::interrupted {
namespace {

struct Log {
  File& file;
  Completion pending = {};

  IOResult<Unit> sync_once() {
    if (!pending) pending = file.sync();
    if (!pending.finished()) IO_YIELD_ONE(pending);
    const Completion synced = std::exchange(pending, {});
    if (!synced.succeeded()) return synced.get_error();
    return Unit{};
  }
};

struct HandsItOn : Log {
  IOResult<Unit> sync() { return sync_once(); }
};

struct TriesAgain : Log {
  IOResult<Unit> sync() {
    for (;;) {
      IOResult<Unit> answer = sync_once();
      if (!is_retryable(answer.error())) return answer;
    }
  }
};

template <class Machine>
void sync_twice(Sim& sim) {
  Machine log{{sim.open("log")}};
  sim.survives({.retries = true});
  sim.task("client", [&] {
    for (int i = 0; i < 2; ++i) {
      sim.expect(sim.await([&] { return log.sync(); }).ok(), "the log is synced");
    }
  });
  sim.run();
}

CANARY("corpus/classic/interrupted", "invariant", sync_twice<HandsItOn>, sync_twice<TriesAgain>);

}  // namespace
}  // namespace reprise::corpus::interrupted
