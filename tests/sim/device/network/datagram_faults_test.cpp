// What each decision about datagrams does, and what becomes of those on their way.
#include "tests/support/stream_rules.h"
#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

using namespace reprise;
using namespace reprise::tests;

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Buffer buffer_with(std::string_view text) {
  const Buffer bytes = Buffer::allocate(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) bytes.data()[i] = static_cast<std::byte>(text[i]);
  return bytes;
}

/// The node `a` sends "one" and "two", and `b` notes what comes in four seconds.
class Letters {
 public:
  using Part = std::function<void(Sim&, const Sim::Node& a, const Sim::Node& b)>;

  /// Runs in the task that sends, between the two.
  explicit Letters(Part between = {}) : between_(std::move(between)) {}

  const StreamNotes& run(const Plan& plan) {
    const RunResult result = toy_.run(plan);
    if (result.finding) notes_.push_back(result.finding->check);
    CHECK(toy_.missed().none());
    return notes_;
  }

 private:
  void receive(Sim& sim, const Sim::Node& b, DatagramSocket& socket) {
    const Completion end = b.io().timer(seconds(4));
    for (;;) {
      const Buffer buffer = Buffer::allocate(8);
      const Completion received = socket.recv_from(buffer);
      static_cast<void>(sim.wait(CompletionGroup::any({received, end}, Losers::left)));
      if (!received.finished()) break;
      static_cast<void>(socket.take_sender(received));
      notes_.push_back({reinterpret_cast<const char*>(buffer.data()), received.result()});
    }
    socket.close().ignore();
  }

  Part between_;
  StreamNotes notes_;
  Toy toy_{[this](Sim& sim) {
    notes_.clear();
    sim.survives({.datagrams = true, .corruption = true, .slow_links = true, .partitions = true});
    const Sim::Node a = sim.node("a");
    const Sim::Node b = sim.node("b");
    a.recovers([] {});
    b.recovers([] {});
    const auto to = std::move(b.io().datagram_socket(":7")).value();
    const auto from = std::move(a.io().datagram_socket(":0")).value();
    b.task("server", [&] { receive(sim, b, *to); });
    sim.task("client", [&] {
      static_cast<void>(sim.wait(from->send_to("b:7", buffer_with("one"))));
      if (between_) between_(sim, a, b);
      static_cast<void>(sim.wait(from->send_to("b:7", buffer_with("two"))));
    });
    sim.run();
  }};
};

const std::string sent = "client/send-to(b:7)#1";
const std::string there = "client/send-to(b:7)/there#1";

std::string with(std::vector<PlannedDecision> decisions) {
  return joined(Letters().run(lazy_plan(std::move(decisions))));
}

}  // namespace

TEST_CASE("network: a datagram is lost and comes twice and comes late as decided") {
  CHECK(with({}) == "one\ntwo\n");
  CHECK(with({{sent + "/datagram", 1}}) == "two\n");
  CHECK(with({{sent + "/datagram", 2}}) == "one\none\ntwo\n");
  CHECK(with({{sent + "/datagram", 3}}) == "two\none\n");
  CHECK(with({{sent + "/datagram", 4}}) == "one\ntwo\none\n");
}

TEST_CASE("network: a bit of a datagram flips as decided") {
  CHECK(with({{there + "/corrupt", 1}}) == "nne\ntwo\n");
  CHECK(with({{there + "/corrupt", 24}}) == "on\xe5\ntwo\n");
}

TEST_CASE("network: a datagram that meets a partition is lost") {
  // The second is sent before the links heal, and is lost likewise.
  for (const std::uint32_t how : {1u, 2u, 3u, 4u, 5u, 6u, 7u, 8u}) {
    CAPTURE(how);
    CHECK(with({{there + "/partition", how}}) == "");
  }
  Letters letters([](Sim& sim, const Sim::Node&, const Sim::Node&) { sim.sleep(seconds(2)); });
  CHECK(joined(letters.run(lazy_plan({{there + "/partition", 1}}))) == "two\n");
  CHECK(joined(letters.run(lazy_plan({{there + "/partition", 1}, {there + "/cut-time", 3}}))) ==
        "");
}

TEST_CASE("network: a cut link loses datagrams one way") {
  Letters letters([](Sim&, const Sim::Node& a, const Sim::Node& b) { a.cut_link_to(b); });
  CHECK(joined(letters.run(lazy_plan())) == "");
  Letters other([](Sim&, const Sim::Node& a, const Sim::Node& b) { b.cut_link_to(a); });
  CHECK(joined(other.run(lazy_plan())) == "one\ntwo\n");
}

TEST_CASE("network: a lost power takes the datagrams with it that have not come yet") {
  Letters letters([](Sim& sim, const Sim::Node& a, const Sim::Node&) {
    a.cut_power();
    a.restart();
    sim.sleep(milliseconds(1));
  });
  // In the lazy world the first is still on its way then.
  CHECK(joined(letters.run(lazy_plan())) == "");
}

TEST_CASE("network: a link has a latency for the whole run and an arrival more of its own") {
  // 252 ms, and 22 ms.
  Letters letters(
      [](Sim& sim, const Sim::Node&, const Sim::Node&) { sim.sleep(milliseconds(100)); });
  CHECK(joined(letters.run(lazy_plan({{"a/link(b)#1/latency", 29}}))) == "one\ntwo\n");
  CHECK(joined(letters.run(lazy_plan({{"a/link(b)#1/latency", 31}}))) == "");
  CHECK(joined(letters.run(lazy_plan({{there + "/jitter", 31}}))) == "");
}
