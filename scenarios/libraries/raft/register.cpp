// C-raft: servers that replicate a register, on simulated networks and disks. Servers fall and
// start again, connections are lost, the network is cut, one server loses its disk and is replaced.
// Whatever happens, the register is linearizable; and once nothing more happens, the servers
// answer.
#include "scenarios/libraries/raft/server.h"

#include <reprise/reprise.h>
#include <reprise/sim/linearizable.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace reprise::libraries::consensus {
namespace {

struct Register {
  using Call = Command;
  std::uint64_t value = 0;

  std::uint64_t apply(const Call& call) {
    if (call.written != 0) value = call.written;
    return value;
  }
};

/// What may happen to the server that has answered, or to all; other numbers are none of it.
enum class Trouble : std::uint32_t {
  power_loss_of_all = 1,
  kill,
  cut_off,
  healed_links,
  lost_disk
};

class Cluster {
 public:
  explicit Cluster(Sim& sim) : sim_(sim), history_(sim, "the register") {
    common_.servers = static_cast<std::uint32_t>(sim.option("servers", 3));
    Process::Options& process = common_.process;
    process.io.says_early = sim.option("early-acknowledgement", 0) != 0;
    process.io.has_known_bugs = sim.option("known-bugs", 0) != 0;
    process.prints = sim.option("trace", 0) != 0;
    const std::uint32_t entries = sim.choose("entries before a snapshot", 4);
    if (entries > 0) process.snapshot_after = 1 + entries;
    // A change of the members that a snapshot has is not rolled back, but ends the process.
    members_may_change_ = entries == 0 || process.io.has_known_bugs;
    for (raft_id id = 1; id <= common_.servers; ++id) {
      servers_.push_back(std::make_unique<Server>(sim, common_, id));
    }
  }

  /// Reads or writes the register; true if it has been answered.
  bool call(bool writes, std::uint32_t attempts) {
    const Command command{writes ? ++last_written_ : 0};
    auto pending = history_.call(command);
    const Answer answer = ask(attempts, [&](Server& server, std::shared_ptr<Answer> told) {
      return server.call(command, std::move(told));
    });
    if (answer.status == 0) pending.returned(answer.value);
    if (answer.is_refused) pending.had_no_effect();
    return answer.status == 0;
  }

  /// What may happen right after an answer, when a promise has just been made.
  void disturb() {
    const Sim::Node& last = last_asked().node();
    switch (static_cast<Trouble>(sim_.choose("what happens to the servers", 12))) {
      case Trouble::power_loss_of_all:
        for (const auto& server : servers_) server->node().cut_power();
        for (const auto& server : servers_) server->node().restart();
        break;
      case Trouble::kill:
        last.kill();
        last.restart();
        break;
      case Trouble::cut_off:
        for (const auto& server : servers_) {
          if (server->node().name() == last.name()) continue;
          last.cut_link_to(server->node());
          server->node().cut_link_to(last);
        }
        break;
      case Trouble::healed_links: heal(); break;
      case Trouble::lost_disk:
        if (replaced_ == nullptr && members_may_change_) lose_disk(last_asked());
        break;
      default: break;
    }
  }

  /// From now on nothing happens any more, so there must be progress.
  void calm_down() {
    sim_.quiet();
    heal();
    sim_.expect(replaced_ == nullptr || replace(200),
                "a server that has lost its disk is replaced");
    bool answers = false;
    for (int call = 0; call < 100 && !answers; ++call) answers = this->call(true, 100);
    sim_.expect(answers, "the servers answer once nothing more happens to them");
    sim_.reached("an answer at the end");
    for (const auto& server : servers_) server->close();
  }

 private:
  Server& last_asked() { return *servers_[next_ % servers_.size()]; }

  void heal() {
    for (const auto& server : servers_) server->node().heal_links();
  }

  /// Asks one server after the other until one of them does not refuse.
  template <class Call>
  Answer ask(std::uint32_t attempts, Call call) {
    for (std::uint32_t attempt = 0;; ++attempt) {
      const auto answer = std::make_shared<Answer>();
      static_cast<void>(sim_.wait(call(last_asked(), answer)));
      if (!answer->is_refused || attempt == attempts) return *answer;
      if (answer->status != RAFT_NOTLEADER && answer->status != Answer::unknown) return *answer;
      ++next_;
      wait_before(attempt + 1);
    }
  }

  /// Longer and longer: raft's time passes slower and slower, too.
  void wait_before(std::uint32_t attempt) {
    sim_.sleep(std::chrono::milliseconds(300) * (1 << std::min(attempt / 4, 20u)));
  }

  void lose_disk(Server& server) {
    replaced_ = &server;
    replaced_id_ = server.id();
    server.lose_disk();
    replace(10);
  }

  /// Makes the server with the empty disk a member; false if that has not succeeded yet.
  bool replace(std::uint32_t attempts) {
    Change next{Change::Kind::promote, replaced_->id()};
    for (std::uint32_t attempt = 1; attempt <= attempts; ++attempt) {
      const Answer answer = ask(20, [&](Server& server, std::shared_ptr<Answer> told) {
        return server.change(next, std::move(told));
      });
      const bool is_done = answer.status == 0;
      if (next.kind == Change::Kind::promote && (is_done || answer.status == RAFT_BADROLE)) {
        return true;
      }
      if (answer.status == RAFT_NOTFOUND) {
        next = {Change::Kind::add, replaced_->id()};
      } else if (answer.status == RAFT_DUPLICATEADDRESS) {
        next = {Change::Kind::remove, replaced_id_};
      } else {
        if (!is_done) wait_before(attempt);
        next = {Change::Kind::promote, replaced_->id()};
      }
    }
    return false;
  }

  Sim& sim_;
  Server::Common common_;
  Linearizable<Register> history_;
  std::vector<std::unique_ptr<Server>> servers_;
  std::size_t next_ = 0;  // the server to ask next
  std::uint64_t last_written_ = 0;
  bool members_may_change_ = false;
  Server* replaced_ = nullptr;  // has lost its disk
  raft_id replaced_id_ = 0;     // what it was before
};

SCENARIO("libraries/raft") {
  sim.survives({.short_io = true, .connections = true, .partitions = true});
  sim.results_depend_on_timing();  // who leads is a matter of timing
  sim.events_max(50'000);          // a thousand are enough
  sim.reset_globals([] { raft_heap_set_default(); });
  Cluster cluster(sim);
  std::uint32_t clients = 2;
  for (std::uint32_t client = 0; client < clients; ++client) {
    sim.task("client", client, [&] {
      for (int calls = 0; calls < 3; ++calls) {
        if (cluster.call(sim.flip("writes"), 20)) cluster.disturb();
      }
      if (--clients == 0) cluster.calm_down();
    });
  }
  sim.run();
}

}  // namespace
}  // namespace reprise::libraries::consensus
