// Expect: buffer-ownership: in flight
// A read with a deadline and one buffer: after a timeout the buffer is used again at once, though
// the cancelled read has not given its last word.
#include <reprise/reprise.h>

using namespace reprise;

struct Client {
  IO& io;
  File& server;
  Buffer buffer = Buffer::allocate(64);
  Completion reply = {};

  IOResult<std::uint64_t> ask(std::uint64_t at) {
    if (!reply) reply = with_deadline(io, server.pread(at, buffer), Duration(1000));
    return take_finished(reply);
  }
};

SCENARIO("waiting/deadline_not_drained") {
  Client client{sim.io(), sim.open("server")};
  sim.results_depend_on_timing();  // the reply or its deadline, whichever comes first
  sim.task("client", [&] {
    for (std::uint64_t n = 0; n < 3; ++n) {
      const auto bytes = sim.await([&] { return client.ask(n * 64); });
      client.buffer.bytes()[0] = std::byte{1};
      sim.expect(bytes.ok() || bytes.error() == IOError::timed_out, "only a timeout");
    }
  });
  sim.run();
}
