// JSON as this folder needs it: a small tree for what is read, with sentences that say what is
// wrong and where, and quoting for what is written by hand. json.cpp alone knows the library behind
// it.
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
  std::optional<std::uint64_t> whole = {};  // a number that is one from 0 to 2^64 - 1
  std::vector<JsonValue> items = {};        // of a list, or of an object, field by field
  std::vector<std::string> keys = {};       // of an object; one per item, each only once

  /// An object's field; null if there is none.
  const JsonValue* find(std::string_view key) const;
};

/// For lists too long to be kept: the elements of the outermost object's list `field` go to
/// `element`, in order, and the list itself stays empty.
struct JsonStream {
  std::string_view field = {};
  std::function<void(std::size_t index, const JsonValue& element)> element = {};
};

/// The whole of `text` as one JSON value: UTF-8 without NUL characters (`\u0000` neither), no field
/// twice, nothing nested deeper than 16. The sentence says where: a line and a column, or a path
/// such as `plan.decisions[3].id`.
Expected<JsonValue> parse_json(std::string_view text, const JsonStream& stream = {});

}  // namespace reprise
