// A leader tells a follower from time to time that it leads; a follower that hears nothing for a
// while takes over. If the network between them is cut, both lead. The mended leader leads only as
// long as an answer of the follower allows, which is less than the follower waits.
#include "scenarios/network/talk.h"

#include <reprise/core/deadline.h>
#include <reprise/reprise.h>

#include <chrono>
#include <memory>
#include <string>

namespace reprise::network::two_leaders {
namespace {

using std::chrono::milliseconds;

/// The next byte of the stream, within this time.
bool hears(Sim& sim, IO& io, Stream& stream, Duration limit) {
  const Buffer byte = Buffer::allocate(1);
  const Completion next = stream.recv(byte);
  if (sim.wait(with_deadline(io, next, limit)) == IOError::none) return next.result() == 1;
  stream.close().ignore();
  return false;
}

template <bool has_lease>
void lead(Sim& sim) {
  sim.survives({.partitions = true});
  Sim::Node leader = sim.node("leader");
  Sim::Node follower = sim.node("follower");
  const std::unique_ptr<Listener> door = std::move(leader.io().listen(":7000")).value();
  bool leads = true;
  Instant lease_end{};
  bool has_taken_over = false;
  leader.task("lead", [&] {
    const std::unique_ptr<Stream> stream = accept(sim, leader.io(), *door);
    for (int beat = 0; beat < 3; ++beat) {
      const Instant asked = leader.now();
      if (!send_all(sim, *stream, "!")) break;
      if (!hears(sim, leader.io(), *stream, milliseconds(50))) {
        if (has_lease) break;
        sim.sleep(std::chrono::seconds(10));  // the follower will be back
        break;
      }
      lease_end = asked + milliseconds(50);
    }
    leads = false;
  });
  follower.task("follow", [&] {
    const std::unique_ptr<Stream> stream = connect(sim, follower.io(), "leader:7000");
    while (hears(sim, follower.io(), *stream, milliseconds(100))) {
      if (!send_all(sim, *stream, ".")) break;
    }
    has_taken_over = true;
  });
  sim.always("one of them leads", [&] {
    const bool still_leads = leads && (!has_lease || sim.now() < lease_end);
    return !(still_leads && has_taken_over);
  });
  sim.run();
}

CANARY("network/two-leaders", "invariant", lead<false>, lead<true>);

}  // namespace
}  // namespace reprise::network::two_leaders
