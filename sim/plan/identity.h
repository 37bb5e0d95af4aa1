// Identity: which decision, or which event, of a run. A name, an ordinal counted per name, and an
// aspect: `client[2]/write(wal)#3/error`, `client[1]/read(db)#1/delivery`.
#pragma once

#include <reprise/core/digest.h>
#include <reprise/sim/plan/names.h>
#include <reprise/sim/plan/plan.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace reprise {

/// What of a name is decided, or happens. Decisions come first; each is a family of its own, with a
/// rate in the profile and a switch in the swarm.
enum class Aspect : std::uint8_t {
  // Timing: legal for every machine.
  flight,    // 0: as the base does; 1: at submit in the lazy world, in flight in the sync world
  early,     // 1: the I/O takes effect at a point of its own, before its delivery
  yield,     // 1: an explicit yield after an awaited call said Done
  serial,    // 1: the tasks run one after the other
  workload,  // what a scenario's choose() gives
  // Faults: only where the scenario says that it survives them.
  yield_before,   // 1: an explicit yield before an awaited call
  spurious,       // 1: entered again with nothing finished
  refusal,        // the I/O is refused at submit: 1 EAGAIN, 2 EBUSY, 3 ENOMEM
  retry,          // no effect, try again: 1 EINTR, 2 EAGAIN
  error,          // 1: EIO once; 2: EIO for these sectors for good; 3: ENOSPC; 4: EDQUOT; 5: EFBIG
  short_io,       // n > 0: only n bytes are moved
  cancel,         // what the operation waits for is cancelled: 1; 2 .. 4: with cancel_answer 1 .. 3
  cancel_answer,  // 1: the cancel came too late; 2: a part was moved; 3: EINTR
  abandon,        // 1: the operation is dropped at this yield
  // Where the scenario allows either.
  contract,  // 1: in this run the driver sees failed completions
  // A fault too.
  breaks,  // from here on, on this file: 1 all fails with EIO; what writes with: 2 ENOSPC, 3 EROFS
  // Events.
  delivery,
  effect,
  turn,
  fire,
};
inline constexpr unsigned decision_aspect_count = static_cast<unsigned>(Aspect::delivery);
inline constexpr unsigned aspect_count = static_cast<unsigned>(Aspect::fire) + 1;

std::string_view to_string(Aspect aspect);
std::optional<Aspect> aspect_from(std::string_view text);
/// What `value` of a decision means, in words: "fails with EIO".
std::string meaning_of(Aspect aspect, std::uint32_t value);
/// ... in a run whose reference is `base`.
std::string meaning_of(Aspect aspect, std::uint32_t value, Base base);

/// A set of decision aspects.
using Aspects = std::uint32_t;
constexpr Aspects aspects(Aspect aspect) { return Aspects{1} << static_cast<unsigned>(aspect); }
template <class... More>
constexpr Aspects aspects(Aspect aspect, More... more) {
  return aspects(aspect) | aspects(more...);
}
inline constexpr Aspects all_aspects = (Aspects{1} << decision_aspect_count) - 1;
inline constexpr Aspects timing_aspects =
    aspects(Aspect::flight, Aspect::early, Aspect::yield, Aspect::serial, Aspect::workload);
inline constexpr Aspects fault_aspects =
    all_aspects & ~(timing_aspects | aspects(Aspect::contract));

/// Eight bytes, so that it travels in a register.
struct Identity {
  static constexpr std::uint32_t ordinal_max = (1u << 27) - 1;

  constexpr Identity() : Identity(0, 0, Aspect::delivery) {}
  constexpr Identity(NameId of_name, std::uint32_t of_ordinal, Aspect of_aspect)
      : name(of_name), ordinal(of_ordinal & ordinal_max), aspect(of_aspect) {}

  NameId name;
  std::uint32_t ordinal : 27;
  Aspect aspect : 5;

  friend bool operator==(const Identity&, const Identity&) = default;
};

/// Stands for an aspect in keys: aspects that come later get numbers behind all others, so that the
/// digests of old runs stay.
constexpr std::uint64_t key_number(Aspect aspect) {
  constexpr auto number = [](Aspect of) { return static_cast<std::uint64_t>(of); };
  constexpr std::uint64_t first_event = 14;
  constexpr std::uint64_t first_later = 18;
  if (aspect >= Aspect::delivery) return number(aspect) - number(Aspect::delivery) + first_event;
  if (aspect >= Aspect::contract) return number(aspect) - number(Aspect::contract) + first_later;
  return number(aspect);
}

/// A key that is the same in every process: made of the name's hash, not of its number.
inline std::uint64_t key_of(std::uint64_t name_hash, std::uint32_t ordinal, Aspect aspect) {
  return mix(name_hash, (static_cast<std::uint64_t>(ordinal) << 8) | key_number(aspect));
}
inline std::uint64_t key_of(const Names& names, const Identity& identity) {
  return key_of(names.hash(identity.name), identity.ordinal, identity.aspect);
}

std::string to_string(const Names& names, const Identity& identity);
/// The same without the aspect: `client/read(db)#3`.
std::string place_text(const Names& names, const Identity& identity);

/// An identity's text, taken apart. Views into the text given.
struct IdentityText {
  std::string_view name;
  std::uint32_t ordinal = 0;
  Aspect aspect = Aspect::delivery;

  std::uint64_t key() const { return key_of(hash_of_name(name), ordinal, aspect); }
};
/// Nothing if `text` is not `name#ordinal/aspect`.
std::optional<IdentityText> parse_identity(std::string_view text);

}  // namespace reprise
