
#include <reprise/sim/plan/identity.h>

#include <charconv>

namespace reprise {

std::string meaning_of(IdentityKind kind, std::uint32_t value, Base base) {
  if (kind != DecisionKind::flight || value == 0) return meaning_of(kind, value);
  return base == Base::sync ? "is in flight for a while" : "has finished when submit returns";
}

std::string point_text(const Names& names, const Identity& identity) {
  std::string text(names.text(identity.name));
  text += '#';
  text += std::to_string(identity.ordinal());
  return text;
}

std::string to_string(const Names& names, const Identity& identity) {
  std::string text = point_text(names, identity);
  text += '/';
  text += to_string(identity.kind());
  return text;
}

std::optional<IdentityText> parse_identity(std::string_view text) {
  const std::size_t slash = text.rfind('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string_view front = text.substr(0, slash);
  const std::size_t hash = front.rfind('#');
  if (hash == std::string_view::npos || hash == 0) return std::nullopt;
  IdentityText parsed;
  parsed.name = front.substr(0, hash);
  const std::optional<IdentityKind> kind = identity_kind_from(text.substr(slash + 1));
  if (!kind.has_value()) return std::nullopt;
  parsed.kind = *kind;
  const char* const end = front.data() + front.size();
  const auto [stop, error] = std::from_chars(front.data() + hash + 1, end, parsed.ordinal);
  if (error != std::errc{} || stop != end) return std::nullopt;
  if (parsed.ordinal == 0 || parsed.ordinal > Identity::ordinal_max) return std::nullopt;
  return parsed;
}

}  // namespace reprise
