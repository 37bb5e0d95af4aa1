// All that a scenario's author includes.
//
//   #include <reprise/reprise.h>
//   using namespace reprise;
#pragma once

#include <reprise/core/core.h>         // IWYU pragma: export
#include <reprise/core/coroutine.h>    // IWYU pragma: export
#include <reprise/sim/durable.h>       // IWYU pragma: export
#include <reprise/sim/linearizable.h>  // IWYU pragma: export
#include <reprise/sim/node.h>          // IWYU pragma: export
#include <reprise/sim/scenario.h>      // IWYU pragma: export
#include <reprise/sim/sim.h>           // IWYU pragma: export
#include <reprise/sim/sockets.h>       // IWYU pragma: export
