// Expect: clean
// Sends a request over a secure session, which wants a write that has blocked to be made again
// with no fewer bytes. What does not go out at once is sent from a buffer, piece by piece.
#include <reprise/reprise.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

using namespace reprise;

struct Session {
  File& socket;
  std::uint64_t at = 0;
  std::size_t blocked = 0;
  Completion pending = {};

  IOResult<std::size_t> write(std::string_view bytes) {
    if (!pending) {
      const Buffer record = Buffer::allocate(bytes.size());
      std::memcpy(record.data(), bytes.data(), bytes.size());
      blocked = bytes.size();
      pending = socket.pwrite(at, record);
    }
    if (bytes.size() < blocked) return IOError::invalid;  // bad length
    if (!pending.finished()) IO_YIELD_ONE(pending);
    const Completion done = std::exchange(pending, {});
    if (!done.succeeded()) return done.get_error();
    at += blocked;
    return std::exchange(blocked, 0);
  }
};

constexpr std::size_t piece = 8;

struct Sender {
  Session& session;
  std::string unsent = {};
  bool tried = false;
  std::size_t blocked = 0;

  IOResult<Unit> send(std::string_view request) {
    if (!tried) {  // all of it, straight from the caller
      tried = true;
      unsent = request;
      blocked = request.size();
      unsent.erase(0, RETURN_IF_IO(session.write(request)));
      blocked = 0;
    }
    while (!unsent.empty()) {
      const std::size_t size = std::min(unsent.size(), std::max(piece, blocked));
      unsent.erase(0, RETURN_IF_IO(session.write(std::string_view(unsent).substr(0, size))));
      blocked = 0;
    }
    tried = false;
    return Unit{};
  }
};

SCENARIO("public/retried_shorter") {
  Session session{sim.open("socket")};
  Sender sender{session};
  sim.task("client", [&] {
    for (const char* request : {"GET /short", "GET /a/very/long/one/indeed"}) {
      sim.expect(sim.await([&] { return sender.send(request); }).ok(), "the request is sent");
    }
  });
  sim.run();
}
