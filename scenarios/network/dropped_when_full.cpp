// A client sends without waiting and drops what cannot be sent at once. A call may say that it
// would block at any time; the mended one waits until it can send, and sends it again.
#include "scenarios/network/talk.h"

#include <reprise/reprise.h>

#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace reprise::network::dropped_when_full {
namespace {

struct Broken {
  static void send(Sim&, Stream& stream, std::string_view text) {
    static_cast<void>(stream.try_send(std::as_bytes(std::span(text))));
  }
};
struct Mended {
  static void send(Sim& sim, Stream& stream, std::string_view text) {
    while (!text.empty()) {
      const Result<std::uint64_t> sent = stream.try_send(std::as_bytes(std::span(text)));
      if (sent.ok()) {
        text.remove_prefix(sent.value());
      } else if (sent.error() != IOError::try_again ||
                 sim.wait(stream.writable()) != IOError::none) {
        return;
      }
    }
  }
};

template <class Variant>
void send_lines(Sim& sim) {
  const std::unique_ptr<Listener> door = std::move(sim.io().listen(":7000")).value();
  sim.task("server", [&] {
    const std::unique_ptr<Stream> client = accept(sim, sim.io(), *door);
    sim.expect_eq(receive(sim, *client, 100), std::string("one two "));
  });
  sim.task("client", [&] {
    const std::unique_ptr<Stream> server = connect(sim, sim.io(), ":7000");
    Variant::send(sim, *server, "one ");
    Variant::send(sim, *server, "two ");
  });
  sim.run();
}

CANARY("network/dropped-when-full", "invariant", send_lines<Broken>, send_lines<Mended>);

}  // namespace
}  // namespace reprise::network::dropped_when_full
