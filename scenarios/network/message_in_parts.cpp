// A server takes what one recv() brings for one message of four letters. The bytes may come in
// parts: the mended one receives until there are four.
#include "scenarios/network/talk.h"

#include <reprise/reprise.h>

#include <memory>
#include <string>

namespace reprise::network::message_in_parts {
namespace {

struct Broken {
  static std::string next(Sim& sim, Stream& stream) {
    const Buffer bytes = Buffer::allocate(4);
    const Completion received = stream.recv(bytes);
    if (sim.wait(received) != IOError::none) return "";
    return {reinterpret_cast<const char*>(bytes.data()), received.result()};
  }
};
struct Mended {
  static std::string next(Sim& sim, Stream& stream) { return receive(sim, stream, 4); }
};

template <class Variant>
void receive_messages(Sim& sim) {
  const std::unique_ptr<Listener> door = std::move(sim.io().listen(":7000")).value();
  sim.task("server", [&] {
    const std::unique_ptr<Stream> client = accept(sim, sim.io(), *door);
    for (const char* message : {"ping", "stop"}) {
      if (!sim.expect_eq(Variant::next(sim, *client), std::string(message))) return;
    }
  });
  sim.task("client", [&] {
    const std::unique_ptr<Stream> server = connect(sim, sim.io(), ":7000");
    send_all(sim, *server, "ping");
    send_all(sim, *server, "stop");
    receive(sim, *server, 1);  // until the server closes
  });
  sim.run();
}

CANARY("network/message-in-parts", "invariant", receive_messages<Broken>, receive_messages<Mended>);

}  // namespace
}  // namespace reprise::network::message_in_parts
