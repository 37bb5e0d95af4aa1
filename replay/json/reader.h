// JsonReader: takes a JsonValue apart, and keeps the first error as a sentence with a path. Results
// after an error are empty, so callers need to check only at the end.
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

/// A value and its path; no value if it is missing, or if there was an error before.
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
  /// Reports the error `path: expected EXPECTED, found ...`, followed by `hint`, such as a
  /// did_you_mean_phrase().
  void wrong(const JsonPlace& place, std::string_view expected, std::string_view hint = {});

  /// Whether `place` is an object with no fields other than `known`; reports an error if not.
  bool object(const JsonPlace& place, std::initializer_list<std::string_view> known);
  /// An optional field of an object.
  JsonPlace field(const JsonPlace& object, std::string_view name) const;
  /// A required field of an object; if it is missing, reports `path: missing; expected EXPECTED`.
  JsonPlace need(const JsonPlace& object, std::string_view name, std::string_view expected);
  /// The elements of a list; none if `place` is missing, or is not a list, which is an error.
  std::vector<JsonPlace> list(const JsonPlace& place, std::string_view expected);

  // The result is empty or 0 for a place without a value.
  std::string text(const JsonPlace& place, std::string_view expected);
  bool boolean(const JsonPlace& place);
  /// A JSON number from 0 to `max`.
  std::uint64_t number(const JsonPlace& place, std::uint64_t max);
  /// 64 bits without a sign as a text, in decimal or as 0x and hexadecimal digits.
  std::uint64_t unsigned_text(const JsonPlace& place);
  /// 64 bits with a sign as a text, in decimal.
  std::int64_t signed_text(const JsonPlace& place);

 private:
  std::string error_;
};

}  // namespace reprise
