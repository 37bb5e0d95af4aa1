// JsonWriter: writes JSON piece by piece, laid out for people. The same calls give the same bytes
// everywhere. It builds no tree, so long lists cost little.
//
//   JsonWriter json;
//   json.begin_object().field("name", "flaky").key("rows").begin_list();
//   for (const Row& row : rows) {
//     json.begin_object(JsonWriter::Layout::line).field("id", row.id).end();
//   }
//   json.end().end();
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reprise {

class JsonWriter {
 public:
  /// The layout of an object or a list: one member per line, or all on one line, which includes all
  /// inner objects and lists.
  enum class Layout : std::uint8_t { block, line };

  JsonWriter& begin_object(Layout layout = Layout::block) { return begin('{', '}', layout); }
  JsonWriter& begin_list(Layout layout = Layout::block) { return begin('[', ']', layout); }
  /// Ends the innermost object or list.
  JsonWriter& end();

  /// The name of the next value; to be called before each value of an object.
  JsonWriter& key(std::string_view name);
  /// NUL characters and bytes that are not UTF-8 become U+FFFD.
  JsonWriter& text(std::string_view value);
  JsonWriter& number(std::uint64_t value);
  JsonWriter& boolean(bool value);

  JsonWriter& field(std::string_view name, std::string_view value) { return key(name).text(value); }
  JsonWriter& field(std::string_view name, std::uint64_t value) { return key(name).number(value); }
  /// A list of texts, one per line.
  JsonWriter& field(std::string_view name, const std::vector<std::string>& values);

  /// The text, which ends in a newline. Must be called after everything has ended.
  std::string written() &&;

 private:
  struct Level {
    char closing = '}';
    Layout layout = Layout::block;
    bool is_empty = true;
  };

  JsonWriter& begin(char opening, char closing, Layout layout);
  void before_element();
  void before_value();
  void new_line();

  std::string out_;
  std::vector<Level> levels_;
  bool is_after_key_ = false;
};

}  // namespace reprise
