#include <reprise/reprise.h>

#include <cstdint>

#include "turnstile.h"

using namespace reprise;

namespace {

void three_pass(World& sim, bool counts_too_early) {
  File& file = sim.open("turnstile");
  Turnstile turnstile(file, counts_too_early);
  sim.task("visitor", [&] {
    for (std::uint32_t i = 1; i <= 3; ++i) {
      sim.expect_eq(sim.await([&] { return turnstile.pass(); }), i);
    }
  });
  sim.run();
}

}  // namespace

SCENARIO("turnstile/mended") { three_pass(sim, false); }
SCENARIO("turnstile/broken") { three_pass(sim, true); }
