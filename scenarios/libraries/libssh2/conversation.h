// A client on libssh2 and a server on libssh in one world.
#pragma once

#include "scenarios/libraries/heap.h"
#include "scenarios/libraries/libssh2/server.h"
#include "scenarios/libraries/libssh2/session.h"
#include "scenarios/libraries/openssl/randomness.h"
#include "scenarios/libraries/sockets.h"

#include <reprise/reprise.h>

#include <memory>
#include <utility>

namespace reprise::libraries::libssh2 {

/// `work(session)` is what the client does when it is connected.
template <class Work>
void converse(Sim& sim, const Manners& manners, Work work) {
  Randomness randomness(sim);
  use_for_openssl(randomness);
  const bool is_lossy = sim.flip("connections may be lost");
  sim.survives({.short_io = true, .connections = is_lossy});
  Heap heap(sim, "client", 1);
  const Sim::Sockets sockets = sim.sockets();
  sim.held("sockets", [sockets] { return sockets.open(); });
  sim.task("server", [&] { sim.foreign([&] { serve_one(manners); }); });
  sim.task("client", [&] {
    std::unique_ptr<Stream> stream;
    for (int tries = 0; stream == nullptr && tries < 5; ++tries) {
      stream = network::connect(sim, sim.io(), ":7000");
    }
    if (stream == nullptr) return;
    const int fd = sockets.give(std::move(stream));
    Session session(sim, heap, fd, is_lossy);
    work(session);
    session.close();
    close(fd);
  });
  sim.run();
}

}  // namespace reprise::libraries::libssh2
