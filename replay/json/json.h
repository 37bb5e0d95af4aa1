// JSON reading: a small tree of values, and error sentences that say what is wrong and where; and
// quoting for text that is written by hand. Only json.cpp knows the library that is used.
#pragma once

#include <reprise/replay/text/expected.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reprise {

struct JsonValue {
  enum class Kind : std::uint8_t { null, boolean, number, text, list, object };

  Kind kind = Kind::null;
  std::string text;  // of a text; also "true", "false", and a number as decimal text
  std::optional<std::uint64_t> whole = {};  // a whole number from 0 to 2^64 - 1
  std::vector<JsonValue> items = {};        // of a list, or of an object, field by field
  std::vector<std::string> keys = {};       // of an object; one per item, each only once

  /// The object's field of this name, or null.
  const JsonValue* find(std::string_view key) const;
};

/// For lists that are too long to keep: the elements of the list `field` of the outermost object go
/// to `element`, in order, and the list itself stays empty.
struct JsonStream {
  std::string_view field = {};
  std::function<void(std::size_t index, const JsonValue& element)> element = {};
};

/// Parses the whole of `text` as one JSON value. It must be UTF-8 without NUL characters (nor
/// `\u0000`), with no field twice and no nesting deeper than 16. The error sentence says where: a
/// line and a column, or a path such as `plan.decisions[3].id`.
Expected<JsonValue> parse_json(std::string_view text, const JsonStream& stream = {});

}  // namespace reprise
