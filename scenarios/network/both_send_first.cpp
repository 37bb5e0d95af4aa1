// Two ends send each other more than the connection has room for, and receive only then: each waits
// for the other for ever. In the mended one an end receives first.
#include "scenarios/network/talk.h"

#include <reprise/reprise.h>

#include <memory>
#include <string>

namespace reprise::network::both_send_first {
namespace {

template <bool server_receives_first>
void exchange(Sim& sim) {
  constexpr std::size_t size = 40;
  sim.connection_capacity(16);
  const std::unique_ptr<Listener> door = std::move(sim.io().listen(":7000")).value();
  sim.task("server", [&] {
    const std::unique_ptr<Stream> client = accept(sim, sim.io(), *door);
    if (server_receives_first) receive(sim, *client, size);
    send_all(sim, *client, std::string(size, 's'));
    if (!server_receives_first) receive(sim, *client, size);
  });
  sim.task("client", [&] {
    const std::unique_ptr<Stream> server = connect(sim, sim.io(), ":7000");
    send_all(sim, *server, std::string(size, 'c'));
    receive(sim, *server, size);
  });
  sim.run();
}

CANARY("network/both-send-first", "deadlock", exchange<false>, exchange<true>);

}  // namespace
}  // namespace reprise::network::both_send_first
