// A receiver believes what a datagram says. Bits may flip on the way; the mended one has a checksum
// behind the text, and believes only what agrees with it.
#include "scenarios/network/talk.h"

#include <reprise/reprise.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace reprise::network::no_checksum {
namespace {

/// Tells any single bit that has flipped.
char checksum(std::string_view text) {
  char sum = 0;
  for (const char letter : text) sum = static_cast<char>(sum ^ letter);
  return sum;
}

template <bool has_checksum>
void believe(Sim& sim) {
  sim.survives({.corruption = true});
  const std::string truth = "truth";
  const std::unique_ptr<DatagramSocket> receiver = socket_at(sim.io(), ":7000");
  const std::unique_ptr<DatagramSocket> sender = socket_at(sim.io(), ":0");
  std::string believed = truth;
  sim.task("receiver", [&] {
    while (const std::optional<Letter> told = next_letter(sim, sim.io(), *receiver)) {
      const std::string text = told->text.substr(0, truth.size());
      if (!has_checksum || told->text.back() == checksum(text)) believed = text;
    }
  });
  sim.task("sender", [&] { send_to(sim, *sender, ":7000", truth + checksum(truth)); });
  sim.always("only what was sent is believed", [&] { return believed == truth; });
  sim.run();
}

CANARY("network/no-checksum", "invariant", believe<false>, believe<true>);

}  // namespace
}  // namespace reprise::network::no_checksum
