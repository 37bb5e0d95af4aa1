// The kinds of decisions that a world asks for, as a table of which everything about kinds is made.
// A new fault is a value of DecisionKind, a row of decision_kinds, and a call of World::decide
// where it may happen; traces, replay, shrinking, the sweep, profiles and reports follow.
#pragma once

#include <reprise/sim/faults.h>
#include <reprise/sim/plan/rate.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace reprise {

/// The value is a kind's stable key. It is part of digests and seeds, so it never changes and is
/// never used for another kind. The next free one is kind_key_end, which then is one more.
enum class DecisionKind : std::uint8_t {
  flight = 0,
  early = 1,
  yield = 2,
  serial = 3,
  workload = 4,
  yield_before = 5,
  spurious = 6,
  refusal = 7,
  retry = 8,
  error = 9,
  short_io = 10,
  cancel = 11,
  cancel_answer = 12,
  abandon = 13,
  contract = 18,
  breaks = 19,
  crash = 20,
  crash_at_effect = 21,
  crash_at_turn = 22,
  survival = 23,
  survives = 24,
  sync_lie = 25,
  rot = 26,
  lost_write = 27,
  stale_read = 28,
  misplaced_write = 29,
  misplaced_read = 30,
  sync_error = 31,
  segment = 32,
  would_block = 33,
  connection = 34,
  reset = 35,
  partition = 36,
  no_memory = 37,
  datagram = 38,
  corrupt = 39,
  latency = 40,
  jitter = 41,
  cut_time = 42,
  side = 43,
};

/// The kinds of events in a run. Their keys differ from those of decisions.
enum class EventKind : std::uint8_t { delivery = 14, effect = 15, turn = 16, fire = 17 };

/// Keys are below this; 64 is the most.
inline constexpr std::size_t kind_key_end = 44;

/// The kind of a decision or of an event.
class IdentityKind {
 public:
  constexpr IdentityKind(DecisionKind kind) : key_(static_cast<std::uint8_t>(kind)) {}  // NOLINT
  constexpr IdentityKind(EventKind kind) : key_(static_cast<std::uint8_t>(kind)) {}     // NOLINT
  constexpr IdentityKind(const IdentityKind&) = default;
  constexpr IdentityKind& operator=(const IdentityKind&) & = default;
  static constexpr IdentityKind of_key(std::uint8_t key) { return IdentityKind(key, 0); }

  constexpr std::uint8_t key() const { return key_; }
  constexpr bool is_event() const {
    return key_ >= static_cast<std::uint8_t>(EventKind::delivery) &&
           key_ <= static_cast<std::uint8_t>(EventKind::fire);
  }
  /// REQUIRES: is_event().
  constexpr EventKind event() const { return static_cast<EventKind>(key_); }
  /// REQUIRES: not is_event().
  constexpr DecisionKind decision() const { return static_cast<DecisionKind>(key_); }

  friend constexpr auto operator<=>(const IdentityKind&, const IdentityKind&) = default;

 private:
  constexpr IdentityKind(std::uint8_t key, int) : key_(key) {}

  std::uint8_t key_;
};

/// A set of kinds of decisions, one bit per key.
using DecisionKinds = std::uint64_t;
constexpr DecisionKinds kinds(IdentityKind kind) { return DecisionKinds{1} << kind.key(); }
template <class... More>
constexpr DecisionKinds kinds(IdentityKind kind, More... more) {
  return kinds(kind) | kinds(more...);
}

enum class DecisionFamily : std::uint8_t {
  timing,  // legal for every machine
  fault,   // only if the scenario says that its code survives it
  mode,    // set for the whole run
};

/// What a decision other than calm may do, besides moving the time of something. By these the
/// checks say what they are about.
enum class Effect : std::uint16_t {
  none = 0,
  fails_io = 1,          // an I/O ends in an error
  cuts_io = 2,           // it moves fewer bytes than it could
  ends_operation = 4,    // an operation is dropped or aborted at a yield
  enters_early = 8,      // a machine is entered although nothing has finished
  yields = 16,           // an await answers IO where the call did not
  loses_power = 32,      // all that is not durable may be lost
  lies = 64,             // the device does something else than it says
  cuts_links = 128,      // what was sent comes late
  lacks_memory = 256,    // an allocation fails
  harms_messages = 512,  // what was sent is lost, changed, or comes twice
};
constexpr Effect operator|(Effect a, Effect b) {
  return static_cast<Effect>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}

struct DecisionKindRow {
  DecisionKind kind;
  std::string_view text;  // in identities and profiles
  DecisionFamily family;
  Effect effect;
  /// Whether a random run may leave this kind out, to explore the others deeper.
  bool swarms;
  /// The rate in the built-in profiles; nothing: the rate of their faults.
  std::optional<Rate> rate;
  /// Whether these faults allow it.
  bool (*is_allowed)(const Faults& faults);
  /// What a value other than 0 means: "fails with EIO".
  std::string (*meaning)(std::uint32_t value);
};

namespace internal {
std::string flight_meaning(std::uint32_t value);
std::string early_meaning(std::uint32_t value);
std::string yield_meaning(std::uint32_t value);
std::string serial_meaning(std::uint32_t value);
std::string workload_meaning(std::uint32_t value);
std::string yield_before_meaning(std::uint32_t value);
std::string spurious_meaning(std::uint32_t value);
std::string refusal_meaning(std::uint32_t value);
std::string retry_meaning(std::uint32_t value);
std::string error_meaning(std::uint32_t value);
std::string short_io_meaning(std::uint32_t value);
std::string cancel_meaning(std::uint32_t value);
std::string cancel_answer_meaning(std::uint32_t value);
std::string abandon_meaning(std::uint32_t value);
std::string contract_meaning(std::uint32_t value);
std::string breaks_meaning(std::uint32_t value);
std::string crash_meaning(std::uint32_t value);
std::string survival_meaning(std::uint32_t value);
std::string survives_meaning(std::uint32_t value);
std::string sync_lie_meaning(std::uint32_t value);
std::string sync_error_meaning(std::uint32_t value);
std::string rot_meaning(std::uint32_t value);
std::string lost_write_meaning(std::uint32_t value);
std::string stale_read_meaning(std::uint32_t value);
std::string misplaced_write_meaning(std::uint32_t value);
std::string misplaced_read_meaning(std::uint32_t value);
std::string segment_meaning(std::uint32_t value);
std::string would_block_meaning(std::uint32_t value);
std::string connection_meaning(std::uint32_t value);
std::string reset_meaning(std::uint32_t value);
std::string partition_meaning(std::uint32_t value);
std::string no_memory_meaning(std::uint32_t value);
std::string datagram_meaning(std::uint32_t value);
std::string corrupt_meaning(std::uint32_t value);
std::string latency_meaning(std::uint32_t value);
std::string jitter_meaning(std::uint32_t value);
std::string cut_time_meaning(std::uint32_t value);
std::string side_meaning(std::uint32_t value);

constexpr bool always(const Faults&) { return true; }
constexpr bool if_power_is_lost(const Faults& faults) { return faults.power_loss; }
}  // namespace internal

// clang-format off
/// Random strategies draw their rates in this order, so add new rows at the end.
inline constexpr std::array decision_kinds{
    // The I/O succeeds at the other time than in its base: at submit in the lazy world, in flight
    // in the sync world.
    DecisionKindRow{DecisionKind::flight, "flight", DecisionFamily::timing, Effect::none, true, Rate{1, 4},
                    internal::always, internal::flight_meaning},
    DecisionKindRow{DecisionKind::early, "early", DecisionFamily::timing, Effect::none, true, Rate{1, 4},
                    internal::always, internal::early_meaning},
    DecisionKindRow{DecisionKind::yield, "yield", DecisionFamily::timing, Effect::yields, true, Rate{1, 8},
                    internal::always, internal::yield_meaning},
    DecisionKindRow{DecisionKind::serial, "serial", DecisionFamily::timing, Effect::none, false, Rate{1, 4},
                    internal::always, internal::serial_meaning},
    DecisionKindRow{DecisionKind::workload, "workload", DecisionFamily::timing, Effect::none, false, Rate{1, 1},
                    internal::always, internal::workload_meaning},
    DecisionKindRow{DecisionKind::yield_before, "yield-before", DecisionFamily::fault, Effect::yields, true, Rate{1, 8},
                    [](const Faults& faults) { return faults.yields_before_calls; },
                    internal::yield_before_meaning},
    DecisionKindRow{DecisionKind::spurious, "spurious", DecisionFamily::fault, Effect::enters_early, true, Rate{1, 8},
                    [](const Faults& faults) { return faults.spurious; },
                    internal::spurious_meaning},
    DecisionKindRow{DecisionKind::refusal, "refusal", DecisionFamily::fault, Effect::fails_io, true, std::nullopt,
                    [](const Faults& faults) { return faults.refusals; },
                    internal::refusal_meaning},
    DecisionKindRow{DecisionKind::retry, "retry", DecisionFamily::fault, Effect::fails_io, true, std::nullopt,
                    [](const Faults& faults) { return faults.retries; },
                    internal::retry_meaning},
    DecisionKindRow{DecisionKind::error, "error", DecisionFamily::fault, Effect::fails_io, true, std::nullopt,
                    [](const Faults& faults) { return faults.errors; },
                    internal::error_meaning},
    DecisionKindRow{DecisionKind::short_io, "short", DecisionFamily::fault, Effect::cuts_io, true, std::nullopt,
                    [](const Faults& faults) { return faults.short_io; },
                    internal::short_io_meaning},
    // What the operation waits for is cancelled: 1, or 2 to 4 with a cancel_answer of 1 to 3.
    DecisionKindRow{DecisionKind::cancel, "cancel", DecisionFamily::fault, Effect::fails_io | Effect::cuts_io, true, std::nullopt,
                    [](const Faults& faults) { return faults.cancels; },
                    internal::cancel_meaning},
    // How the device answers a cancel. Every machine may cancel, so this is allowed in every
    // scenario.
    DecisionKindRow{DecisionKind::cancel_answer, "cancel-answer", DecisionFamily::fault, Effect::fails_io | Effect::cuts_io, false, Rate{1, 2},
                    internal::always, internal::cancel_answer_meaning},
    DecisionKindRow{DecisionKind::abandon, "abandon", DecisionFamily::fault, Effect::ends_operation, true, std::nullopt,
                    [](const Faults& faults) { return faults.abandons; },
                    internal::abandon_meaning},
    DecisionKindRow{DecisionKind::contract, "contract", DecisionFamily::mode, Effect::ends_operation, false, Rate{1, 2},
                    [](const Faults& faults) { return faults.contract == ErrorContract::either; },
                    internal::contract_meaning},
    DecisionKindRow{DecisionKind::breaks, "breaks", DecisionFamily::fault, Effect::fails_io, true, std::nullopt,
                    [](const Faults& faults) { return faults.errors; },
                    internal::breaks_meaning},
    // Before this I/O's delivery, or its timer's; its effect; this turn: 1, the power; 2, a process.
    DecisionKindRow{DecisionKind::crash, "crash", DecisionFamily::fault, Effect::loses_power, false, Rate{1, 8},
                    internal::if_power_is_lost, internal::crash_meaning},
    DecisionKindRow{DecisionKind::crash_at_effect, "crash-effect", DecisionFamily::fault, Effect::loses_power, false, Rate{1, 8},
                    internal::if_power_is_lost, internal::crash_meaning},
    DecisionKindRow{DecisionKind::crash_at_turn, "crash-turn", DecisionFamily::fault, Effect::loses_power, false, Rate{1, 8},
                    internal::if_power_is_lost, internal::crash_meaning},
    // What survives of changes that are not durable: nothing, all, or as `survives` says of each.
    DecisionKindRow{DecisionKind::survival, "survival", DecisionFamily::fault, Effect::loses_power, false, Rate{3, 4},
                    internal::if_power_is_lost, internal::survival_meaning},
    DecisionKindRow{DecisionKind::survives, "survives", DecisionFamily::fault, Effect::loses_power, false, Rate{1, 2},
                    internal::if_power_is_lost, internal::survives_meaning},
    DecisionKindRow{DecisionKind::sync_error, "sync-error", DecisionFamily::fault, Effect::fails_io, false, std::nullopt,
                    [](const Faults& faults) { return faults.sync_errors && faults.power_loss; },
                    internal::sync_error_meaning},
    // From here on only devices of the class `hostile`.
    DecisionKindRow{DecisionKind::sync_lie, "sync-lie", DecisionFamily::fault, Effect::lies, false, Rate{1, 8},
                    internal::if_power_is_lost, internal::sync_lie_meaning},
    DecisionKindRow{DecisionKind::rot, "rot", DecisionFamily::fault, Effect::lies, false, std::nullopt,
                    internal::if_power_is_lost, internal::rot_meaning},
    DecisionKindRow{DecisionKind::lost_write, "lost-write", DecisionFamily::fault, Effect::lies, false, std::nullopt,
                    internal::if_power_is_lost, internal::lost_write_meaning},
    DecisionKindRow{DecisionKind::stale_read, "stale-read", DecisionFamily::fault, Effect::lies, false, std::nullopt,
                    internal::if_power_is_lost, internal::stale_read_meaning},
    DecisionKindRow{DecisionKind::misplaced_write, "misplaced-write", DecisionFamily::fault, Effect::lies, false, std::nullopt,
                    internal::if_power_is_lost, internal::misplaced_write_meaning},
    DecisionKindRow{DecisionKind::misplaced_read, "misplaced-read", DecisionFamily::fault, Effect::lies, false, std::nullopt,
                    internal::if_power_is_lost, internal::misplaced_read_meaning},
    // The network's begin here. Bytes come in parts, and a call may say that it would block: every machine
    // must bear that.
    DecisionKindRow{DecisionKind::segment, "segment", DecisionFamily::timing, Effect::none, false, Rate{1, 4},
                    internal::always, internal::segment_meaning},
    DecisionKindRow{DecisionKind::would_block, "would-block", DecisionFamily::timing, Effect::none, false, Rate{1, 8},
                    internal::always, internal::would_block_meaning},
    DecisionKindRow{DecisionKind::connection, "connection", DecisionFamily::fault, Effect::fails_io, false, std::nullopt,
                    [](const Faults& faults) { return faults.connections; },
                    internal::connection_meaning},
    DecisionKindRow{DecisionKind::reset, "reset", DecisionFamily::fault, Effect::fails_io, false, std::nullopt,
                    [](const Faults& faults) { return faults.connections; },
                    internal::reset_meaning},
    DecisionKindRow{DecisionKind::partition, "partition", DecisionFamily::fault, Effect::cuts_links, false, std::nullopt,
                    [](const Faults& faults) { return faults.partitions; },
                    internal::partition_meaning},
    DecisionKindRow{DecisionKind::no_memory, "no-memory", DecisionFamily::fault, Effect::lacks_memory, false, std::nullopt,
                    [](const Faults& faults) { return faults.no_memory; },
                    internal::no_memory_meaning},
    DecisionKindRow{DecisionKind::datagram, "datagram", DecisionFamily::fault, Effect::harms_messages, false, std::nullopt,
                    [](const Faults& faults) { return faults.datagrams; },
                    internal::datagram_meaning},
    DecisionKindRow{DecisionKind::corrupt, "corrupt", DecisionFamily::fault, Effect::harms_messages, false, std::nullopt,
                    [](const Faults& faults) { return faults.corruption; },
                    internal::corrupt_meaning},
    // The first is of a link, for the whole run; the second of one arrival, besides.
    DecisionKindRow{DecisionKind::latency, "latency", DecisionFamily::fault, Effect::cuts_links, false, Rate{1, 2},
                    [](const Faults& faults) { return faults.slow_links; },
                    internal::latency_meaning},
    DecisionKindRow{DecisionKind::jitter, "jitter", DecisionFamily::fault, Effect::cuts_links, false, std::nullopt,
                    [](const Faults& faults) { return faults.slow_links; },
                    internal::jitter_meaning},
    // How long what a `partition` cuts is cut, and which nodes it parts.
    DecisionKindRow{DecisionKind::cut_time, "cut-time", DecisionFamily::fault, Effect::cuts_links, false, Rate{1, 2},
                    [](const Faults& faults) { return faults.partitions; },
                    internal::cut_time_meaning},
    DecisionKindRow{DecisionKind::side, "side", DecisionFamily::fault, Effect::cuts_links, false, Rate{1, 2},
                    [](const Faults& faults) { return faults.partitions; },
                    internal::side_meaning},
};
// clang-format on

constexpr DecisionKinds kinds_of(DecisionFamily family) {
  DecisionKinds set = 0;
  for (const DecisionKindRow& row : decision_kinds) {
    if (row.family == family) set |= kinds(row.kind);
  }
  return set;
}
inline constexpr DecisionKinds timing_kinds = kinds_of(DecisionFamily::timing);
inline constexpr DecisionKinds fault_kinds = kinds_of(DecisionFamily::fault);
/// The power is lost.
inline constexpr DecisionKinds crash_kinds =
    kinds(DecisionKind::crash, DecisionKind::crash_at_effect, DecisionKind::crash_at_turn);
inline constexpr DecisionKinds all_kinds =
    timing_kinds | fault_kinds | kinds_of(DecisionFamily::mode);

/// The kinds that may do one of these.
constexpr DecisionKinds kinds_that(Effect effect) {
  DecisionKinds set = 0;
  for (const DecisionKindRow& row : decision_kinds) {
    const unsigned common = static_cast<unsigned>(row.effect) & static_cast<unsigned>(effect);
    if (common != 0) set |= kinds(row.kind);
  }
  return set;
}

/// The kinds that `faults` allows. Timing is always allowed.
DecisionKinds allowed_kinds(const Faults& faults);

std::string_view to_string(IdentityKind kind);
/// The kind with this text, of a decision or of an event; nothing if there is none.
std::optional<IdentityKind> identity_kind_from(std::string_view text);
/// The texts of all kinds: first those of decisions, then those of events.
std::array<std::string_view, decision_kinds.size() + 4> identity_kind_texts();

/// What `value` of a decision means, in words; "calm" for 0, the number for an event.
std::string meaning_of(IdentityKind kind, std::uint32_t value);

}  // namespace reprise
