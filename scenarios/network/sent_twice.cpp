// A client asks a server to add one, and asks again on a new connection if the old one is lost
// before the answer. The server may have added already; the mended client numbers what it asks, and
// the server answers a number that it knows without adding.
#include "scenarios/network/talk.h"

#include <reprise/reprise.h>

#include <chrono>
#include <memory>
#include <string>

namespace reprise::network::sent_twice {
namespace {

template <bool knows_numbers>
void add_one(Sim& sim) {
  sim.survives({.connections = true});
  const std::unique_ptr<Listener> door = std::move(sim.io().listen(":7000")).value();
  bool is_answered = false;
  int total = 0;
  int done_up_to = 0;
  sim.task("server", [&] {
    while (!is_answered) {
      const std::unique_ptr<Stream> client = accept(sim, sim.io(), *door);
      const std::string asked = receive(sim, *client, 1);
      if (asked.empty()) continue;
      const int number = asked[0] - '0';
      if (!knows_numbers || number > done_up_to) total += 1;
      done_up_to = number;
      send_all(sim, *client, "ok");
    }
  });
  sim.task("client", [&] {
    while (!is_answered) {
      const std::unique_ptr<Stream> server = connect(sim, sim.io(), ":7000");
      if (server != nullptr && send_all(sim, *server, "1")) {
        is_answered = receive(sim, *server, 2) == "ok";
      }
      if (!is_answered) sim.sleep(std::chrono::milliseconds(1));
    }
  });
  sim.always("one is added", [&] { return total <= 1; });
  sim.run();
}

CANARY("network/sent-twice", "invariant", add_one<false>, add_one<true>);

}  // namespace
}  // namespace reprise::network::sent_twice
