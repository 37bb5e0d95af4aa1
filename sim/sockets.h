// Sim::Sockets: for code that makes its sockets itself, as client libraries do by socket(),
// connect(), send(), recv(), poll() and the like. In a program with reprise::watch those calls are
// answered by the world's network from the first sim.sockets() of a run on.
//
//   Sim::Sockets sockets = sim.sockets();
//   sim.task("client", [&] {
//     PGconn* const connection = PQconnectStart("hostaddr=127.0.0.1 port=7000");
//     while (PQconnectPoll(connection) == PGRES_POLLING_READING) {
//       sim.wait(sockets.readable(PQsocket(connection)));
//     }
//   });
//
// A host is reached by the name of its node, which getaddrinfo() knows, or as 127.0.0.1 by its own
// code. Calls on a socket that does not block say EAGAIN. What blocks must be called by foreign
// code (sim.foreign()), so that other tasks run meanwhile: poll(), and calls on other sockets.
// docs/NETWORK.md says what is covered.
#pragma once

#include <reprise/core/completion.h>
#include <reprise/core/network/stream.h>
#include <reprise/sim/sim.h>

#include <cstdint>
#include <memory>

namespace reprise {

namespace internal {
class Descriptors;
}

/// A handle, which must not outlive the run.
class Sim::Sockets {
 public:
  /// Finishes when a recv() of the socket would move bytes or say how the connection has ended, or
  /// an accept() would give a connection; when a send() would; when one of the two would, and a
  /// socket that connects is through with it.
  Completion readable(int fd) const;
  Completion writable(int fd) const;
  Completion either(int fd) const;
  /// A socket for this end of a connection, which does not block: for a library that is given one.
  int give(std::unique_ptr<Stream> stream) const;
  /// How many are open: what sim.held() takes, to find those that are never closed.
  std::uint64_t open() const;

 private:
  friend class Sim;
  explicit Sockets(internal::Descriptors& descriptors) : descriptors_(&descriptors) {}

  internal::Descriptors* descriptors_;
};

}  // namespace reprise
