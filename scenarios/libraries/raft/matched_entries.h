// MatchedEntries: how many entries a follower may say that it shares with its leader. raft's
// followers tell the index of the last entry that they have, though entries of an earlier leader
// may follow the last one that the present leader has sent; docs/LIBRARIES.md tells what comes of
// it.
#pragma once

#include "scenarios/libraries/raft/c_raft.h"

#include <algorithm>

namespace reprise::libraries::consensus {

class MatchedEntries {
 public:
  /// raft receives a message from here on, until end().
  void begin(const raft_message& message) {
    switch (message.type) {
      case RAFT_IO_APPEND_ENTRIES: {
        const raft_append_entries& of = message.append_entries;
        return begin(of.term, of.prev_log_index + of.n_entries);
      }
      case RAFT_IO_INSTALL_SNAPSHOT:
        return begin(message.install_snapshot.term, message.install_snapshot.last_index);
    }
  }
  void end() { offered_ = 0; }
  /// raft accepts what it receives.
  void accept() { matched_ = std::max(matched_, offered_); }

  raft_index at_most(raft_index last) const { return std::min(last, matched_); }

 private:
  void begin(raft_term term, raft_index last) {
    if (term > term_) matched_ = 0;
    term_ = std::max(term_, term);
    offered_ = term < term_ ? 0 : last;
  }

  raft_term term_ = 0;
  raft_index matched_ = 0;  // what the leader of that term has sent, and raft accepted
  raft_index offered_ = 0;  // by the message that raft receives
};

}  // namespace reprise::libraries::consensus
