// Workarounds: what RaftIO does so that the bugs of raft that are known do not show, all in one
// place. docs/LIBRARIES.md tells of each; with `--set known-bugs=1` nothing is done about them.
#pragma once

#include "scenarios/libraries/raft/c_raft.h"

#include <cstddef>
#include <cstdint>

namespace reprise::libraries::consensus {

class Workarounds {
 public:
  explicit Workarounds(bool is_on) : is_on_(is_on) {}

  // A follower tells the index of the last entry that it has, though entries of an earlier leader
  // may follow the last one that the present leader has sent. It may tell what it has accepted.

  /// `raft` receives the message from here on, until end().
  void begin(const ::raft& raft, raft_message& message);
  void end() { offered_ = 0; }
  /// raft accepts what it receives.
  void accept();
  /// raft sends the message.
  void correct(raft_message& message);

  // It counts who has an entry of an earlier term, too, and commits it then. A follower may tell of
  // the first entry of its leader's own term, and of what is committed: correct() sees to it.

  // It counts on blocks of which each has one entry.

  /// Gives each of the entries, which share a block, one of its own.
  void separate(raft_entry* entries, std::size_t count) const;

  // It forgets the array of buffers of a snapshot that it installs, if it is closed meanwhile.

  /// What to free once raft knows that the snapshot is kept.
  raft_buffer* forgotten(const ::raft& raft, unsigned trailing, raft_buffer* buffers) const;

  // Once the snapshot is kept it answers its leader, also if it has none any more.

  /// raft learns that a snapshot is kept, until end_snapshot().
  void begin_snapshot(const ::raft& raft) {
    has_leader_ = raft.state == RAFT_FOLLOWER && raft.follower_state.current_leader.id != 0;
  }
  void end_snapshot() { has_leader_ = true; }
  /// Whether raft sends this to nobody.
  bool is_for_nobody() const { return is_on_ && !has_leader_; }

 private:
  void skip_committed(const raft_log& log, raft_append_entries& message) const;
  void offer(raft_term term, raft_index last);
  void look_for_own(const raft_append_entries& message);

  bool is_on_;
  bool has_leader_ = true;
  raft_term term_ = 0;
  raft_index matched_ = 0;       // what the leader of that term has sent, and raft accepted
  raft_index offered_ = 0;       // by the message that raft receives
  raft_index own_ = UINT64_MAX;  // the first entry of that term, as far as it is known
  raft_index committed_ = 0;     // as leaders have told
};

}  // namespace reprise::libraries::consensus
