// A machine within a machine. The change before the yield may stand in the inner one, deep below
// the call that is entered again, or in the outer one, which only passes on the inner one's yield.
#include <reprise/reprise.h>

#include <cstdint>

#include "scenarios/number_file.h"

namespace reprise::reentry::nested {
namespace {

struct Deposit {
  NumberFile file;
  Tracked<std::uint64_t> balance{"balance"};

  IOResult<Unit> step(std::uint64_t amount) {
    RETURN_IF_IO(file.write(0, balance + amount));
    balance += amount;
    return Unit{};
  }
};

struct EagerDeposit : Deposit {
  IOResult<Unit> step(std::uint64_t amount) {
    balance += amount;
    RETURN_IF_IO(file.write(0, balance));
    return Unit{};
  }
};

template <class Inner>
struct Teller {
  Inner inner;
  Tracked<std::uint64_t> served{"served"};

  IOResult<std::uint64_t> serve(std::uint64_t amount) {
    RETURN_IF_IO(inner.step(amount));
    served += 1;
    return inner.balance;
  }
};

struct EagerTeller : Teller<Deposit> {
  IOResult<std::uint64_t> serve(std::uint64_t amount) {
    served += 1;
    RETURN_IF_IO(inner.step(amount));
    return inner.balance;
  }
};

template <class Machine, class Inner>
void serve_two(Sim& sim) {
  Machine teller{{Inner{{NumberFile(sim.open("account"))}}}};
  sim.task("customer", [&] {
    sim.expect_eq(sim.await([&] { return teller.serve(5); }), 5u);
    sim.expect_eq(sim.await([&] { return teller.serve(3); }), 8u);
    sim.expect_eq(teller.served, 2u);
  });
  sim.run();
}

CANARY("reentry/nested-inner", "double-mutation", (serve_two<Teller<EagerDeposit>, EagerDeposit>),
       (serve_two<Teller<Deposit>, Deposit>));
CANARY("reentry/nested-outer", "double-mutation", (serve_two<EagerTeller, Deposit>),
       (serve_two<Teller<Deposit>, Deposit>));

}  // namespace
}  // namespace reprise::reentry::nested
