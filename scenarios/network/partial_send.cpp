// A client takes a send() that has succeeded for one that has sent everything. It may have taken
// only the first bytes; the mended one sends the rest.
#include "scenarios/network/talk.h"

#include <reprise/reprise.h>

#include <memory>
#include <string>

namespace reprise::network::partial_send {
namespace {

class Sender {
 public:
  Sender(Stream& stream, bool sends_rest) : stream_(&stream), sends_rest_(sends_rest) {}

  IOResult<Unit> send() {
    while (at_ < bytes_.size()) {
      if (!pending_) pending_ = stream_->send(bytes_.slice(at_, bytes_.size() - at_));
      if (!pending_.finished()) IO_YIELD_ONE(pending_);
      if (!pending_.succeeded()) return pending_.get_error();
      at_ = sends_rest_ ? at_ + pending_.result() : bytes_.size();
      pending_ = {};
    }
    return Unit{};
  }

 private:
  Stream* stream_;
  bool sends_rest_;
  Buffer bytes_ = bytes_of("a message");
  std::size_t at_ = 0;
  Completion pending_;
};

template <bool sends_rest>
void send_a_message(Sim& sim) {
  sim.survives({.short_io = true});
  const std::unique_ptr<Listener> door = std::move(sim.io().listen(":7000")).value();
  sim.task("server", [&] {
    const std::unique_ptr<Stream> client = accept(sim, sim.io(), *door);
    receive(sim, *client, 100);
  });
  sim.task("client", [&] {
    const std::unique_ptr<Stream> server = connect(sim, sim.io(), ":7000");
    Sender sender(*server, sends_rest);
    static_cast<void>(sim.await([&] { return sender.send(); }));
  });
  sim.run();
}

CANARY("network/partial-send", "short-count", send_a_message<false>, send_a_message<true>);

}  // namespace
}  // namespace reprise::network::partial_send
