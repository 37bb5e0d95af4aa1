// C-raft: servers that replicate a register, on simulated networks and disks. Servers fall and
// start again, connections are lost, the network is cut. Whatever happens, the register is
// linearizable; and once nothing more happens to them, they answer.
#include "scenarios/libraries/raft/c_raft.h"
#include "scenarios/libraries/raft/server.h"

#include <reprise/reprise.h>
#include <reprise/sim/linearizable.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace reprise::libraries::consensus {
namespace {

using std::chrono::milliseconds;

struct Register {
  using Call = Command;
  std::uint64_t value = 0;

  std::uint64_t apply(const Call& call) {
    if (call.written != 0) value = call.written;
    return value;
  }
};

struct Cluster {
  explicit Cluster(Sim& world) : sim(world), history(world, "the register") {
    common.servers = static_cast<std::uint32_t>(sim.option("servers", 3));
    common.io.says_early = sim.option("early-acknowledgement", 0) != 0;
    common.io.has_known_bugs = sim.option("known-bugs", 0) != 0;
    for (std::uint32_t id = 1; id <= common.servers; ++id) {
      servers.push_back(std::make_unique<Server>(sim, common, id));
    }
  }

  /// Asks one server after the other, until one of them has not refused.
  Answer::Kind call(const Command& command, std::uint32_t attempts) {
    auto pending = history.call(command);
    for (std::uint32_t attempt = 0; attempt < attempts; ++attempt) {
      const auto answer = std::make_shared<Answer>();
      static_cast<void>(sim.wait(servers[next % servers.size()]->call(command, answer)));
      if (answer->kind == Answer::Kind::applied) pending.returned(answer->value);
      if (answer->kind != Answer::Kind::refused) return answer->kind;
      ++next;
      sim.sleep(milliseconds(300) * (1 << std::min(attempt / 4, 20u)));
    }
    pending.had_no_effect();
    return Answer::Kind::refused;
  }

  /// What may happen right after an answer, when a promise has just been made.
  void disturb() {
    switch (sim.choose("what happens to the servers", 12)) {
      case 1:
        sim.reached("a power loss of all servers");
        for (const auto& server : servers) server->node().cut_power();
        for (const auto& server : servers) server->node().restart();
        break;
      case 2:
        last_asked().kill();
        last_asked().restart();
        break;
      case 3:
        for (const auto& server : servers) {
          if (server->node().name() == last_asked().name()) continue;
          last_asked().cut_link_to(server->node());
          server->node().cut_link_to(last_asked());
        }
        break;
      case 4: heal(); break;
      default: break;
    }
  }
  const Sim::Node& last_asked() const { return servers[next % servers.size()]->node(); }
  void heal() {
    for (const auto& server : servers) server->node().heal_links();
  }

  Sim& sim;
  Server::Cluster common;
  Linearizable<Register> history;
  std::vector<std::unique_ptr<Server>> servers;
  std::size_t next = 0;  // the server to ask next
  std::uint64_t last_written = 0;
};

SCENARIO("libraries/raft") {
  sim.survives({.short_io = true, .connections = true, .partitions = true});
  sim.results_depend_on_timing();  // who leads is a matter of timing
  sim.events_max(20'000);          // some hundred are enough
  sim.reset_globals([] { raft_heap_set_default(); });
  Cluster cluster(sim);
  std::uint32_t clients = 2;
  const auto after_faults = [&] {
    sim.quiet();
    cluster.heal();
    const Command write{++cluster.last_written};
    bool answers = false;
    for (int round = 0; round < 100 && !answers; ++round) {
      answers = cluster.call(write, 100) == Answer::Kind::applied;
    }
    sim.expect(answers, "the cluster answers once nothing more happens to it");
    sim.reached("an answer");
    for (const auto& server : cluster.servers) server->close();
  };
  for (std::uint32_t client = 0; client < clients; ++client) {
    sim.task("client", client, [&] {
      for (int calls = 0; calls < 3; ++calls) {
        const bool writes = sim.flip("writes");
        const auto end = cluster.call({writes ? ++cluster.last_written : 0}, 20);
        if (end == Answer::Kind::applied) cluster.disturb();
      }
      if (--clients == 0) after_faults();
    });
  }
  sim.run();
}

}  // namespace
}  // namespace reprise::libraries::consensus
