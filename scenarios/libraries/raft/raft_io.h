// RaftIO: the `raft_io` of one process, over a Journal, a timer and Peers. raft calls it and is
// called by it on the stack of the process only.
#pragma once

#include "scenarios/libraries/raft/c_raft.h"
#include "scenarios/libraries/raft/events.h"
#include "scenarios/libraries/raft/journal.h"
#include "scenarios/libraries/raft/message.h"
#include "scenarios/libraries/raft/peers.h"
#include "scenarios/libraries/raft/records.h"
#include "scenarios/libraries/raft/workarounds.h"

#include <reprise/reprise.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace reprise::libraries::consensus {

/// A server that has lost its disk gets an id that is so much larger.
constexpr raft_id ids_per_life = 10;
/// Where the server of this id listens; its node is "s1" for the ids 1, 11, 21 ...
inline std::string address_of(raft_id id) {
  return 's' + std::to_string(id % ids_per_life) + ":7000";
}

class RaftIO {
 public:
  struct Options {
    std::uint64_t seed = 0;       // of its random numbers
    bool says_early = false;      // see Journal
    bool has_known_bugs = false;  // nothing is done about them
  };
  /// The contents of the file "journal" of a server that was just bootstrapped.
  static std::string first_journal(const raft_configuration& configuration);

  RaftIO(const Sim::Node& node, Events& events, const Options& options);
  RaftIO(const RaftIO&) = delete;
  RaftIO& operator=(const RaftIO&) = delete;

  raft_io* functions() { return &functions_; }

 private:
  /// raft's time passes slower and slower: an I/O may take arbitrarily long, and raft makes
  /// progress only once its timeouts are longer than that.
  static constexpr std::uint64_t ticks_per_doubling = 20;

  static RaftIO& of(raft_io* io) { return *static_cast<RaftIO*>(io->impl); }
  const ::raft& raft() const { return *static_cast<const ::raft*>(functions_.data); }

  int load(raft_term* term, raft_id* vote, raft_snapshot** snapshot, raft_index* first,
           raft_entry** entries, std::size_t* count);
  int start(unsigned period_ms, raft_io_tick_cb tick, raft_io_recv_cb receive);
  void close(raft_io_close_cb closed);
  int wait_until_kept();
  int append(raft_io_append* request, const raft_entry* entries, unsigned count,
             raft_io_append_cb done);
  int send(raft_io_send* request, raft_message message, raft_io_send_cb done);
  int put_snapshot(unsigned trailing, raft_io_snapshot_put* request, const raft_snapshot& snapshot,
                   raft_io_snapshot_put_cb done);
  int get_snapshot(raft_io_snapshot_get* request, raft_io_snapshot_get_cb done);
  raft_snapshot* make_snapshot(const StoredSnapshot& from) const;
  int random(int low, int high);
  void tick();
  /// One request of raft less that is under way.
  void request_ends();

  Sim::Node node_;
  Events& events_;
  raft_io functions_{};
  Journal journal_;
  Peers peers_;
  Workarounds workarounds_;
  std::optional<StoredSnapshot> snapshot_;  // the last one that is kept
  Stored stored_;
  raft_id id_ = 0;
  std::string sender_;  // of the message that raft receives: a frame that blocks owns no memory
  std::uint64_t random_;
  std::uint64_t period_ms_ = 0;  // of raft's time, between two ticks
  std::uint64_t ticks_ = 0;
  Completion next_tick_;
  raft_io_tick_cb tick_ = nullptr;
  std::uint64_t requests_ = 0;  // under way
  raft_io_close_cb closed_ = nullptr;
};

}  // namespace reprise::libraries::consensus
