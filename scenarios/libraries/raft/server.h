// Server: a node that runs raft. Its process starts again whenever it was killed or the node has
// lost its power.
#pragma once

#include "scenarios/libraries/raft/process.h"

#include <reprise/reprise.h>

#include <cstdint>
#include <memory>

namespace reprise::libraries::consensus {

class Server {
 public:
  /// What the servers of a cluster have in common.
  struct Common {
    std::uint32_t servers = 3;  // 9 at most
    Process::Options process = {};
    Process::Applied applied = {};
  };

  /// With a disk as bootstrapping leaves it. `id` counts from 1.
  Server(Sim& sim, Common& common, raft_id id);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // See Process. A server that has no process refuses.
  Completion call(const Command& command, std::shared_ptr<Answer> answer);
  Completion change(const Change& change, std::shared_ptr<Answer> answer);
  void close();

  /// Its disk is lost with all that it has promised, so it starts again as another one, which is no
  /// member of the cluster yet.
  void lose_disk();

  raft_id id() const { return id_; }
  const Sim::Node& node() const { return node_; }

 private:
  void start();

  Sim& sim_;
  Common& common_;
  raft_id id_;
  Sim::Node node_;
  std::uint32_t starts_ = 0;
  std::unique_ptr<Process> process_;
};

}  // namespace reprise::libraries::consensus
