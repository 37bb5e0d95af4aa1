// Expect: clean
// A node keeps the state of its peers in a map and writes each down; peers come and go meanwhile.
#include <reprise/reprise.h>

#include <cstring>
#include <map>
#include <unordered_map>
#include <utility>
#include <vector>

using namespace reprise;

struct Node {
  File& table;
  std::unordered_map<int, int> peers = {};
  std::vector<int> keys = {};
  std::unordered_map<int, int>::iterator at = {};
  std::size_t next = 0;
  bool saving = false;
  Completion pending = {};
  std::map<int, int> saved = {};

  IOResult<Unit> write(int peer, int state) {
    if (!pending) {
      const Buffer row = Buffer::allocate(sizeof state);
      std::memcpy(row.data(), &state, sizeof state);
      pending = table.pwrite(static_cast<std::uint64_t>(peer) * sizeof state, row);
    }
    if (!pending.finished()) IO_YIELD_ONE(pending);
    const Completion done = std::exchange(pending, {});
    if (!done.succeeded()) return done.get_error();
    return Unit{};
  }
  IOResult<Unit> save() {
    if (!std::exchange(saving, true)) {
      keys.clear();
      next = 0;
      for (const auto& [peer, state] : peers) keys.push_back(peer);
    }
    for (; next < keys.size(); ++next) {
      const auto found = peers.find(keys[next]);
      if (found == peers.end() && !pending) continue;  // it has left
      RETURN_IF_IO(write(keys[next], found == peers.end() ? 0 : found->second));
      saved[keys[next]] += 1;
    }
    saving = false;
    return Unit{};
  }
};

SCENARIO("public/iterator_over_yield") {
  Node node{sim.open("peers")};
  for (int peer = 0; peer < 6; ++peer) node.peers[peer] = 100 + peer;
  sim.results_depend_on_timing();  // who has left by then
  sim.task("saver", [&] {
    sim.expect(sim.await([&] { return node.save(); }).ok(), "they are saved");
    for (int peer = 0; peer < 4; ++peer) sim.expect_eq(node.saved[peer], 1);
  });
  sim.task("network", [&] {
    for (int i = 0; i < 4; ++i) {
      sim.sleep(Duration(1000));
      node.peers.erase(5 - i % 2);
      for (int peer = 0; peer < 10; ++peer) node.peers[100 + 10 * i + peer] = 1;
    }
  });
  sim.run();
}
