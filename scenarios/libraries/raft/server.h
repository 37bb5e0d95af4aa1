// Server: a node that runs raft, with a register that the servers of a cluster replicate. Its
// process starts again whenever it was killed or its node has lost its power.
#pragma once

#include "scenarios/libraries/raft/c_raft.h"
#include "scenarios/libraries/raft/events.h"
#include "scenarios/libraries/raft/process_heap.h"
#include "scenarios/libraries/raft/raft_io.h"

#include <reprise/reprise.h>

#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <vector>

namespace reprise::libraries::consensus {

/// Reads the register, or writes it.
struct Command {
  std::uint64_t written = 0;  // 0: reads

  friend bool operator==(const Command&, const Command&) = default;
};
std::string to_string(const Command& command);

struct Answer {
  enum class Kind { unknown, refused, applied } kind = Kind::unknown;
  std::uint64_t value = 0;  // of the register, if applied
};

/// The commands that any server has applied, which are the same for all of them.
using Applied = std::vector<Command>;

class Process;

class Server {
 public:
  struct Cluster {
    std::uint32_t servers = 3;
    RaftIO::Options io = {};  // of each process, but for the seed
    Applied applied = {};
  };

  /// With a disk as bootstrapping leaves it. `id` counts from 1.
  Server(Sim& sim, Cluster& cluster, std::uint32_t id);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();

  /// Finishes when `answer` is there; fails if the process has ended before.
  Completion call(const Command& command, std::shared_ptr<Answer> answer);
  /// Closes raft, and ends the process.
  void close();

  const Sim::Node& node() const { return node_; }
  /// How many commands it has applied.
  std::size_t applied() const;

 private:
  void start();

  Sim& sim_;
  Cluster& cluster_;
  std::uint32_t id_;
  Sim::Node node_;
  std::uint32_t starts_ = 0;
  std::unique_ptr<Process> process_;
};

}  // namespace reprise::libraries::consensus
