// Corpus 80: results come to a port as packets, and are handed out by whoever polls it. Nothing
// wakes those who only wait: once all clients do, nobody polls any more.
#include <reprise/reprise.h>

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace reprise::corpus::nobody_polls {
namespace {

constexpr std::size_t page_size = 512;

struct Packet {
  Completion request;
  Completion io;
};

struct Port {
  File& file;
  CompletionPool pool = {};
  std::vector<Packet> packets = {};
  Completion woken = {};

  void poll() {
    for (const Packet& packet : std::exchange(packets, {})) {
      if (packet.io.succeeded()) {
        packet.request.finish(packet.io.result());
      } else {
        packet.request.fail(packet.io.get_error());
      }
    }
  }
};

struct QueuesThePacket : Port {
  Completion read() {
    const Completion request = pool.make();
    file.pread(0, Buffer::allocate(page_size), [this, request](const Completion& io) {
      packets.push_back({request, io});
    });
    return request;
  }
  // What ends when there may be something to poll for.
  Completion wait(const Completion& request) { return request; }
};

struct WakesWhoWaits : Port {
  Completion read() {
    const Completion request = pool.make();
    file.pread(0, Buffer::allocate(page_size), [this, request](const Completion& io) {
      packets.push_back({request, io});
      if (woken && !woken.finished()) woken.finish(0);
    });
    return request;
  }
  Completion wait(const Completion&) {
    if (!woken || woken.finished()) woken = pool.make();
    return woken;
  }
};

template <class Device>
struct Client {
  Device& port;
  Completion request = {};

  IOResult<Unit> read() {
    if (!request) request = port.read();
    port.poll();
    if (!request.finished()) IO_YIELD_ONE(port.wait(request));
    const Completion done = std::exchange(request, {});
    if (!done.succeeded()) return done.get_error();
    return Unit{};
  }
};

template <class Device>
void two_clients(Sim& sim) {
  Device port{{sim.open("pages")}};
  Client<Device> first{port};
  Client<Device> second{port};
  sim.survives({.errors = true, .refusals = true});
  sim.drive("client", [&] { return first.read(); });
  sim.drive("other client", [&] { return second.read(); });
  sim.run();
}

CANARY("corpus/progress/nobody-polls", "deadlock", two_clients<QueuesThePacket>,
       two_clients<WakesWhoWaits>);

}  // namespace
}  // namespace reprise::corpus::nobody_polls
