// The records of a process's journal: the changes of what raft must not forget. Stored is what all
// of them together say.
#pragma once

#include "scenarios/libraries/raft/c_raft.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reprise::libraries::consensus {

struct StoredEntry {
  raft_term term = 0;
  unsigned short type = 0;
  std::string data = {};
};

struct StoredSnapshot {
  raft_index index = 0;
  raft_term term = 0;
  std::string configuration = {};
  raft_index configuration_index = 0;
  std::string data = {};
};

/// A new term, in which no vote was given.
std::string record_of_term(raft_term term);
std::string record_of_vote(raft_id id);
/// Entries behind the last one.
std::string record_of_entries(const raft_entry* entries, std::size_t count);
/// The entry of this index and all behind it are gone.
std::string record_of_cut(raft_index from);
/// What the snapshot has is gone, but for its last `trailing` entries. 0: so is what comes behind.
std::string record_of_snapshot(const StoredSnapshot& snapshot, std::uint64_t trailing);

struct Stored {
  raft_term term = 0;
  raft_id vote = 0;
  raft_index first = 1;  // index of the first entry
  std::vector<StoredEntry> entries = {};
  std::optional<StoredSnapshot> snapshot = {};

  void see(std::string_view record);

 private:
  void cut_front(std::uint64_t trailing);
};

}  // namespace reprise::libraries::consensus
