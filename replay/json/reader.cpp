#include <reprise/replay/json/reader.h>

#include <fmt/format.h>
#include <reprise/replay/text/escape.h>
#include <reprise/replay/text/suggest.h>

#include <algorithm>
#include <charconv>

namespace reprise {

namespace {

std::string to_text(const JsonValue& value) {
  switch (value.kind) {
    case JsonValue::Kind::text: return in_quotes(value.text);
    case JsonValue::Kind::list: return "a list";
    case JsonValue::Kind::object: return "an object";
    case JsonValue::Kind::null:
    case JsonValue::Kind::boolean:
    case JsonValue::Kind::number: break;
  }
  return escaped(value.text, 60);
}

std::string joined(std::string_view path, std::string_view name) {
  std::string all;
  all.reserve(path.size() + 1 + name.size());
  all += path;
  if (!path.empty()) all += '.';
  return all += name;
}

template <class T>
bool parse_whole(std::string_view text, int base, T& number) {
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number, base);
  return error == std::errc{} && stop == end;
}

}  // namespace

void JsonReader::fail(std::string_view path, std::string_view sentence) {
  if (!ok()) return;
  error_ = path.empty() ? std::string(sentence) : fmt::format("{}: {}", path, sentence);
}

void JsonReader::wrong(const JsonPlace& place, std::string_view expected, std::string_view hint) {
  if (!place) return;
  fail(place.path, fmt::format("expected {}, found {}{}", expected, to_text(*place.value), hint));
}

bool JsonReader::object(const JsonPlace& place, std::initializer_list<std::string_view> known) {
  if (!place) return false;
  if (place.value->kind != JsonValue::Kind::object) {
    wrong(place, "an object");
    return false;
  }
  for (const std::string& key : place.value->keys) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    const std::vector<std::string> names(known.begin(), known.end());
    fail(place.path,
         fmt::format("unknown field {}{}", in_quotes(key), did_you_mean_phrase(key, names)));
    return false;
  }
  return true;
}

JsonPlace JsonReader::field(const JsonPlace& object, std::string_view name) const {
  if (!object || object.value->kind != JsonValue::Kind::object) return {};
  const JsonValue* const value = object.value->find(name);
  if (value == nullptr) return {};
  return {value, joined(object.path, name)};
}

JsonPlace JsonReader::need(const JsonPlace& object, std::string_view name,
                           std::string_view expected) {
  JsonPlace place = field(object, name);
  if (object && !place) {
    fail(joined(object.path, name), fmt::format("missing; expected {}", expected));
  }
  return place;
}

std::vector<JsonPlace> JsonReader::list(const JsonPlace& place, std::string_view expected) {
  if (!place) return {};
  if (place.value->kind != JsonValue::Kind::list) {
    wrong(place, expected);
    return {};
  }
  std::vector<JsonPlace> elements;
  elements.reserve(place.value->items.size());
  for (const JsonValue& item : place.value->items) {
    elements.push_back({&item, place.path + '[' + std::to_string(elements.size()) + ']'});
  }
  return elements;
}

std::string JsonReader::text(const JsonPlace& place, std::string_view expected) {
  if (!place) return {};
  if (place.value->kind == JsonValue::Kind::text) return place.value->text;
  wrong(place, expected);
  return {};
}

bool JsonReader::boolean(const JsonPlace& place) {
  if (!place) return false;
  if (place.value->kind != JsonValue::Kind::boolean) wrong(place, "true or false");
  return place.value->text == "true";
}

std::uint64_t JsonReader::number(const JsonPlace& place, std::uint64_t max) {
  if (!place) return 0;
  if (place.value->whole.has_value() && *place.value->whole <= max) return *place.value->whole;
  wrong(place, fmt::format("a whole number from 0 to {}", max));
  return 0;
}

std::uint64_t JsonReader::unsigned_text(const JsonPlace& place) {
  if (!place) return 0;
  if (place.value->kind == JsonValue::Kind::text) {
    const std::string_view text = place.value->text;
    const bool is_hex = text.starts_with("0x");
    std::uint64_t number = 0;
    if (parse_whole(text.substr(is_hex ? 2 : 0), is_hex ? 16 : 10, number)) return number;
  }
  wrong(place, R"(a number of 64 bits as a text, such as "1234" or "0x4d2")");
  return 0;
}

std::int64_t JsonReader::signed_text(const JsonPlace& place) {
  if (!place) return 0;
  std::int64_t number = 0;
  if (place.value->kind == JsonValue::Kind::text && parse_whole(place.value->text, 10, number)) {
    return number;
  }
  wrong(place, R"(a whole number of 64 bits as a text, such as "3" or "-3")");
  return 0;
}

}  // namespace reprise
