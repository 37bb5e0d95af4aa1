// A leader tells its followers a new setting, each by a datagram. While the network is cut, one
// that is sent does not come; the mended leader tells each follower again until it has answered.
#include "scenarios/network/talk.h"

#include <reprise/reprise.h>

#include <array>
#include <chrono>
#include <memory>
#include <set>
#include <string>

namespace reprise::network::told_once {
namespace {

constexpr std::array followers = {"a", "b", "c"};

template <bool tells_again>
void tell_all(Sim& sim) {
  sim.survives({.partitions = true});
  Sim::Node leader = sim.node("leader");
  const std::unique_ptr<DatagramSocket> from = socket_at(leader.io(), ":6000");
  std::array<std::unique_ptr<DatagramSocket>, followers.size()> sockets;
  std::set<std::string> told;
  for (std::size_t i = 0; i < followers.size(); ++i) {
    Sim::Node node = sim.node(followers[i]);
    sockets[i] = socket_at(node.io(), ":7000");
    node.task("follow", [&sim, &told, node, &socket = *sockets[i], name = followers[i]] {
      while (const std::optional<Letter> letter = next_letter(sim, node.io(), socket)) {
        told.insert(name);
        send_to(sim, socket, letter->sender, name);
      }
    });
  }
  leader.task("lead", [&] {
    std::set<std::string> silent(followers.begin(), followers.end());
    while (!silent.empty()) {
      for (const std::string& name : silent) send_to(sim, *from, name + ":7000", "new");
      if (!tells_again) break;
      while (const auto answer = next_letter(sim, leader.io(), *from, std::chrono::seconds(1))) {
        silent.erase(answer->text);
      }
    }
  });
  sim.finally("all followers know", [&] { return told.size() == followers.size(); });
  sim.run();
}

CANARY("network/told-once", "invariant", tell_all<false>, tell_all<true>);

}  // namespace
}  // namespace reprise::network::told_once
