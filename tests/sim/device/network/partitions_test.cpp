// Which nodes still reach each other in each shape of a partition, and for how long.
#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace reprise;
using namespace reprise::tests;

namespace {

using std::chrono::milliseconds;

constexpr std::array names = {"a", "b", "c", "d"};

/// The node `a` sends a datagram to `b`, whose arrival begins a partition. At some times after
/// that, each node sends its name to all others.
class FourNodes {
 public:
  explicit FourNodes(std::vector<int> times_ms) : times_ms_(std::move(times_ms)) {}

  /// For each time what each node hears: "bcd acd abd abc" if all reach each other.
  std::vector<std::string> run(std::vector<PlannedDecision> decisions) {
    const RunResult result = toy_.run(lazy_plan(std::move(decisions)));
    CHECK(found(result) == "");
    CHECK(toy_.missed().none());
    return heard_;
  }

 private:
  using Sockets = std::vector<std::unique_ptr<DatagramSocket>>;

  static Buffer letter(char name) {
    const Buffer bytes = Buffer::allocate(1);
    bytes.data()[0] = static_cast<std::byte>(name);
    return bytes;
  }
  static std::string hear(DatagramSocket& socket) {
    std::string heard;
    std::array<std::byte, 1> byte{};
    for (int refused = 0; refused < 16;) {
      const bool came = socket.try_recv_from(byte).ok();
      refused = came ? 0 : refused + 1;
      if (came) heard += static_cast<char>(byte[0]);
    }
    return heard;
  }
  static std::string all_send(Sim& sim, Sockets& sockets) {
    for (std::size_t from = 0; from < names.size(); ++from) {
      for (std::size_t to = 0; to < names.size(); ++to) {
        const std::string address = std::string(names[to]) + ":7";
        if (from == to) continue;
        static_cast<void>(sim.wait(sockets[from]->send_to(address, letter(names[from][0]))));
      }
    }
    sim.sleep(milliseconds(1));
    std::string all;
    for (const auto& socket : sockets) all += (all.empty() ? "" : " ") + hear(*socket);
    return all;
  }

  std::vector<int> times_ms_;
  std::vector<std::string> heard_;
  Toy toy_{[this](Sim& sim) {
    heard_.clear();
    sim.survives({.partitions = true});
    Sockets sockets;
    for (const char* const name : names) {
      sockets.push_back(std::move(sim.node(name).io().datagram_socket(":7")).value());
    }
    sim.task("all", [&] {
      static_cast<void>(sim.wait(sockets[0]->send_to("b:7", letter('?'))));
      for (const int ms : times_ms_) {
        const Duration wait = Instant{static_cast<std::uint64_t>(ms) * 1'000'000} - sim.now();
        sim.sleep(wait);
        heard_.push_back(all_send(sim, sockets));
      }
    });
    sim.run();
  }};
};

const std::string sent_there = "all/send-to(b:7)/there";

std::string heard(std::vector<PlannedDecision> decisions) {
  return FourNodes({10}).run(std::move(decisions)).front();
}

}  // namespace

TEST_CASE("partition: each shape cuts off whom it says") {
  const std::string at = sent_there + "#1/partition";
  CHECK(heard({}) == "bcd ?acd abd abc");
  CHECK(heard({{at, 1}}) == "bcd cd abd abc");
  CHECK(heard({{at, 2}}) == "cd cd abd abc");
  CHECK(heard({{at, 3}}) == "cd  ad ac");
  CHECK(heard({{at, 4}}) == "bcd  abd abc");
  CHECK(heard({{at, 5}}) == "bcd cd bd bc");
}

TEST_CASE("partition: the nodes fall into the sides that are decided") {
  const std::string at = sent_there + "#1/partition";
  CHECK(heard({{at, 6}}) == "cd  ad ac");
  CHECK(heard({{at, 6}, {sent_there + "/side(c)#1/side", 1}}) == "d c b a");
  CHECK(heard({{at, 7}, {sent_there + "/side(c)#1/side", 1}}) == "bcd c b abc");
}

TEST_CASE("partition: nodes are cut off one after another and heal in another order") {
  const std::vector<std::string> at_times = FourNodes({50, 150, 450, 1'150})
                                                .run({{sent_there + "#1/partition", 8},
                                                      {sent_there + "/side(c)#1/side", 1},
                                                      {sent_there + "/clog(c)#1/cut-time", 2}});
  // b is cut off from 0 to 1000 ms, c from 100 to 200 ms.
  CHECK(at_times == std::vector<std::string>{"cd  ad ac", "d   a", "cd  ad ac", "bcd acd abd abc"});
}

TEST_CASE("partition: it lasts as long as decided and then leaves the network whole for a while") {
  FourNodes nodes({50, 950, 1'050});
  const std::string all = "bcd acd abd abc";
  CHECK(nodes.run({{sent_there + "#1/partition", 1}}) ==
        std::vector<std::string>{"bcd cd abd abc", "bcd cd abd abc", all});
  CHECK(nodes.run({{sent_there + "#1/partition", 1}, {sent_there + "#1/cut-time", 1}}) ==
        std::vector<std::string>{all, all, all});
  CHECK(nodes.run({{sent_there + "#1/partition", 1}, {sent_there + "#1/cut-time", 3}}) ==
        std::vector<std::string>{"bcd cd abd abc", "bcd cd abd abc", "bcd cd abd abc"});
}

TEST_CASE("partition: no other begins while the network is whole after one") {
  // The second arrives 40 ms after the links have healed, and the plan is not asked.
  Toy toy([](Sim& sim) {
    sim.survives({.partitions = true});
    const auto b = std::move(sim.node("b").io().datagram_socket(":7")).value();
    const auto a = std::move(sim.node("a").io().datagram_socket(":7")).value();
    sim.task("a", [&] {
      for (const int wait_ms : {50, 100, 0}) {
        static_cast<void>(sim.wait(a->send_to("b:7", Buffer::allocate(1))));
        sim.sleep(milliseconds(wait_ms));
      }
    });
    sim.run();
  });
  const std::string sent = "a/send-to(b:7)/there";
  CHECK(found(toy.run(lazy_plan({{sent + "#1/partition", 1},
                                 {sent + "#1/cut-time", 1},
                                 {sent + "#2/partition", 1},
                                 {sent + "#3/partition", 1}}))) == "");
  CHECK(toy.missed().decisions == std::vector<std::size_t>{2});
}
