#include "scenarios/libraries/raft/workarounds.h"

#include "scenarios/libraries/raft/message.h"

#include <algorithm>

namespace reprise::libraries::consensus {

void Workarounds::begin(const ::raft& raft, raft_message& message) {
  if (!is_on_) return;
  if (message.type == RAFT_IO_APPEND_ENTRIES) {
    raft_append_entries& of = message.append_entries;
    skip_committed(raft.log, of);
    offer(of.term, of.prev_log_index + of.n_entries);
    if (of.term == term_) look_for_own(of);
  } else if (message.type == RAFT_IO_INSTALL_SNAPSHOT) {
    offer(message.install_snapshot.term, message.install_snapshot.last_index);
    committed_ = std::max(committed_, message.install_snapshot.last_index);
  }
}

void Workarounds::look_for_own(const raft_append_entries& message) {
  committed_ = std::max(committed_, message.leader_commit);
  if (message.prev_log_term == term_) own_ = std::min(own_, message.prev_log_index);
  for (unsigned i = 0; i < message.n_entries; ++i) {
    if (message.entries[i].term == term_) own_ = std::min(own_, message.prev_log_index + 1 + i);
  }
}

void Workarounds::offer(raft_term term, raft_index last) {
  if (term > term_) {
    matched_ = 0;
    own_ = UINT64_MAX;
  }
  term_ = std::max(term_, term);
  offered_ = term < term_ ? 0 : last;
}

void Workarounds::accept() { matched_ = std::max(matched_, offered_); }

void Workarounds::correct(raft_message& message) {
  if (!is_on_ || message.type != RAFT_IO_APPEND_ENTRIES_RESULT) return;
  raft_append_entries_result& result = message.append_entries_result;
  if (result.rejected != 0) return;
  accept();
  raft_index& last = result.last_log_index;
  last = std::min(last, matched_);
  if (last < own_) last = std::min(last, committed_);
}

/// raft takes entries that are older than its log, because a snapshot has them, for new ones. They
/// are committed, so they are left out.
void Workarounds::skip_committed(const raft_log& log, raft_append_entries& message) const {
  const raft_index last = log.snapshot.last_index;
  if (message.prev_log_index >= last) return;
  const auto skipped =
      static_cast<unsigned>(std::min<raft_index>(last - message.prev_log_index, message.n_entries));
  message.prev_log_index = last;
  message.prev_log_term = log.snapshot.last_term;
  std::copy(message.entries + skipped, message.entries + message.n_entries, message.entries);
  message.n_entries -= skipped;
  if (skipped == 0 || message.n_entries > 0) return;
  raft_free(message.entries->batch);
  raft_free(message.entries);
  message.entries = nullptr;
}

void Workarounds::separate(raft_entry* entries, std::size_t count) const {
  if (!is_on_ || count == 0) return;
  void* const shared = entries[0].batch;
  for (std::size_t i = 0; i < count; ++i) {
    entries[i].buf = buffer_of(text_of(entries[i].buf));
    entries[i].batch = entries[i].buf.base;
  }
  raft_free(shared);
}

raft_buffer* Workarounds::forgotten(const ::raft& raft, unsigned trailing,
                                    raft_buffer* buffers) const {
  const bool is_installed = trailing == 0;
  return is_on_ && is_installed && raft.state == RAFT_UNAVAILABLE ? buffers : nullptr;
}

}  // namespace reprise::libraries::consensus
