// Some tasks may wait when nothing else can happen: a server, its sessions, and those that say so.
// If they are entered with nothing finished and ask again, that is no progress.
#include "tests/support/stream_rules.h"
#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <memory>

using namespace reprise;
using namespace reprise::tests;

namespace {

constexpr const char* address = ":7000";

std::unique_ptr<Stream> accept(Sim& sim, Listener& door) {
  const Completion accepted = door.accept();
  return sim.wait(accepted) == IOError::none ? sim.io().take_stream(accepted) : nullptr;
}
std::unique_ptr<Stream> connect(Sim& sim) {
  const Completion connected = sim.io().connect(address);
  return sim.wait(connected) == IOError::none ? sim.io().take_stream(connected) : nullptr;
}
void receive_all(Sim& sim, Stream& stream) {
  const Buffer buffer = Buffer::allocate(8);
  for (;;) {
    const Completion part = stream.recv(buffer);
    if (sim.wait(part) != IOError::none || part.result() == 0) return;
  }
}

/// A server and a client, whose connection lives until the run ends.
RunResult together(void (*serve)(Sim&, Stream&), void (*ask)(Sim&, Stream&), Faults faults = {},
                   const Plan& plan = lazy_plan()) {
  Toy toy([=](Sim& sim) {
    sim.survives(faults);
    const std::unique_ptr<Listener> door = std::move(sim.io().listen(address)).value();
    std::unique_ptr<Stream> kept;
    sim.task("server", [&] {
      if (const auto stream = accept(sim, *door)) serve(sim, *stream);
    });
    sim.task("client", [&] {
      kept = connect(sim);
      if (kept) ask(sim, *kept);
    });
    sim.run();
  });
  return toy.run(plan);
}

void receive_by_trying(Sim& sim, Stream& stream) {
  std::array<std::byte, 8> bytes{};
  const auto classify = [&](const Result<std::uint64_t>& moved) {
    return moved.ok() ? Again::no() : Again::when_readable(stream);
  };
  static_cast<void>(
      sim.await([&] { return call_again([&] { return stream.try_recv(bytes); }, classify); }));
}

void nothing(Sim&, Stream&) {}

}  // namespace

TEST_CASE("network: a session is at rest while its client says no more") {
  CHECK(found(together(receive_all, nothing)) == "");
  CHECK(found(together(receive_by_trying, nothing)) == "");
}

TEST_CASE("network: a client that waits for a session is stuck and so is its session") {
  const RunResult result = together(receive_all, receive_all);
  REQUIRE(found(result) == "deadlock");
  CHECK(result.finding->evidence.size() == 4);  // a line for each, and whom it waits for
}

TEST_CASE("network: a session that tries again is no lost wake and does nothing twice") {
  CHECK(found(together(receive_by_trying, receive_by_trying, {.spurious = true})) == "deadlock");
  const Plan early =
      lazy_plan({{"server/ready(:7000)#1/spurious", 1}}, {"server/ready(:7000)/spurious#1/turn"});
  CHECK(found(together(receive_by_trying, nothing, {.spurious = true}, early)) == "");
}

TEST_CASE("network: a worker that waits for its next job is at rest if it says so") {
  const auto run = [](bool is_daemon) {
    WakeList jobs;
    WakeList::Place place(jobs);
    Toy toy([&](Sim& sim) {
      sim.task("worker", [&] {
        if (is_daemon) sim.daemon();
        static_cast<void>(sim.await([&] { return place.until([] { return false; }); }));
      });
      sim.run();
    });
    return found(toy.run(lazy_plan()));
  };
  CHECK(run(false) == "deadlock");
  CHECK(run(true) == "");
}

TEST_CASE("network: a connection that is cancelled late is nobody's") {
  std::string outcome;
  std::string heard;
  Toy toy([&](Sim& sim) {
    const std::unique_ptr<Listener> door = std::move(sim.io().listen(address)).value();
    sim.task("server", [&] {
      if (const auto stream = accept(sim, *door)) {
        const Buffer buffer = Buffer::allocate(8);
        heard = to_string(sim.wait(stream->recv(buffer)));
      }
    });
    sim.task("client", [&] {
      const Completion connected = sim.io().connect(address);
      static_cast<void>(sim.wait(sim.io().timer(Duration(1'000'000))));
      connected.cancel();
      outcome = to_string(sim.wait(connected));
    });
    sim.run();
  });
  // The cancel comes when all that is left is to tell that the connection is there.
  CHECK(found(toy.run(
            lazy_plan({}, {"client/timer#1/delivery", "client/connect(:7000)#1/delivery"}))) == "");
  CHECK(outcome == "ECANCELED");
}
