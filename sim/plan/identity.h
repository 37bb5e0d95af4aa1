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
  static constexpr std::uint32_t ordinal_max = (1u << 26) - 1;

  constexpr Identity() : Identity(0, 0, EventKind::delivery) {}
  constexpr Identity(NameId of_name, std::uint32_t ordinal, IdentityKind kind)
      : name(of_name), rest(with_kind(ordinal, kind)) {}

  NameId name;
  std::uint32_t rest;  // the ordinal, and in the uppermost six bits the kind: no bit-fields, which
                       // compilers are slow with

  constexpr std::uint32_t ordinal() const { return rest & ordinal_max; }
  constexpr IdentityKind kind() const {
    return IdentityKind::of_key(static_cast<std::uint8_t>(rest / (ordinal_max + 1)));
  }
  /// The one of another kind, of the same name and ordinal.
  constexpr Identity with(IdentityKind kind) const { return {name, rest, kind}; }

  friend bool operator==(const Identity&, const Identity&) = default;

 private:
  static constexpr std::uint32_t with_kind(std::uint32_t rest, IdentityKind kind) {
    return (rest & ordinal_max) | (std::uint32_t{kind.key()} * (ordinal_max + 1));
  }
};
static_assert(kind_key_end <= 64);

/// A key that is the same in every process, since it uses the hash of the name and not its number.
inline std::uint64_t key_of(std::uint64_t name_hash, std::uint32_t ordinal, IdentityKind kind) {
  return mix(name_hash, (static_cast<std::uint64_t>(ordinal) << 8) | kind.key());
}
inline std::uint64_t key_of(const Names& names, const Identity& identity) {
  return key_of(names.hash(identity.name), identity.ordinal(), identity.kind());
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
