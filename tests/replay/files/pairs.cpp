// A scenario and a canary pair, to be compiled by the program under test.
#include <reprise/reprise.h>

using namespace reprise;

namespace {

void wrong(Sim& sim) {
  sim.finally("holds", [] { return false; });
  sim.run();
}

void right(Sim& sim) { sim.run(); }

}  // namespace

SCENARIO("file/clean") { sim.run(); }
CANARY("file/pair", "invariant", wrong, right);
