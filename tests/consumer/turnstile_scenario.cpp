#include <reprise/reprise.h>

#include <cstdint>

#include "turnstile.h"

using namespace reprise;

namespace {

template <bool counts_too_early>
void three_pass(Sim& sim) {
  Turnstile turnstile(sim.open("turnstile"), counts_too_early);
  sim.task("visitor", [&] {
    for (std::uint32_t i = 1; i <= 3; ++i) {
      sim.expect_eq(sim.await([&] { return turnstile.pass(); }), i);
    }
  });
  sim.run();
}

}  // namespace

CANARY("turnstile", "double-mutation", three_pass<true>, three_pass<false>);
