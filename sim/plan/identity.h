// Identity: identifies one decision or event of a run by a name, an ordinal counted per name, and a
// kind: `client[2]/write(wal)#3/error`, `client[1]/read(db)#1/delivery`.
#pragma once

#include <reprise/core/digest.h>
#include <reprise/sim/plan/decision_kind.h>
#include <reprise/sim/plan/names.h>
#include <reprise/sim/plan/plan.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace reprise {

/// What `value` of a decision means, in words, in a run whose reference is `base`.
std::string meaning_of(IdentityKind kind, std::uint32_t value, Base base);

/// Eight bytes, so that it travels in a register.
struct Identity {
  static constexpr std::uint32_t ordinal_max = (1u << 27) - 1;

  constexpr Identity() : Identity(0, 0, EventKind::delivery) {}
  constexpr Identity(NameId of_name, std::uint32_t of_ordinal, IdentityKind of_kind)
      : name(of_name), ordinal(of_ordinal & ordinal_max), kind_key(of_kind.key() & 31u) {}

  NameId name;
  std::uint32_t ordinal : 27;
  std::uint32_t kind_key : 5;

  constexpr IdentityKind kind() const {
    return IdentityKind::of_key(static_cast<std::uint8_t>(kind_key));
  }

  friend bool operator==(const Identity&, const Identity&) = default;
};

/// A key that is the same in every process, since it uses the hash of the name and not its number.
inline std::uint64_t key_of(std::uint64_t name_hash, std::uint32_t ordinal, IdentityKind kind) {
  return mix(name_hash, (static_cast<std::uint64_t>(ordinal) << 8) | kind.key());
}
inline std::uint64_t key_of(const Names& names, const Identity& identity) {
  return key_of(names.hash(identity.name), identity.ordinal, identity.kind());
}

std::string to_string(const Names& names, const Identity& identity);
/// The same without the kind: `client/read(db)#3`.
std::string point_text(const Names& names, const Identity& identity);

/// The parts of an identity's text, as views into that text.
struct IdentityText {
  std::string_view name;
  std::uint32_t ordinal = 0;
  IdentityKind kind = EventKind::delivery;

  std::uint64_t key() const { return key_of(hash_of_name(name), ordinal, kind); }
};
/// Nothing if `text` is not `name#ordinal/kind`.
std::optional<IdentityText> parse_identity(std::string_view text);

}  // namespace reprise
