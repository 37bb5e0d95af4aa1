// What each decision of the network does, what links that are cut hold back, and what is left of a
// connection whose node has fallen.
#include "tests/support/stream_rules.h"
#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace reprise;
using namespace reprise::tests;

namespace {

/// A server on the node `b` and a client on the node `a`; both note what they see.
class Talk {
 public:
  struct Ends {
    Sim& sim;
    Sim::Node a, b;
    StreamNotes& notes;

    IOError wait(const Completion& completion) const { return sim.wait(completion); }
    void note(std::string text) const { notes.push_back(std::move(text)); }
    std::string receive(Stream& stream, std::size_t size) const {
      StreamRig rig{a.io(), "", [&](const Completion& c) { return sim.wait(c); }};
      return tests::receive(rig, stream, size);
    }
    IOError send(Stream& stream, std::string_view text) const {
      StreamRig rig{a.io(), "", [&](const Completion& c) { return sim.wait(c); }};
      return send_all(rig, stream, text);
    }
  };
  using Part = std::function<void(const Ends&, Stream&)>;

  Talk(Part server, Part client) : server_(std::move(server)), client_(std::move(client)) {}

  /// A third task, which is neither node's.
  Talk& with_operator(std::function<void(const Ends&)> body) {
    operator_ = std::move(body);
    return *this;
  }
  const StreamNotes& run(const Plan& plan) {
    const RunResult result = toy_.run(plan);
    if (result.finding) notes_.push_back(result.finding->check);
    CHECK(toy_.missed().none());
    return notes_;
  }

 private:
  void serve(const Ends& ends, Listener& door) {
    const Completion accepted = door.accept();
    if (ends.wait(accepted) == IOError::none) server_(ends, *ends.b.io().take_stream(accepted));
  }
  void ask(const Ends& ends) {
    const Completion connected = ends.a.io().connect("b:7");
    if (const IOError error = ends.wait(connected); error != IOError::none) {
      ends.note("connect " + to_string(error));
      return;
    }
    client_(ends, *ends.a.io().take_stream(connected));
  }

  Part server_;
  Part client_;
  std::function<void(const Ends&)> operator_;
  StreamNotes notes_;
  Toy toy_{[this](Sim& sim) {
    notes_.clear();
    sim.survives({.short_io = true, .connections = true, .partitions = true});
    const Ends ends{sim, sim.node("a"), sim.node("b"), notes_};
    ends.b.recovers([] {});
    const std::unique_ptr<Listener> door = std::move(ends.b.io().listen(":7")).value();
    ends.b.task("server", [&] { serve(ends, *door); });
    ends.a.task("client", [&] { ask(ends); });
    if (operator_) sim.task("operator", [&] { operator_(ends); });
    sim.run();
  }};
};

void hear_four(const Talk::Ends& ends, Stream& stream) {
  ends.note("hears " + ends.receive(stream, 4));
}
void hear_twice(const Talk::Ends& ends, Stream& stream) {
  for (int i = 0; i < 2; ++i) {
    const Buffer buffer = Buffer::allocate(8);
    const Completion part = stream.recv(buffer);
    const IOError error = ends.wait(part);
    ends.note(error == IOError::none ? std::to_string(part.result()) : to_string(error));
  }
}
void say_word(const Talk::Ends& ends, Stream& stream) {
  ends.note("says " + to_string(ends.send(stream, "word")));
  ends.note("then " + ends.receive(stream, 1));
}

const std::string arrival = "a:client/connect(b:7)/there";

}  // namespace

TEST_CASE("network: a connection is refused and times out and is lost at once as decided") {
  Talk talk(hear_four, say_word);
  const auto with = [&](std::uint32_t value) {
    return joined(talk.run(lazy_plan({{"a:client/connect(b:7)#1/connection", value}})));
  };
  CHECK(with(1) == "connect ECONNREFUSED\n");
  CHECK(with(2) == "connect ETIMEDOUT\n");
  CHECK(with(3) == "connect ECONNRESET\n");
}

TEST_CASE("network: bytes come in parts as decided") {
  Talk talk(hear_twice, say_word);
  // The first arrival is the wish to connect.
  const StreamNotes notes = talk.run(lazy_plan({{arrival + "#2/segment", 3}}));
  CHECK(joined(notes) == "says none\n3\n1\nthen \n");
}

TEST_CASE("network: a send takes less than it could as decided") {
  Talk talk(hear_twice, [](const Talk::Ends& ends, Stream& stream) {
    const Buffer bytes = Buffer::allocate(4);
    const Completion sent = stream.send(bytes);
    const IOError error = ends.wait(sent);
    ends.note(to_string(error) + ' ' + std::to_string(sent.result()));
  });
  CHECK(joined(talk.run(lazy_plan({{"a:client/send(b:7)#1/short", 1}}))) == "none 1\n1\n0\n");
}

TEST_CASE("network: a call says that it would block as decided and does nothing") {
  Talk talk(hear_four, [](const Talk::Ends& ends, Stream& stream) {
    const std::array<std::byte, 4> bytes{};
    for (int i = 0; i < 2; ++i) {
      const Result<std::uint64_t> sent = stream.try_send(bytes);
      ends.note(sent.ok() ? std::to_string(sent.value()) : to_string(sent.error()));
    }
    ends.note("then " + ends.receive(stream, 1));
  });
  const StreamNotes notes = talk.run(lazy_plan({{"a:client/send(b:7)#1/would-block", 1}}));
  REQUIRE(notes.size() >= 2);
  CHECK(notes[0] == "EAGAIN");
  CHECK(notes[1] == "4");
}

TEST_CASE("network: a connection is lost for both ends or for one as decided") {
  const auto hear = [](const Talk::Ends& ends, Stream& stream) {
    ends.note("hears " + ends.receive(stream, 4));
  };
  Talk talk(hear, say_word);
  const auto with = [&](std::uint32_t value) {
    return joined(talk.run(lazy_plan({{arrival + "#2/reset", value}})));
  };
  CHECK(with(1) == "says none\nthen  ECONNRESET\nhears  ECONNRESET\n");
  // Only where it should have come: the other learns of it when this end is closed.
  CHECK(with(2) == "says none\nhears  ECONNRESET\nthen  ECONNRESET\n");
  CHECK(with(3) == "says none\nthen  ECONNRESET\nhears  ECONNRESET\n");
}

TEST_CASE("network: a link that is cut by a fault heals by itself") {
  for (const std::uint32_t value : {1u, 2u, 3u, 4u}) {
    CAPTURE(value);
    Talk talk(hear_four, say_word);
    const StreamNotes notes = talk.run(lazy_plan({{arrival + "#2/partition", value}}));
    CHECK(joined(notes) == "says none\nhears word\nthen \n");
  }
}

TEST_CASE("network: a link that is cut holds back what is sent until it is healed") {
  bool is_cut = false;
  Talk talk(hear_four, [&](const Talk::Ends& ends, Stream& stream) {
    ends.a.cut_link_to(ends.b);
    is_cut = true;
    ends.note("says " + to_string(ends.send(stream, "word")));
    ends.sim.sleep(std::chrono::seconds(5));
    ends.note("heals");
    ends.a.heal_links();
    ends.note("then " + ends.receive(stream, 1));
  });
  CHECK(joined(talk.run(lazy_plan())) == "says none\nheals\nhears word\nthen \n");
  CHECK(is_cut);
}

TEST_CASE("network: what is cut for good leaves who waits in a deadlock") {
  Talk talk(hear_four, [&](const Talk::Ends& ends, Stream& stream) {
    ends.a.cut_link_to(ends.b);
    static_cast<void>(ends.send(stream, "word"));
    ends.note("then " + ends.receive(stream, 1));
  });
  CHECK(joined(talk.run(lazy_plan())) == "deadlock\n");
}

TEST_CASE("network: the peer of a process that ends is told and that of a lost computer is not") {
  const auto told = [](bool is_power) {
    Talk talk(
        [](const Talk::Ends& ends, Stream& stream) {
          ends.sim.sleep(std::chrono::seconds(10));
          static_cast<void>(ends.receive(stream, 1));
        },
        [](const Talk::Ends& ends, Stream& stream) {
          const Buffer buffer = Buffer::allocate(1);
          const Completion next = stream.recv(buffer);
          const IOError error =
              ends.wait(with_deadline(ends.a.io(), next, std::chrono::seconds(60)));
          ends.note(error == IOError::none ? std::to_string(next.result()) : to_string(error));
          ends.b.restart();
          IOError sent = IOError::none;
          for (int i = 0; i < 5 && sent == IOError::none; ++i) {
            sent = ends.send(stream, "?");
            ends.sim.sleep(std::chrono::milliseconds(1));
          }
          ends.note(to_string(sent));
        });
    talk.with_operator([is_power](const Talk::Ends& ends) {
      ends.sim.sleep(std::chrono::seconds(1));
      is_power ? ends.b.cut_power() : ends.b.kill();
    });
    return joined(talk.run(lazy_plan()));
  };
  CHECK(told(false) == "0\nECONNRESET\n");
  CHECK(told(true) == "ETIMEDOUT\nECONNRESET\n");
}

TEST_CASE("network: a node without a listener is reached by nobody") {
  StreamNotes notes;
  Toy toy([&](Sim& sim) {
    notes.clear();
    Sim::Node a = sim.node("a");
    sim.task("t", [&] {
      notes.push_back(to_string(sim.wait(sim.io().connect("a:7"))));
      notes.push_back(to_string(sim.io().listen("a:7").error()));  // another's address
      const auto door = a.io().listen(":7");
      notes.push_back(to_string(sim.wait(sim.io().connect("a:7"))));
    });
    sim.run();
  });
  CHECK(found(toy.run(lazy_plan())) == "");
  CHECK(joined(notes) == "ECONNREFUSED\nEADDRNOTAVAIL\nnone\n");
}
