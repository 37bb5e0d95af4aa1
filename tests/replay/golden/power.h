// A store that acknowledges what is not durable. The reports quote the lines of this file.
#pragma once

#include <reprise/reprise.h>

#include <optional>

namespace reprise::golden {

inline void durability(Sim& sim) {
  File& file = sim.open("db");
  sim.recovers([] {});
  Durable<int, int> kept(sim, "the store", [&](int) -> std::optional<int> {
    return sim.read_file("db").empty() ? std::nullopt : std::optional(7);
  });
  sim.task("client", [&] {
    static_cast<void>(kept.put(1, 7, [&] {
      const IOError error = sim.wait(file.pwrite(0, Buffer::allocate(512)));
      return error == IOError::none ? Outcome<Unit>(Unit{}) : Outcome<Unit>::failed(error);
    }));
  });
  sim.run();
}

/// The same on a node, which a kill alone does not harm.
inline void durability_of_a_node(Sim& sim) {
  Sim::Node node = sim.node("primary");
  node.recovers([] {});
  Durable<int, int> kept(node, "the store", [&](int) -> std::optional<int> {
    return node.read_file("db").empty() ? std::nullopt : std::optional(7);
  });
  node.task("client", [&] {
    static_cast<void>(kept.put(1, 7, [&] {
      const IOError error = sim.wait(node.open("db").pwrite(0, Buffer::allocate(512)));
      return error == IOError::none ? Outcome<Unit>(Unit{}) : Outcome<Unit>::failed(error);
    }));
  });
  sim.run();
}

}  // namespace reprise::golden
