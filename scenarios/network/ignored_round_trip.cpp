// A client sets its clock by that of a server, and says how far off it may be. The answer tells the
// time at which it was sent, and may take any time to come; the mended client counts the time
// since its question as uncertain.
#include "scenarios/network/talk.h"

#include <reprise/reprise.h>

#include <chrono>
#include <memory>
#include <string>

namespace reprise::network::ignored_round_trip {
namespace {

template <bool counts_round_trip>
void set_clock(Sim& sim) {
  sim.survives({.slow_links = true});
  Sim::Node server = sim.node("server");
  Sim::Node client = sim.node("client");
  const std::unique_ptr<Listener> door = std::move(server.io().listen(":7000")).value();
  server.task("serve", [&] {
    const std::unique_ptr<Stream> stream = accept(sim, server.io(), *door);
    if (receive(sim, *stream, 1) != "?") return;
    std::string time = std::to_string(server.now().ns);
    send_all(sim, *stream, time.insert(0, 20 - time.size(), '0'));
  });
  client.task("ask", [&] {
    const std::unique_ptr<Stream> stream = connect(sim, client.io(), "server:7000");
    const Instant asked = client.now();
    send_all(sim, *stream, "?");
    const std::string answer = receive(sim, *stream, 20);
    const Instant told{std::stoull(answer)};
    const Duration uncertain =
        counts_round_trip ? client.now() - asked : Duration(std::chrono::milliseconds(1));
    sim.expect(server.now() - told <= uncertain, "the clock is no further off than it says");
  });
  sim.run();
}

CANARY("network/ignored-round-trip", "invariant", set_clock<false>, set_clock<true>);

}  // namespace
}  // namespace reprise::network::ignored_round_trip
