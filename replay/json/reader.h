// JsonReader: takes a JsonValue apart and keeps the first thing that is wrong with it, as a
// sentence with its path. Answers after that are empty, so callers need not look before the end.
//
//   reader.object(root, {"name", "rates"});
//   std::string name = reader.text(reader.need(root, "name", "a text"), "a text");
#pragma once

#include <reprise/replay/json/json.h>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace reprise {

/// A value and where it stands; no value: it is missing, or something before it was wrong.
struct JsonPlace {
  const JsonValue* value = nullptr;
  std::string path;

  explicit operator bool() const { return value != nullptr; }
};

class JsonReader {
 public:
  bool ok() const { return error_.empty(); }
  const std::string& error() const { return error_; }
  void fail(std::string_view path, std::string_view sentence);
  /// `path: expected EXPECTED, found ...` and `hint`, such as a did_you_mean_phrase().
  void wrong(const JsonPlace& place, std::string_view expected, std::string_view hint = {});

  /// Whether this is an object all of whose fields are `known`.
  bool object(const JsonPlace& place, std::initializer_list<std::string_view> known);
  /// An object's field that may be missing.
  JsonPlace field(const JsonPlace& object, std::string_view name) const;
  /// One that may not: `path: missing; expected EXPECTED`.
  JsonPlace need(const JsonPlace& object, std::string_view name, std::string_view expected);
  /// The elements; none if this is no list. `place` may be missing.
  std::vector<JsonPlace> list(const JsonPlace& place, std::string_view expected);

  // For a place without a value, all of these are empty or 0.
  std::string text(const JsonPlace& place, std::string_view expected);
  bool boolean(const JsonPlace& place);
  /// A JSON number from 0 to `max`.
  std::uint64_t number(const JsonPlace& place, std::uint64_t max);
  /// 64 bits as a text, decimal or 0x and hexadecimal.
  std::uint64_t unsigned_text(const JsonPlace& place);
  /// 64 bits with a sign as a text, decimal.
  std::int64_t signed_text(const JsonPlace& place);

 private:
  std::string error_;
};

}  // namespace reprise
