#include <reprise/replay/json/json.h>

#include <fmt/format.h>
#include <reprise/replay/text/escape.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

namespace reprise {

namespace {

constexpr std::size_t depth_max = 16;
constexpr std::size_t fields_max = 1000;  // of one object

std::string place_of(std::string_view text, std::size_t at) {
  const std::string_view before = text.substr(0, at);
  const auto lines = std::count(before.begin(), before.end(), '\n');
  const std::size_t line_begin = before.rfind('\n') + 1;  // npos + 1 is 0
  return fmt::format("line {}, column {}", lines + 1, width_of(before.substr(line_begin)) + 1);
}

std::string cut_off(std::string_view text) {
  return fmt::format("{}: the text ends here, in the middle; it was cut off",
                     place_of(text, text.size()));
}

// Whether `rest`, the end of a text, is the first bytes of one character.
bool is_half_character(std::string_view rest) {
  constexpr std::string_view endings[] = {"\x80", "\x80\x80", "\xa0\x80", "\x80\x80\x80",
                                          "\x90\x80\x80"};
  return rest.size() < 4 && std::any_of(std::begin(endings), std::end(endings), [&](auto ending) {
           return utf8_length(std::string(rest) += ending, 0) == rest.size() + ending.size();
         });
}

// What no JSON text may hold, before it is looked at as JSON.
std::optional<std::string> bad_character(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length(text, at);
    if (text[at] == '\0') return place_of(text, at) + ": a NUL character, which no JSON text has";
    if (length == 0 && is_half_character(text.substr(at))) return cut_off(text);
    if (length == 0) {
      return fmt::format("{}: the byte 0x{:02x} is not UTF-8", place_of(text, at),
                         static_cast<unsigned char>(text[at]));
    }
    at += length;
  }
  return std::nullopt;
}

// Builds the tree. Answers false to make the parser stop, with a sentence in error_.
class Builder {
 public:
  using number_integer_t = nlohmann::json::number_integer_t;
  using number_unsigned_t = nlohmann::json::number_unsigned_t;
  using number_float_t = nlohmann::json::number_float_t;
  using string_t = nlohmann::json::string_t;
  using binary_t = nlohmann::json::binary_t;

  Builder(std::string_view text, const JsonStream& stream) : text_(text), stream_(stream) {}

  bool null() { return add({.kind = JsonValue::Kind::null, .text = "null"}); }
  bool boolean(bool value) {
    return add({.kind = JsonValue::Kind::boolean, .text = value ? "true" : "false"});
  }
  bool number_integer(number_integer_t value) {
    return add({.kind = JsonValue::Kind::number, .text = fmt::to_string(value)});
  }
  bool number_unsigned(number_unsigned_t value) {
    return add({.kind = JsonValue::Kind::number,
                .text = fmt::to_string(value),
                .whole = std::uint64_t{value}});
  }
  bool number_float(number_float_t, const string_t& as_written) {
    return add({.kind = JsonValue::Kind::number, .text = as_written});
  }
  bool string(string_t& value) {
    if (value.find('\0') != string_t::npos) return fail(path() + ": a NUL character (\\u0000)");
    return add({.kind = JsonValue::Kind::text, .text = std::move(value)});
  }
  bool binary(binary_t&) { return fail("binary data"); }

  bool start_object(std::size_t) { return open(JsonValue::Kind::object); }
  bool start_array(std::size_t) { return open(JsonValue::Kind::list); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }

  bool key(string_t& name) {
    JsonValue& object = open_.back().value;
    open_.back().field = name;
    if (name.find('\0') != string_t::npos) {
      return fail(path() + ": a NUL character (\\u0000) in a field's name");
    }
    if (object.keys.size() == fields_max) {
      return fail(fmt::format("{}: more than {} fields in one object", path(), fields_max));
    }
    if (object.find(name) != nullptr) return fail(path() + ": this field is there twice");
    object.keys.push_back(std::move(name));
    return true;
  }

  bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception&) {
    // `position` counts the bytes read, the offending one included.
    if (position > text_.size()) return fail(cut_off(text_));
    const std::size_t at = position == 0 ? 0 : position - 1;
    return fail(fmt::format("{}: this is not JSON; did not expect {}", place_of(text_, at),
                            in_quotes(text_.substr(at, utf8_length(text_, at)))));
  }

  Expected<JsonValue> result() && {
    if (!error_.empty()) return Expected<JsonValue>::failed(std::move(error_));
    return std::move(root_);
  }

 private:
  struct Open {
    JsonValue value;
    std::string field;      // of an object: the one that is being read
    std::size_t count = 0;  // of a list: its elements so far
  };

  bool fail(std::string sentence) {
    if (error_.empty()) error_ = std::move(sentence);
    return false;
  }

  // The path of the value that is being read.
  std::string path() const {
    std::string out;
    for (const Open& open : open_) {
      if (open.value.kind == JsonValue::Kind::list) {
        fmt::format_to(std::back_inserter(out), "[{}]", open.count);
      } else {
        if (!out.empty()) out += '.';
        out += escaped(open.field, 60);
      }
    }
    return out;
  }

  bool is_streamed() const {
    return open_.size() == 2 && stream_.element && open_[0].value.kind == JsonValue::Kind::object &&
           open_[1].value.kind == JsonValue::Kind::list &&
           open_[0].value.keys.back() == stream_.field;
  }

  bool add(JsonValue value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return true;
    }
    if (is_streamed()) {
      stream_.element(open_.back().count, value);
    } else {
      open_.back().value.items.push_back(std::move(value));
    }
    ++open_.back().count;
    return true;
  }

  bool open(JsonValue::Kind kind) {
    if (open_.size() == depth_max) {
      return fail(fmt::format("{}: nested more than {} deep", path(), depth_max));
    }
    open_.emplace_back();
    open_.back().value.kind = kind;
    return true;
  }

  bool close() {
    JsonValue value = std::move(open_.back().value);
    open_.pop_back();
    return add(std::move(value));
  }

  std::string_view text_;
  const JsonStream& stream_;
  std::vector<Open> open_;  // lists and objects begun and not ended, outermost first
  JsonValue root_;
  std::string error_;
};

}  // namespace

const JsonValue* JsonValue::find(std::string_view key) const {
  const auto found = std::find(keys.begin(), keys.end(), key);
  const auto index = static_cast<std::size_t>(found - keys.begin());
  return index < items.size() ? &items[index] : nullptr;
}

Expected<JsonValue> parse_json(std::string_view text, const JsonStream& stream) {
  using Result = Expected<JsonValue>;
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    return Result::failed("line 1, column 1: there is no text");
  }
  if (std::optional<std::string> bad = bad_character(text)) return Result::failed(std::move(*bad));
  Builder builder(text, stream);
  nlohmann::json::sax_parse(text, &builder);
  return std::move(builder).result();
}

}  // namespace reprise
