// A scenario over a machine in C, compiled with a flag.
#include <reprise/reprise.h>

#ifndef STEPS
#define STEPS 0
#endif

extern "C" int step_count(void);

SCENARIO("file/mixed") {
  sim.expect_eq(step_count(), STEPS);
  sim.finally("the flag was given", [] { return STEPS > 0; });
  sim.run();
}
