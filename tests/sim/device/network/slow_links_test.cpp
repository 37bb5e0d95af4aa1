// The latencies of links, and bits that flip, where connections go over them.
#include "tests/support/stream_rules.h"
#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace reprise;
using namespace reprise::tests;

namespace {

using std::chrono::milliseconds;

/// The node `a` says "one" to `b`, and 100 ms later "two"; `b` notes what has come, and when.
class SlowTalk {
 public:
  std::string tell(std::vector<PlannedDecision> decisions) {
    const RunResult result = toy_.run(lazy_plan(std::move(decisions)));
    if (result.finding) notes_.push_back(result.finding->check);
    CHECK(toy_.missed().none());
    return joined(notes_);
  }

 private:
  void listen(Sim& sim, const Sim::Node& b, Listener& door) {
    const Completion accepted = door.accept();
    if (sim.wait(accepted) != IOError::none) return;
    const std::unique_ptr<Stream> stream = b.io().take_stream(accepted);
    for (;;) {
      const Buffer buffer = Buffer::allocate(8);
      const Completion received = stream->recv(buffer);
      const auto came = [&] { return received.finished(); };
      // An I/O that a timeout guards is not lost when it comes after it.
      if (sim.wait(CompletionGroup::any({received, b.io().timer(milliseconds(50))},
                                        Losers::left)) == IOError::none &&
          !came()) {
        notes_.push_back("nothing yet");
      }
      if (sim.wait(received) != IOError::none || received.result() == 0) break;
      const auto ms = std::to_string(sim.now().ns / 1'000'000);
      notes_.push_back(
          std::string(reinterpret_cast<const char*>(buffer.data()), received.result()) + " at " +
          ms + " ms");
    }
  }

  StreamNotes notes_;
  Toy toy_{[this](Sim& sim) {
    notes_.clear();
    sim.survives({.corruption = true, .slow_links = true});
    const Sim::Node a = sim.node("a");
    const Sim::Node b = sim.node("b");
    const std::unique_ptr<Listener> door = std::move(b.io().listen(":7")).value();
    b.task("server", [&] { listen(sim, b, *door); });
    a.task("client", [&] {
      StreamRig rig{a.io(), "", [&](const Completion& c) { return sim.wait(c); }};
      const Completion connected = a.io().connect("b:7");
      if (sim.wait(connected) != IOError::none) return;
      const std::unique_ptr<Stream> stream = a.io().take_stream(connected);
      static_cast<void>(send_all(rig, *stream, "one"));
      sim.sleep(milliseconds(100));
      static_cast<void>(send_all(rig, *stream, "two"));
    });
    sim.run();
  }};
};

const std::string connect_there = "a:client/connect(b:7)/there";

}  // namespace

TEST_CASE("network: a timeout beats what comes late over a slow link") {
  SlowTalk talk;
  CHECK(talk.tell({}) == "one at 0 ms\nnothing yet\ntwo at 100 ms\n");
  // 252 ms for the connection, and as long again for what is sent at 252 and at 352 ms.
  CHECK(talk.tell({{"a/link(b)#1/latency", 29}}) ==
        "nothing yet\none at 505 ms\nnothing yet\ntwo at 605 ms\n");
}

TEST_CASE("network: what is sent while something is on its way does not come with it") {
  SlowTalk talk;
  CHECK(talk.tell({{connect_there + "#2/jitter", 29}}) ==
        "nothing yet\none at 252 ms\ntwo at 252 ms\n");
}

TEST_CASE("network: a bit of what a connection brings flips as decided") {
  SlowTalk talk;
  CHECK(talk.tell({{connect_there + "#2/corrupt", 9}}) ==
        "ooe at 0 ms\nnothing yet\ntwo at 100 ms\n");
}
