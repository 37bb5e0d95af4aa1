#include "scenarios/libraries/raft/message.h"

#include <cstring>

namespace reprise::libraries::consensus {

raft_buffer buffer_of(std::string_view bytes) {
  raft_buffer buffer{raft_malloc(bytes.size() + 1), bytes.size()};
  std::memcpy(buffer.base, bytes.data(), bytes.size());
  return buffer;
}

std::string bytes_of(const raft_configuration& configuration) {
  BytesOut out;
  out.number(configuration.n);
  for (unsigned i = 0; i < configuration.n; ++i) {
    const raft_server& server = configuration.servers[i];
    out.number(server.id).number(static_cast<std::uint64_t>(server.role)).text(server.address);
  }
  return out.bytes();
}

raft_configuration configuration_of(std::string_view bytes) {
  raft_configuration configuration;
  raft_configuration_init(&configuration);
  BytesIn in(bytes);
  for (std::uint64_t left = in.number(); left > 0; --left) {
    const raft_id id = in.number();
    const int role = static_cast<int>(in.number());
    raft_configuration_add(&configuration, id, std::string(in.text()).c_str(), role);
  }
  return configuration;
}

void put(BytesOut& out, const raft_entry& entry) {
  out.number(entry.term).number(entry.type).text(text_of(entry.buf));
}

raft_entry* take_entries(BytesIn& in, std::size_t count) {
  if (count == 0) return nullptr;
  const raft_buffer batch = buffer_of(in.rest());
  BytesIn copy(text_of(batch));
  auto* const entries = static_cast<raft_entry*>(raft_malloc(count * sizeof(raft_entry)));
  for (std::size_t i = 0; i < count; ++i) {
    raft_entry& entry = entries[i];
    entry.term = in.number();
    entry.type = static_cast<unsigned short>(in.number());
    in.text();
    copy.number();
    copy.number();
    const std::string_view data = copy.text();
    entry.buf = {const_cast<char*>(data.data()), data.size()};
    entry.batch = batch.base;
  }
  return entries;
}

namespace {

void put(BytesOut& out, const raft_append_entries& of) {
  out.number(of.term).number(of.prev_log_index).number(of.prev_log_term).number(of.leader_commit);
  out.number(of.n_entries);
  for (unsigned i = 0; i < of.n_entries; ++i) put(out, of.entries[i]);
}
void take(BytesIn& in, raft_append_entries& of) {
  of.term = in.number();
  of.prev_log_index = in.number();
  of.prev_log_term = in.number();
  of.leader_commit = in.number();
  of.n_entries = static_cast<unsigned>(in.number());
  of.entries = take_entries(in, of.n_entries);
}

void put(BytesOut& out, const raft_append_entries_result& of) {
  out.number(of.term).number(of.rejected).number(of.last_log_index);
}
void take(BytesIn& in, raft_append_entries_result& of) {
  of.term = in.number();
  of.rejected = in.number();
  of.last_log_index = in.number();
}

void put(BytesOut& out, const raft_request_vote& of) {
  out.number(of.term).number(of.candidate_id).number(of.last_log_index).number(of.last_log_term);
  out.number(of.disrupt_leader).number(of.pre_vote);
}
void take(BytesIn& in, raft_request_vote& of) {
  of.term = in.number();
  of.candidate_id = in.number();
  of.last_log_index = in.number();
  of.last_log_term = in.number();
  of.disrupt_leader = in.number() != 0;
  of.pre_vote = in.number() != 0;
}

void put(BytesOut& out, const raft_request_vote_result& of) {
  out.number(of.term).number(of.vote_granted).number(of.pre_vote);
}
void take(BytesIn& in, raft_request_vote_result& of) {
  of.term = in.number();
  of.vote_granted = in.number() != 0;
  of.pre_vote = static_cast<raft_tribool>(in.number());
}

void put(BytesOut& out, const raft_install_snapshot& of) {
  out.number(of.term).number(of.last_index).number(of.last_term).number(of.conf_index);
  out.text(bytes_of(of.conf)).text(text_of(of.data));
}
void take(BytesIn& in, raft_install_snapshot& of) {
  of.term = in.number();
  of.last_index = in.number();
  of.last_term = in.number();
  of.conf_index = in.number();
  of.conf = configuration_of(in.text());
  of.data = buffer_of(in.text());
}

void put(BytesOut& out, const raft_timeout_now& of) {
  out.number(of.term).number(of.last_log_index).number(of.last_log_term);
}
void take(BytesIn& in, raft_timeout_now& of) {
  of.term = in.number();
  of.last_log_index = in.number();
  of.last_log_term = in.number();
}

/// Calls `with` with the part of the message that its type says.
template <class Message, class With>
void visit(Message& message, With with) {
  switch (message.type) {
    case RAFT_IO_APPEND_ENTRIES: return with(message.append_entries);
    case RAFT_IO_APPEND_ENTRIES_RESULT: return with(message.append_entries_result);
    case RAFT_IO_REQUEST_VOTE: return with(message.request_vote);
    case RAFT_IO_REQUEST_VOTE_RESULT: return with(message.request_vote_result);
    case RAFT_IO_INSTALL_SNAPSHOT: return with(message.install_snapshot);
    case RAFT_IO_TIMEOUT_NOW: return with(message.timeout_now);
  }
}

}  // namespace

std::string bytes_of(const raft_message& message) {
  BytesOut out;
  out.number(message.type);
  visit(message, [&](const auto& part) { put(out, part); });
  return out.bytes();
}

raft_message message_of(std::string_view bytes) {
  BytesIn in(bytes);
  raft_message message{};
  message.type = static_cast<unsigned short>(in.number());
  visit(message, [&](auto& part) { take(in, part); });
  return message;
}

}  // namespace reprise::libraries::consensus
