// Corpus 77: a statement drives a nested one, and has itself woken when what that waits for has
// finished. An explicit yield carries no I/O: nobody is told of its end, and the statement sleeps
// for ever.
#include <reprise/reprise.h>

#include <cstdint>
#include <utility>

#include "scenarios/number_file.h"

namespace reprise::corpus::yield_bridged {
namespace {

// Wakes the outer statement when the nested one may go on.
class Bridge final : public internal::Waiter {
 public:
  Completion over(const Completion& nested) {
    wake_ = pool_.make();
    const Completion wake = wake_;
    nested.add_waiter(*this);
    return wake;
  }
  void completion_finished(const Completion&) override { std::exchange(wake_, {}).finish(0); }

 private:
  CompletionPool pool_;
  Completion wake_;
};

// Lets others run before each row that it looks up.
struct Lookup {
  NumberFile table;
  bool has_yielded = false;

  IOResult<std::uint64_t> run(std::uint64_t row) {
    if (!std::exchange(has_yielded, true)) IO_YIELD_ONE(Completion::yield());
    const std::uint64_t number = RETURN_IF_IO(table.read(row));
    has_yielded = false;
    return number;
  }
};

struct Statement {
  Lookup nested;
  Bridge bridge = {};
};

struct BridgesAll : Statement {
  IOResult<std::uint64_t> run(std::uint64_t row) {
    IOResult<std::uint64_t> answer = nested.run(row);
    if (answer.is_io()) return bridge.over(answer.io().completion());
    return answer;
  }
};

struct HandsYieldsOn : Statement {
  IOResult<std::uint64_t> run(std::uint64_t row) {
    IOResult<std::uint64_t> answer = nested.run(row);
    if (answer.is_io() && !answer.io().is_explicit_yield()) {
      return bridge.over(answer.io().completion());
    }
    return answer;
  }
};

template <class Machine>
void two_rows(Sim& sim) {
  Machine statement{{Lookup{NumberFile(sim.open("table"))}}};
  sim.survives({.errors = true, .refusals = true});
  sim.task("client", [&] {
    for (std::uint64_t row = 0; row < 2; ++row) {
      static_cast<void>(sim.await([&] { return statement.run(row); }));
    }
  });
  sim.run();
}

CANARY("corpus/progress/yield-bridged", "deadlock", two_rows<BridgesAll>, two_rows<HandsYieldsOn>);

}  // namespace
}  // namespace reprise::corpus::yield_bridged
