// A machine with variants, tokens and an await macro of its own, on the simulated disk. After the
// first call of base() nothing waits for I/O any more: it is the yields that Reprise injects at
// TRY_READY which show the bug.
#include "adapter.h"
#include "machine.h"

#include <reprise/reprise.h>

#include <cstdint>

using namespace reprise;

namespace {

using Add = meter::Poll<std::uint64_t> (meter::Meter::*)(std::uint64_t);

template <Add add>
void three_adds(Sim& sim) {
  MeterDevice device(sim.open("meter"));
  meter::Meter meter(device);
  sim.survives({.spurious = true});
  sim.task("client", [&] {
    sim.expect_eq(sim.await([&] { return adapt(meter.base()); }), 0u);
    for (std::uint64_t i = 1; i <= 3; ++i) {
      sim.expect_eq(sim.await([&] { return adapt((meter.*add)(10)); }), 10 * i);
    }
  });
  sim.run();
}

CANARY("foreign-variant/meter", "invariant", three_adds<&meter::Meter::add_hastily>,
       three_adds<&meter::Meter::add>);

}  // namespace

SCENARIO("foreign-variant/driven") {
  MeterDevice device(sim.open("meter"));
  meter::Meter meter(device);
  sim.drive("client", [&] { return adapt(meter.add(10)); });
  sim.run();
}
