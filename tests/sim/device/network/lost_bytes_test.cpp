// Bytes that are lost on their way are not followed by an orderly end: who receives must be able to
// tell the end of a stream from a loss.
#include "tests/support/stream_rules.h"
#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>

using namespace reprise;
using namespace reprise::tests;

namespace {

using AfterSending = std::function<void(Sim& sim, Sim::Node& client, Stream& stream)>;

/// The client, on a node of its own, sends "word" and ends what it sends; gives what comes of it.
std::string heard_with(const Plan& plan, const AfterSending& after_sending) {
  std::string heard;
  Toy toy([&](Sim& sim) {
    heard = "nothing";
    sim.survives({.connections = true});
    Sim::Node client = sim.node("client");
    client.recovers([] {});
    const std::unique_ptr<Listener> door = std::move(sim.node("server").io().listen(":7")).value();
    sim.node("server").task("server", [&] {
      IO& io = sim.node("server").io();
      const Completion accepted = door->accept();
      if (sim.wait(accepted) != IOError::none) return;
      const std::unique_ptr<Stream> stream = io.take_stream(accepted);
      StreamRig rig{io, "", [&](const Completion& c) {
                      return sim.wait(with_deadline(io, c, std::chrono::seconds(60)));
                    }};
      heard = receive(rig, *stream, 5);
    });
    client.task("client", [&] {
      const Completion connected = client.io().connect("server:7");
      if (sim.wait(connected) != IOError::none) return;
      const std::unique_ptr<Stream> stream = client.io().take_stream(connected);
      StreamRig rig{client.io(), "", [&](const Completion& c) { return sim.wait(c); }};
      static_cast<void>(send_all(rig, *stream, "word"));
      static_cast<void>(sim.wait(stream->shutdown(StreamHalf::send)));
      after_sending(sim, client, *stream);
    });
    sim.run();
  });
  const RunResult result = toy.run(plan);
  CHECK(toy.missed().none());
  return result.finding ? result.finding->check : heard;
}

}  // namespace

TEST_CASE("lost bytes: a lost connection has no orderly end whichever end is told of the loss") {
  const std::string arrival = "client:client/connect(server:7)/there";
  // The first arrival is the wish to connect; the bytes are lost when the end is behind them.
  const auto with = [&](std::uint32_t value) {
    const Plan plan =
        lazy_plan({{arrival + "#2/reset", value}},
                  {"client:client/shutdown(server:7)#1/delivery", arrival + "#2/effect"});
    return heard_with(plan, [](Sim&, Sim::Node&, Stream&) {});
  };
  CHECK(with(1) == " ECONNRESET");
  CHECK(with(2) == " ECONNRESET");
  CHECK(with(3) == " ECONNRESET");
}

TEST_CASE(
    "lost bytes: a computer that loses its power sends no end after the bytes that it loses") {
  CHECK(heard_with(lazy_plan(), [](Sim& sim, Sim::Node& client, Stream&) {
          sim.node("other").task("operator", [&client] { client.cut_power(); });
          sim.sleep(std::chrono::seconds(1));
        }) == "word ETIMEDOUT");
}

TEST_CASE("lost bytes: what had arrived before a loss that only the sender knows is received") {
  const std::string arrival = "client:client/connect(server:7)/there";
  // Two bytes arrive; the rest is lost before they are received.
  const Plan plan = lazy_plan({{arrival + "#2/segment", 2}, {arrival + "#3/reset", 3}},
                              {arrival + "#3/effect", "server:server/recv(7)#1/delivery"});
  CHECK(heard_with(plan, [](Sim&, Sim::Node&, Stream&) {}) == "wo ECONNRESET");
}

TEST_CASE("lost bytes: a sender that waits for room learns that the other end is gone") {
  IOError told = IOError::none;
  Toy toy([&](Sim& sim) {
    sim.survives({.connections = true});
    sim.connection_capacity(1);
    const std::unique_ptr<Listener> door = std::move(sim.io().listen(":7")).value();
    StreamRig rig{sim.io(), "", [&](const Completion& c) { return sim.wait(c); }};
    sim.task("server", [&] {
      const Completion accepted = door->accept();
      if (sim.wait(accepted) != IOError::none) return;
      CHECK(receive(rig, *sim.io().take_stream(accepted), 1) == "w");
    });
    sim.task("client", [&] {
      const Completion connected = sim.io().connect(":7");
      if (sim.wait(connected) != IOError::none) return;
      told = send_all(rig, *sim.io().take_stream(connected), "words");
    });
    sim.run();
  });
  // The second byte is lost when the server is gone and the client waits to send the third.
  CHECK(found(toy.run(lazy_plan({{"client/connect(:7)/there#3/reset", 2}}))) == "");
  CHECK(toy.missed().none());
  CHECK(told == IOError::connection_reset);
}

TEST_CASE("lost bytes: who has accepted learns of a connection that was lost while it was made") {
  IOError heard = IOError::none;
  Toy toy([&](Sim& sim) {
    sim.survives({.connections = true});
    const std::unique_ptr<Listener> door = std::move(sim.io().listen(":7")).value();
    sim.task("server", [&] {
      const Completion accepted = door->accept();
      if (sim.wait(accepted) != IOError::none) return;
      const std::unique_ptr<Stream> stream = sim.io().take_stream(accepted);
      static_cast<void>(sim.wait(stream->send(Buffer::allocate(1))));
      heard = sim.wait(stream->recv(Buffer::allocate(1)));
    });
    sim.task("client",
             [&] { CHECK(sim.wait(sim.io().connect(":7")) == IOError::connection_reset); });
    sim.run();
  });
  // Only the client is told, before it knows that it was connected.
  const std::string back = "client/connect(:7)/back#1";
  CHECK(found(toy.run(lazy_plan({{back + "/reset", 2}},
                                {back + "/effect", "client/connect(:7)#1/delivery"}))) == "");
  CHECK(toy.missed().none());
  CHECK(heard == IOError::connection_reset);
}
