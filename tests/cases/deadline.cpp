// Expect: clean
// A read with a deadline and one buffer: after a timeout the buffer is used again only when the
// cancelled read has given its last word.
#include <reprise/reprise.h>

using namespace reprise;

struct Client {
  IO& io;
  File& server;
  Buffer buffer = Buffer::allocate(64);
  Completion reply = {};
  int timeouts = 0;

  // Bytes read; 0 if it took too long.
  IOResult<std::uint64_t> ask(std::uint64_t at) {
    if (!reply) reply = with_deadline(io, server.pread(at, buffer), Duration(1000));
    if (!reply.finished()) IO_YIELD_ONE(reply);
    if (!reply.drained()) IO_YIELD_ONE(CompletionGroup::drain(reply));
    const bool is_late = CompletionGroup::timed_out(reply);
    IOResult<std::uint64_t> answer = take_finished(reply);
    if (!is_late) return answer;
    timeouts += 1;
    return std::uint64_t{0};
  }
};

SCENARIO("waiting/deadline") {
  Client client{sim.io(), sim.open("server")};
  sim.survives({.errors = true, .refusals = true, .short_io = true, .cancels = true});
  sim.results_depend_on_timing();  // the reply or its deadline, whichever comes first
  sim.task("client", [&] {
    for (std::uint64_t n = 0; n < 3; ++n) {
      const auto bytes = sim.await([&] { return client.ask(n * 64); });
      if (bytes.ok()) client.buffer.bytes()[0] = std::byte{1};
    }
  });
  sim.sometimes("timed out", [&] { return client.timeouts > 0; });
  sim.run();
}
