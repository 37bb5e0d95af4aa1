// Process: what is gone when a server is killed: raft, the register that it replicates, its memory,
// its connections, and the calls that nobody has answered yet.
#pragma once

#include "scenarios/libraries/raft/c_raft.h"
#include "scenarios/libraries/raft/events.h"
#include "scenarios/libraries/raft/process_heap.h"
#include "scenarios/libraries/raft/raft_io.h"

#include <reprise/reprise.h>

#include <cstdint>
#include <functional>
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

/// A change of a cluster's configuration.
struct Change {
  enum class Kind { add, promote, remove } kind;
  raft_id id = 0;
};

struct Answer {
  /// What raft says; nothing is known if it has said nothing.
  static constexpr int unknown = -1;
  int status = unknown;
  bool is_refused = false;  // raft has not begun with it
  std::uint64_t value = 0;  // of the register, if the status is 0
};

class Process {
 public:
  struct Options {
    RaftIO::Options io = {};
    unsigned snapshot_after = 1024;  // entries
    unsigned snapshot_trailing = 1;  // entries that are kept nevertheless
    bool prints = false;             // raft's own trace
  };
  /// The commands that any server has applied, which are the same for all of them.
  using Applied = std::vector<Command>;

  Process(Sim& sim, const Sim::Node& node, Applied& applied, const Options& options);
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process();

  /// Foreign code: runs until it is closed.
  void run(raft_id id);
  void close();
  // They finish when `answer` is there, and fail if the process has ended before.
  Completion call(const Command& command, std::shared_ptr<Answer> answer);
  Completion change(const Change& change, std::shared_ptr<Answer> answer);

 private:
  /// A call that was not answered yet.
  struct Request {
    Process* process = nullptr;
    std::list<Request>::iterator self = {};
    std::shared_ptr<Answer> answer = {};
    Completion done = {};
    struct raft_apply apply = {};
    raft_change change = {};
  };

  static Process& of(raft_fsm* machine) { return *static_cast<Process*>(machine->data); }
  int apply(const raft_buffer& bytes, void** result);
  int save(raft_buffer** buffers, unsigned* count) const;
  int restore(raft_buffer& bytes);
  /// Lets raft have the request by `submit`, which gives raft's status.
  Completion ask(std::shared_ptr<Answer> answer, std::function<int(Request& request)> submit);
  int submit(const Command& command, Request& request);
  int submit(const Change& change, Request& request);
  static void end(Request& request, const Answer& answer);
  /// Has raft commit what its log has of earlier terms, where Workarounds keeps it from that.
  void begin_term();

  Sim& sim_;
  Applied& all_applied_;
  Options options_;
  ProcessHeap heap_;
  Events events_;
  RaftIO io_;
  raft_fsm machine_{};
  raft_tracer tracer_{};
  ::raft raft_{};
  std::uint64_t register_ = 0;
  std::size_t applied_ = 0;
  CompletionPool pool_;
  std::list<Request> requests_;
  std::list<struct raft_barrier> barriers_;
};

}  // namespace reprise::libraries::consensus
