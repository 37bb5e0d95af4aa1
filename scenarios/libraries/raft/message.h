// Messages of raft, and what they have in common with its journal, as bytes.
#pragma once

#include "scenarios/libraries/raft/bytes.h"
#include "scenarios/libraries/raft/c_raft.h"

#include <string>
#include <string_view>

namespace reprise::libraries::consensus {

std::string bytes_of(const raft_message& message);
/// Makes a message of its bytes. What hangs on it is allocated by raft_malloc(), and becomes raft's
/// when it receives the message. The sender is not said.
raft_message message_of(std::string_view bytes);

std::string bytes_of(const raft_configuration& configuration);
raft_configuration configuration_of(std::string_view bytes);

void put(BytesOut& out, const raft_entry& entry);
/// Reads `count` entries, whose contents are one block, as raft expects it. Null if there are none.
raft_entry* take_entries(BytesIn& in, std::size_t count);

/// A copy in a block of raft's.
raft_buffer buffer_of(std::string_view bytes);
inline std::string_view text_of(const raft_buffer& buffer) {
  return {static_cast<const char*>(buffer.base), buffer.len};
}

}  // namespace reprise::libraries::consensus
