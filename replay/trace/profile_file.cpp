#include <reprise/replay/trace/profile_file.h>

#include <fmt/format.h>
#include <reprise/replay/json/reader.h>
#include <reprise/replay/text/escape.h>
#include <reprise/replay/text/file.h>
#include <reprise/replay/text/suggest.h>

#include <charconv>
#include <cstdint>
#include <optional>
#include <vector>

namespace reprise {

namespace {

constexpr std::uint64_t profile_bytes_max = std::uint64_t{1} << 20;
constexpr std::uint64_t latency_bits_max = 63;

std::optional<std::uint32_t> parse_number(std::string_view digits) {
  std::uint32_t number = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, number);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return number;
}

// `1/50`, from 0/1 to 1/1.
std::optional<Rate> parse_rate(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::optional<std::uint32_t> numerator = parse_number(text.substr(0, slash));
  const std::optional<std::uint32_t> denominator = parse_number(text.substr(slash + 1));
  if (!numerator || !denominator || *denominator == 0 || *numerator > *denominator) {
    return std::nullopt;
  }
  return Rate{*numerator, *denominator};
}

std::vector<std::string> rate_names() {
  std::vector<std::string> names;
  for (const DecisionKindRow& row : decision_kinds) {
    if (row.kind != DecisionKind::workload) names.emplace_back(row.text);
  }
  return names;
}

void read_rates(JsonReader& reader, const JsonPlace& rates, Profile& profile) {
  if (!rates) return;
  if (rates.value->kind != JsonValue::Kind::object) return reader.wrong(rates, "an object");
  const std::vector<std::string> names = rate_names();
  for (std::size_t i = 0; i < rates.value->keys.size(); ++i) {
    const std::string& name = rates.value->keys[i];
    const std::optional<IdentityKind> kind = identity_kind_from(name);
    if (kind && *kind == DecisionKind::workload) {
      return reader.fail("rates.workload", "has no rate; a workload's choices are always uniform");
    }
    if (!kind || kind->is_event()) {
      return reader.fail("rates", fmt::format("unknown rate {}{}", in_quotes(name),
                                              did_you_mean_phrase(name, names)));
    }
    constexpr std::string_view expected = R"(a rate from "0/1" to "1/1", such as "1/50")";
    const JsonPlace place{&rates.value->items[i], "rates." + name};
    const std::optional<Rate> rate = parse_rate(reader.text(place, expected));
    if (!rate.has_value()) return reader.wrong(place, expected);
    profile.rate(*kind) = *rate;
  }
}

}  // namespace

Expected<Profile> parse_profile(std::string_view text, const Profile& base) {
  const Expected<JsonValue> json = parse_json(text);
  if (!json.ok()) return Expected<Profile>::failed(json.error());
  Profile profile = base;
  JsonReader reader;
  const JsonPlace root{&json.value(), ""};
  reader.object(root, {"name", "rates", "latency_bits"});
  if (const JsonPlace name = reader.field(root, "name")) {
    profile.name = reader.text(name, "a text");
  }
  read_rates(reader, reader.field(root, "rates"), profile);
  if (const JsonPlace bits = reader.field(root, "latency_bits")) {
    profile.latency_bits = static_cast<std::uint32_t>(reader.number(bits, latency_bits_max));
  }
  if (!reader.ok()) return Expected<Profile>::failed(reader.error());
  return profile;
}

Expected<Profile> read_profile(const std::string& path, const Profile& base) {
  const Expected<std::string> text = read_file_text(path, profile_bytes_max);
  if (!text.ok()) return Expected<Profile>::failed(text.error());
  Expected<Profile> profile = parse_profile(text.value(), base);
  if (profile.ok()) return profile;
  return Expected<Profile>::failed(fmt::format("{}: {}", escaped(path), profile.error()));
}

}  // namespace reprise
