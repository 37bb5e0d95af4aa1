#include <reprise/replay/text/escape.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <span>

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

struct Range {
  std::uint32_t first, last;
};

// Marks that stand over or join others; selectors and directions.
constexpr std::array combining = {
    Range{0x300, 0x36f},   Range{0x483, 0x489},     Range{0x591, 0x5bd},    Range{0x610, 0x61a},
    Range{0x64b, 0x65f},   Range{0x93a, 0x93c},     Range{0x941, 0x94d},    Range{0xe31, 0xe31},
    Range{0xe34, 0xe3a},   Range{0xe47, 0xe4e},     Range{0x1ab0, 0x1aff},  Range{0x1dc0, 0x1dff},
    Range{0x200b, 0x200f}, Range{0x202a, 0x202e},   Range{0x2060, 0x2064},  Range{0x20d0, 0x20f0},
    Range{0x302a, 0x302d}, Range{0x3099, 0x309a},   Range{0xfe00, 0xfe0f},  Range{0xfe20, 0xfe2f},
    Range{0xfeff, 0xfeff}, Range{0x1f3fb, 0x1f3ff}, Range{0xe0100, 0xe01ef}};
// After Unicode's East Asian Width, W and F, in broad strokes.
constexpr std::array wide = {
    Range{0x1100, 0x115f},   Range{0x231a, 0x231b},   Range{0x23e9, 0x23ec},
    Range{0x2614, 0x2615},   Range{0x2648, 0x2653},   Range{0x26aa, 0x26ab},
    Range{0x26bd, 0x26be},   Range{0x26c4, 0x26c5},   Range{0x2705, 0x2705},
    Range{0x274c, 0x274c},   Range{0x2753, 0x2757},   Range{0x2e80, 0x303e},
    Range{0x3041, 0xa4cf},   Range{0xa960, 0xa97c},   Range{0xac00, 0xd7a3},
    Range{0xf900, 0xfaff},   Range{0xfe30, 0xfe6b},   Range{0xff01, 0xff60},
    Range{0xffe0, 0xffe6},   Range{0x16fe0, 0x18cff}, Range{0x1b000, 0x1b2ff},
    Range{0x1f300, 0x1f64f}, Range{0x1f680, 0x1f6ff}, Range{0x1f7e0, 0x1f7eb},
    Range{0x1f900, 0x1f9ff}, Range{0x1fa70, 0x1faff}, Range{0x20000, 0x3fffd}};

bool is_in(std::span<const Range> ranges, std::uint32_t character) {
  const auto at = std::ranges::lower_bound(ranges, character, {}, &Range::last);
  return at != ranges.end() && at->first <= character;
}

// What the UTF-8 character of `length` bytes at `at` says.
std::uint32_t character_at(std::string_view text, std::size_t at, std::size_t length) {
  if (length <= 1) return byte_at(text, at);
  std::uint32_t character = byte_at(text, at) & (0xffu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    character = (character << 6) | (byte_at(text, at + i) & 0x3fu);
  }
  return character;
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

std::string escaped(std::string_view text, std::size_t characters_max) {
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
  return '"' + escaped(text, characters_max) + '"';
}

std::size_t width_of(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!continues(byte_at(text, at))) ++width;
  }
  return width;
}

std::size_t columns_of(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = std::max<std::size_t>(utf8_length(text, at), 1);
    const std::uint32_t character = character_at(text, at, length);
    if (!is_in(combining, character)) width += is_in(wide, character) ? 2U : 1U;
    at += length;
  }
  return width;
}

}  // namespace reprise
