#include "scenarios/libraries/raft/records.h"

#include "scenarios/libraries/raft/bytes.h"
#include "scenarios/libraries/raft/message.h"

namespace reprise::libraries::consensus {

namespace {

enum Kind : std::uint64_t { of_term, of_vote, of_entries, of_cut, of_snapshot };

}  // namespace

std::string record_of_term(raft_term term) {
  return BytesOut().number(of_term).number(term).bytes();
}
std::string record_of_vote(raft_id id) { return BytesOut().number(of_vote).number(id).bytes(); }
std::string record_of_cut(raft_index from) {
  return BytesOut().number(of_cut).number(from).bytes();
}

std::string record_of_entries(const raft_entry* entries, std::size_t count) {
  BytesOut record;
  record.number(of_entries).number(count);
  for (std::size_t i = 0; i < count; ++i) put(record, entries[i]);
  return record.bytes();
}

std::string record_of_snapshot(const StoredSnapshot& snapshot, std::uint64_t trailing) {
  BytesOut record;
  record.number(of_snapshot).number(trailing).number(snapshot.index).number(snapshot.term);
  record.text(snapshot.configuration).number(snapshot.configuration_index).text(snapshot.data);
  return record.bytes();
}

void Stored::see(std::string_view record) {
  BytesIn in(record);
  switch (in.number()) {
    case of_term:
      term = in.number();
      vote = 0;
      return;
    case of_vote: vote = in.number(); return;
    case of_entries:
      for (std::uint64_t left = in.number(); left > 0; --left) {
        StoredEntry& entry = entries.emplace_back();
        entry.term = in.number();
        entry.type = static_cast<unsigned short>(in.number());
        entry.data = in.text();
      }
      return;
    case of_cut: entries.resize(in.number() - first); return;
    case of_snapshot: {
      const std::uint64_t trailing = in.number();
      snapshot.emplace();
      snapshot->index = in.number();
      snapshot->term = in.number();
      snapshot->configuration = in.text();
      snapshot->configuration_index = in.number();
      snapshot->data = in.text();
      cut_front(trailing);
    }
  }
}

void Stored::cut_front(std::uint64_t trailing) {
  const raft_index next = snapshot->index + 1;
  if (trailing == 0) {
    entries.clear();
    first = next;
  } else if (next > first + trailing) {
    const raft_index gone = next - trailing - first;
    entries.erase(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(gone));
    first += gone;
  }
}

}  // namespace reprise::libraries::consensus
