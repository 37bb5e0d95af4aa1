// A display shows the level that a sensor tells it by datagrams, and the level only rises. A
// datagram may come after one that was sent later; the mended display leaves out what is older than
// what it shows.
#include "scenarios/network/talk.h"

#include <reprise/reprise.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace reprise::network::went_back {
namespace {

template <bool knows_age>
void show_levels(Sim& sim) {
  sim.survives({.datagrams = true});
  const std::unique_ptr<DatagramSocket> display = socket_at(sim.io(), ":7000");
  const std::unique_ptr<DatagramSocket> sensor = socket_at(sim.io(), ":0");
  int shown = 0;
  bool has_gone_back = false;
  sim.task("display", [&] {
    while (const std::optional<Letter> told = next_letter(sim, sim.io(), *display)) {
      const int level = std::stoi(told->text);
      if (knows_age && level < shown) continue;
      has_gone_back = has_gone_back || level < shown;
      shown = level;
    }
  });
  sim.task("sensor", [&] {
    for (int level = 1; level <= 4; ++level) {
      send_to(sim, *sensor, ":7000", std::to_string(level));
      sim.sleep(std::chrono::milliseconds(30));
    }
  });
  sim.always("the level does not fall", [&] { return !has_gone_back; });
  sim.run();
}

CANARY("network/went-back", "invariant", show_levels<false>, show_levels<true>);

}  // namespace
}  // namespace reprise::network::went_back
