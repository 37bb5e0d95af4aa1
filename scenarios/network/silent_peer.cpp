// A server waits for what its client says next, without a limit. A client whose computer has lost
// its power says nothing more, not even that it is gone, and the server waits for ever. The mended
// one gives up after a while.
#include "scenarios/network/talk.h"

#include <reprise/core/deadline.h>
#include <reprise/reprise.h>

#include <chrono>
#include <memory>

namespace reprise::network::silent_peer {
namespace {

template <bool has_limit>
void serve(Sim& sim) {
  Sim::Node server = sim.node("server");
  Sim::Node client = sim.node("client");
  client.recovers([] {});
  const std::unique_ptr<Listener> door = std::move(server.io().listen(":7000")).value();
  server.task("serve", [&] {
    const std::unique_ptr<Stream> stream = accept(sim, server.io(), *door);
    const Buffer bytes = Buffer::allocate(4);
    const Completion next = stream->recv(bytes);
    if (has_limit) {
      const Completion either = with_deadline(server.io(), next, std::chrono::seconds(30));
      static_cast<void>(sim.wait(either));
      stream->close().ignore();
    } else {
      static_cast<void>(sim.wait(next));
    }
  });
  client.task("ask", [&] {
    const std::unique_ptr<Stream> stream = connect(sim, client.io(), "server:7000");
    sim.sleep(std::chrono::seconds(1));
    send_all(sim, *stream, "next");
  });
  sim.run();
}

CANARY("network/silent-peer", "deadlock", serve<false>, serve<true>);

}  // namespace
}  // namespace reprise::network::silent_peer
