// A client asks a server by a datagram and waits for the answer. The question or the answer may be
// lost, and nobody is told; the mended client asks again if no answer comes for a while.
#include "scenarios/network/talk.h"

#include <reprise/reprise.h>

#include <chrono>
#include <memory>
#include <optional>

namespace reprise::network::asked_once {
namespace {

template <bool asks_again>
void ask(Sim& sim) {
  sim.survives({.datagrams = true});
  const std::unique_ptr<DatagramSocket> server = socket_at(sim.io(), ":7000");
  const std::unique_ptr<DatagramSocket> client = socket_at(sim.io(), ":0");
  sim.task("server", [&] {
    while (const std::optional<Letter> question = next_letter(sim, sim.io(), *server)) {
      send_to(sim, *server, question->sender, "answer");
    }
  });
  sim.task("client", [&] {
    const std::optional<Duration> limit =
        asks_again ? std::optional<Duration>(std::chrono::seconds(1)) : std::nullopt;
    do {
      send_to(sim, *client, ":7000", "question");
    } while (!next_letter(sim, sim.io(), *client, limit));
  });
  sim.run();
}

CANARY("network/asked-once", "deadlock", ask<false>, ask<true>);

}  // namespace
}  // namespace reprise::network::asked_once
