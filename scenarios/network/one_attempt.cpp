// A client has something to deliver and gives up when it cannot connect. Connections are refused
// and time out; the mended one tries again a little later.
#include "scenarios/network/talk.h"

#include <reprise/reprise.h>

#include <chrono>
#include <memory>
#include <string>

namespace reprise::network::one_attempt {
namespace {

template <bool tries_again>
void deliver(Sim& sim) {
  sim.survives({.connections = true});
  const std::unique_ptr<Listener> door = std::move(sim.io().listen(":7000")).value();
  std::string delivered;
  sim.task("server", [&] {
    while (delivered != "parcel") {
      const std::unique_ptr<Stream> client = accept(sim, sim.io(), *door);
      delivered = receive(sim, *client, 6);
    }
  });
  sim.task("client", [&] {
    while (delivered != "parcel") {
      const std::unique_ptr<Stream> server = connect(sim, sim.io(), ":7000");
      if (server != nullptr && send_all(sim, *server, "parcel")) {
        receive(sim, *server, 1);  // until the server closes
      } else if (!tries_again) {
        return;
      }
      sim.sleep(std::chrono::milliseconds(1));
    }
  });
  sim.finally("the parcel is delivered", [&] { return delivered == "parcel"; });
  sim.run();
}

CANARY("network/one-attempt", "invariant", deliver<false>, deliver<true>);

}  // namespace
}  // namespace reprise::network::one_attempt
