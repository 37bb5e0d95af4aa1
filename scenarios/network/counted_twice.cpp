// A counter adds up what datagrams bring. One that was sent once may come twice; they are numbered,
// and the mended counter adds each number once.
#include "scenarios/network/talk.h"

#include <reprise/reprise.h>

#include <memory>
#include <optional>
#include <set>
#include <string>

namespace reprise::network::counted_twice {
namespace {

template <bool knows_numbers>
void count(Sim& sim) {
  constexpr int parts = 3;
  sim.survives({.datagrams = true});
  const std::unique_ptr<DatagramSocket> counter = socket_at(sim.io(), ":7000");
  const std::unique_ptr<DatagramSocket> sender = socket_at(sim.io(), ":0");
  int total = 0;
  sim.task("counter", [&] {
    std::set<std::string> known;
    while (const std::optional<Letter> part = next_letter(sim, sim.io(), *counter)) {
      const bool is_new = known.insert(part->text).second;
      if (!knows_numbers || is_new) total += 1;
    }
  });
  sim.task("sender", [&] {
    for (int part = 0; part < parts; ++part) {
      send_to(sim, *sender, ":7000", std::to_string(part));
    }
  });
  sim.always("no more is counted than was sent", [&] { return total <= parts; });
  sim.run();
}

CANARY("network/counted-twice", "invariant", count<false>, count<true>);

}  // namespace
}  // namespace reprise::network::counted_twice
