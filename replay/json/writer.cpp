#include <reprise/replay/json/writer.h>

#include <fmt/format.h>
#include <reprise/core/assert.h>
#include <reprise/replay/text/escape.h>

#include <cstddef>
#include <iterator>

namespace reprise {

namespace {

bool stands_as_it_is(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
}

void append_quoted(std::string& out, std::string_view text) {
  constexpr std::string_view replacement = "\xef\xbf\xbd";
  out += '"';
  for (std::size_t at = 0; at < text.size();) {
    std::size_t plain_end = at;
    while (plain_end < text.size() && stands_as_it_is(text[plain_end])) ++plain_end;
    out += text.substr(at, plain_end - at);
    at = plain_end;
    if (at == text.size()) break;
    const std::size_t length = utf8_length(text, at);
    const char c = text[at];
    if (length == 0 || c == '\0') {
      out += replacement;
    } else if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (length == 1 && static_cast<unsigned char>(c) < 0x20) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned char>(c));
    } else {
      out += text.substr(at, length);
    }
    at += length == 0 ? 1 : length;
  }
  out += '"';
}

}  // namespace

void JsonWriter::new_line() { out_.append(1, '\n').append(2 * levels_.size(), ' '); }

void JsonWriter::before_element() {
  Level& level = levels_.back();
  if (!level.is_empty) out_ += ',';
  if (level.layout == Layout::block) {
    new_line();
  } else if (!level.is_empty) {
    out_ += ' ';
  }
  level.is_empty = false;
}

void JsonWriter::before_value() {
  if (!is_after_key_ && !levels_.empty()) before_element();
  is_after_key_ = false;
}

JsonWriter& JsonWriter::begin(char opening, char closing, Layout layout) {
  before_value();
  out_ += opening;
  if (!levels_.empty() && levels_.back().layout == Layout::line) layout = Layout::line;
  levels_.push_back({closing, layout, true});
  return *this;
}

JsonWriter& JsonWriter::end() {
  REPRISE_ASSERT(!levels_.empty(), "nothing of this JSON text is open");
  const Level level = levels_.back();
  levels_.pop_back();
  if (!level.is_empty && level.layout == Layout::block) new_line();
  out_ += level.closing;
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  before_element();
  append_quoted(out_, name);
  out_ += ": ";
  is_after_key_ = true;
  return *this;
}

JsonWriter& JsonWriter::text(std::string_view value) {
  before_value();
  append_quoted(out_, value);
  return *this;
}

JsonWriter& JsonWriter::number(std::uint64_t value) {
  before_value();
  fmt::format_to(std::back_inserter(out_), "{}", value);
  return *this;
}

JsonWriter& JsonWriter::boolean(bool value) {
  before_value();
  out_ += value ? "true" : "false";
  return *this;
}

JsonWriter& JsonWriter::field(std::string_view name, const std::vector<std::string>& values) {
  key(name).begin_list();
  for (const std::string& value : values) text(value);
  return end();
}

std::string JsonWriter::written() && {
  REPRISE_ASSERT(levels_.empty(), "a JSON text is not ended");
  out_ += '\n';
  return std::move(out_);
}

}  // namespace reprise
