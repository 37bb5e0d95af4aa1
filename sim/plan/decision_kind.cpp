#include <reprise/sim/plan/decision_kind.h>

#include <reprise/sim/plan/link_times.h>

#include <algorithm>

namespace reprise {

namespace internal {

std::string flight_meaning(std::uint32_t) {
  return "completes at the other time: at submit in the lazy world, in flight in the sync world";
}
std::string early_meaning(std::uint32_t) {
  return "takes effect before its delivery, at a point of its own";
}
std::string yield_meaning(std::uint32_t) { return "an explicit yield after this call said Done"; }
std::string serial_meaning(std::uint32_t) { return "the tasks run one after the other"; }
std::string workload_meaning(std::uint32_t value) {
  return "the workload chooses " + std::to_string(value);
}
std::string yield_before_meaning(std::uint32_t) { return "an explicit yield before this call"; }
std::string spurious_meaning(std::uint32_t) { return "entered again with nothing finished"; }
std::string refusal_meaning(std::uint32_t value) {
  constexpr std::array<std::string_view, 4> errors = {"", "EAGAIN", "EBUSY", "ENOMEM"};
  return "refused at submit with " + std::string(errors[value < errors.size() ? value : 0]);
}
std::string retry_meaning(std::uint32_t value) {
  return value == 1 ? "no effect, fails with EINTR" : "no effect, fails with EAGAIN";
}
std::string error_meaning(std::uint32_t value) {
  switch (value) {
    case 1: return "fails with EIO";
    case 2: return "fails with EIO, now and for these sectors ever after";
    case 3: return "fails with ENOSPC";
    case 4: return "fails with EDQUOT";
    default: return "fails with EFBIG";
  }
}
std::string short_io_meaning(std::uint32_t value) {
  return "moves only " + std::to_string(value) + (value == 1 ? " byte" : " bytes");
}
std::string cancel_meaning(std::uint32_t value) {
  return "what the operation waits for is cancelled" +
         (value == 1 ? "" : "; " + cancel_answer_meaning(value - 1));
}
std::string cancel_answer_meaning(std::uint32_t value) {
  switch (value) {
    case 1: return "the cancel comes too late";
    case 2: return "the cancel comes after a part was moved";
    default: return "the cancel ends it with EINTR";
  }
}
std::string abandon_meaning(std::uint32_t) { return "the operation is abandoned at this yield"; }
std::string contract_meaning(std::uint32_t) {
  return "the driver sees failed completions, and aborts: machines are not entered again";
}
std::string breaks_meaning(std::uint32_t value) {
  switch (value) {
    case 1: return "from here on all I/O on this file fails with EIO";
    case 2: return "from here on nothing more fits into this file: ENOSPC";
    default: return "from here on this file is read-only: EROFS";
  }
}
std::string crash_meaning(std::uint32_t value) {
  return value == 2 ? "the process of its node is killed before this"
                    : "the power is lost before this";
}
std::string survival_meaning(std::uint32_t value) {
  return value == 1 ? "all that was not durable survives"
                    : "what was not durable survives as `survives` says";
}
std::string survives_meaning(std::uint32_t value) {
  return value == 1 ? "survives the power loss, though it was not durable"
                    : "part " + std::to_string(value - 1) + " of it survives the power loss";
}
std::string sync_lie_meaning(std::uint32_t) { return "reports success, and nothing is durable"; }
std::string sync_error_meaning(std::uint32_t value) {
  switch (value) {
    case 1: return "fails with EIO, and what it did not write counts as written";
    case 2: return "fails with ENOSPC, and what it did not write counts as written";
    case 3: return "fails with EIO, and what it did not write is as it was before";
    default: return "has written nothing; the next sync of the file says so, with EIO";
  }
}
std::string rot_meaning(std::uint32_t) { return "a bit of its first byte has flipped on the disk"; }
std::string lost_write_meaning(std::uint32_t) {
  return "reports success, and is never durable, whatever a sync says";
}
std::string stale_read_meaning(std::uint32_t) {
  return "brings what was durable, and not what was written since";
}
std::string misplaced_write_meaning(std::uint32_t) { return "writes a sector further behind"; }
std::string misplaced_read_meaning(std::uint32_t) {
  return "brings what is a sector further behind";
}

std::string segment_meaning(std::uint32_t value) {
  return "only " + std::to_string(value) + (value == 1 ? " byte comes" : " bytes come") + " now";
}
std::string would_block_meaning(std::uint32_t) { return "says EAGAIN, and nothing was done"; }
std::string connection_meaning(std::uint32_t value) {
  switch (value) {
    case 1: return "the connection is refused";
    case 2: return "nobody answers: it times out";
    default: return "the connection is made, and lost at once";
  }
}
std::string reset_meaning(std::uint32_t value) {
  switch (value) {
    case 1: return "the connection is lost, for both ends";
    case 2: return "the connection is lost, and only this end is told";
    default: return "the connection is lost, and only the other end is told";
  }
}
std::string partition_meaning(std::uint32_t value) {
  switch (value) {
    case 1: return "nothing more comes this way between the two nodes, for a while";
    case 2: return "nothing more comes either way between the two nodes, for a while";
    case 3: return "the node is cut off from all others, for a while";
    case 4: return "nothing more reaches the node, for a while";
    case 5: return "nothing more leaves the node that has sent this, for a while";
    case 6: return "the nodes fall into two sides, and nothing comes across, for a while";
    case 7: return "nothing more comes from the one side of the nodes to the other, for a while";
    default: return "the nodes of a side are cut off one after another, each for a time of its own";
  }
}
std::string no_memory_meaning(std::uint32_t) { return "there is no memory for this allocation"; }
std::string datagram_meaning(std::uint32_t value) {
  switch (value) {
    case 1: return "the datagram is lost";
    case 2: return "the datagram comes twice";
    case 3: return "the datagram comes 100 ms late";
    default: return "the datagram comes twice, and 100 ms late the second time";
  }
}
std::string corrupt_meaning(std::uint32_t value) {
  return "bit " + std::to_string((value - 1) % 8) + " of byte " + std::to_string((value - 1) / 8) +
         " has flipped on the way";
}
// A trace may hold any value; that it is out of range is said where it is replayed.
std::string latency_meaning(std::uint32_t value) {
  if (value >= latency_values) return "there is no such time for a link";
  return "all that goes over this link takes " + in_words(latency_of(value));
}
std::string jitter_meaning(std::uint32_t value) {
  if (value >= latency_values) return "there is no such delay";
  return "takes " + in_words(latency_of(value)) + " longer";
}
std::string cut_time_meaning(std::uint32_t value) {
  if (value >= cut_times_ms.size()) return "there is no such time for a cut";
  return "lasts " + in_words(cut_time_of(value));
}
std::string side_meaning(std::uint32_t) { return "the node is on the other side"; }

}  // namespace internal

namespace {

struct EventKindRow {
  EventKind kind;
  std::string_view text;
};
constexpr std::array event_kinds{
    EventKindRow{EventKind::delivery, "delivery"}, EventKindRow{EventKind::effect, "effect"},
    EventKindRow{EventKind::turn, "turn"}, EventKindRow{EventKind::fire, "fire"}};

// By key; a key that is not used has an empty text.
constexpr auto texts = [] {
  std::array<std::string_view, kind_key_end> by_key{};
  for (const DecisionKindRow& row : decision_kinds) by_key[IdentityKind(row.kind).key()] = row.text;
  for (const EventKindRow& row : event_kinds) by_key[IdentityKind(row.kind).key()] = row.text;
  return by_key;
}();

}  // namespace

DecisionKinds allowed_kinds(const Faults& faults) {
  DecisionKinds allowed = 0;
  for (const DecisionKindRow& row : decision_kinds) {
    if (row.is_allowed(faults)) allowed |= kinds(row.kind);
  }
  return allowed;
}

std::string_view to_string(IdentityKind kind) { return texts[kind.key()]; }

std::optional<IdentityKind> identity_kind_from(std::string_view text) {
  const auto at = std::ranges::find(texts, text);
  if (text.empty() || at == texts.end()) return std::nullopt;
  return IdentityKind::of_key(static_cast<std::uint8_t>(at - texts.begin()));
}

std::array<std::string_view, decision_kinds.size() + 4> identity_kind_texts() {
  std::array<std::string_view, decision_kinds.size() + event_kinds.size()> all{};
  std::size_t count = 0;
  for (const DecisionKindRow& row : decision_kinds) all[count++] = row.text;
  for (const EventKindRow& row : event_kinds) all[count++] = row.text;
  return all;
}

std::string meaning_of(IdentityKind kind, std::uint32_t value) {
  if (value == 0) return "calm";
  for (const DecisionKindRow& row : decision_kinds) {
    if (kind == row.kind) return row.meaning(value);
  }
  return std::to_string(value);
}

}  // namespace reprise
