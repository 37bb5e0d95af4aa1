#include <fmt/format.h>
#include <reprise/replay/printable.h>

#include <cstdint>
#include <iterator>

namespace reprise {

namespace {

unsigned byte_at(std::string_view text, std::size_t at) {
  return at < text.size() ? static_cast<unsigned char>(text[at]) : 0u;
}

bool continues(unsigned byte) { return (byte & 0xc0u) == 0x80u; }

// The escape of the character of `length` bytes (0: a stray byte) at `at`, if it is not shown as
// it is.
bool append_escape(std::string& out, std::string_view text, std::size_t at, std::size_t length) {
  const unsigned byte = byte_at(text, at);
  if (byte == '\n') {
    out += "\\n";
  } else if (byte == '\t') {
    out += "\\t";
  } else if (length == 0 || byte < 0x20 || byte == 0x7f) {
    fmt::format_to(std::back_inserter(out), "\\x{:02x}", byte);
  } else if (length == 2 && byte == 0xc2 && byte_at(text, at + 1) < 0xa0) {  // C1 controls
    fmt::format_to(std::back_inserter(out), "\\x{:02x}", byte_at(text, at + 1));
  } else {
    return false;
  }
  return true;
}

}  // namespace

std::size_t utf8_length(std::string_view text, std::size_t at) {
  const unsigned first = byte_at(text, at);
  if (at >= text.size()) return 0;
  if (first < 0x80) return 1;
  const unsigned second = byte_at(text, at + 1);
  const unsigned third = byte_at(text, at + 2);
  const unsigned fourth = byte_at(text, at + 3);
  // Table 3-7 of the Unicode standard: only the second byte's range depends on the first.
  if (first >= 0xc2 && first <= 0xdf) return continues(second) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const unsigned low = first == 0xe0 ? 0xa0u : 0x80u;
    const unsigned high = first == 0xed ? 0x9fu : 0xbfu;
    return second >= low && second <= high && continues(third) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const unsigned low = first == 0xf0 ? 0x90u : 0x80u;
    const unsigned high = first == 0xf4 ? 0x8fu : 0xbfu;
    return second >= low && second <= high && continues(third) && continues(fourth) ? 4 : 0;
  }
  return 0;
}

std::string printable(std::string_view text, std::size_t characters_max) {
  std::string out;
  std::size_t characters = 0;
  for (std::size_t at = 0; at < text.size(); ++characters) {
    if (characters == characters_max) return out += "...";
    const std::size_t length = utf8_length(text, at);
    const std::size_t taken = length == 0 ? 1 : length;
    if (!append_escape(out, text, at, length)) out += text.substr(at, taken);
    at += taken;
  }
  return out;
}

std::string in_quotes(std::string_view text, std::size_t characters_max) {
  return '"' + printable(text, characters_max) + '"';
}

std::size_t width_of(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!continues(byte_at(text, at))) ++width;
  }
  return width;
}

}  // namespace reprise
