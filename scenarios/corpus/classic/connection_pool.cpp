// Classic: a query that is dropped cancels its request and gives the connection back. The request
// is still in flight, and the next query sends another one on the same connection.
#include <reprise/reprise.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

namespace reprise::corpus::connection_pool {
namespace {

struct Connection {
  File& server;
  Completion request = {};

  bool is_quiet() const { return !request || request.finished(); }
};

// Opens as many connections as are needed at a time.
struct Pool {
  File& server;
  std::deque<Connection> connections = {};
  std::vector<Connection*> free = {};

  Connection& take() {
    if (free.empty()) {
      connections.push_back({server});
      return connections.back();
    }
    Connection& connection = *free.back();
    free.pop_back();
    return connection;
  }
  void give_back(Connection& connection) { free.push_back(&connection); }
};

struct Query {
  Pool& pool;
  Connection* connection = nullptr;

  IOResult<std::uint64_t> run() {
    if (connection == nullptr) {
      connection = &pool.take();
      connection->request = connection->server.pread(0, Buffer::allocate(64));
    }
    if (!connection->request.finished()) IO_YIELD_ONE(connection->request);
    const Completion answered = std::exchange(connection->request, {});
    pool.give_back(*std::exchange(connection, nullptr));
    if (!answered.succeeded()) return answered.get_error();
    return answered.result();
  }
};

struct GivesItBack : Query {
  void give_up() {
    connection->request.cancel();
    pool.give_back(*std::exchange(connection, nullptr));
  }
};

struct NeverUsesItAgain : Query {
  void give_up() {
    connection->request.cancel();
    connection = nullptr;
  }
};

template <class Machine>
void two_queries(Sim& sim) {
  Pool pool{sim.open("server")};
  Machine query{{pool}};
  sim.survives({.errors = true, .refusals = true, .abandons = true});
  sim.task("client", [&] {
    for (int i = 0; i < 2; ++i) {
      static_cast<void>(
          sim.await([&] { return query.run(); }, {.abandon = [&] { query.give_up(); }}));
    }
  });
  sim.always("no request is in flight on a free connection", [&] {
    return std::ranges::all_of(pool.free, [](const Connection* free) { return free->is_quiet(); });
  });
  sim.run();
}

CANARY("corpus/classic/connection-pool", "invariant", two_queries<GivesItBack>,
       two_queries<NeverUsesItAgain>);

}  // namespace
}  // namespace reprise::corpus::connection_pool
