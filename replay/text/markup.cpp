#include <reprise/replay/text/markup.h>

#include <reprise/replay/text/escape.h>

#include <algorithm>
#include <cstddef>

namespace reprise {

namespace {

constexpr std::string_view noncharacter_fffe = "\xef\xbf\xbe";
constexpr std::string_view noncharacter_ffff = "\xef\xbf\xbf";

// The valid character at `at`, or one stray byte.
std::string_view character_of(std::string_view text, std::size_t at) {
  return text.substr(at, std::max<std::size_t>(utf8_length(text, at), 1));
}

std::string xml(std::string_view text, std::string_view newline, std::string_view tab) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view character = character_of(text, at);
    at += character.size();
    if (character == "&") {
      out += "&amp;";
    } else if (character == "<") {
      out += "&lt;";
    } else if (character == ">") {
      out += "&gt;";
    } else if (character == "\"") {
      out += "&quot;";
    } else if (character == "\n") {
      out += newline;
    } else if (character == "\t") {
      out += tab;
    } else if (character == noncharacter_fffe || character == noncharacter_ffff) {
      for (const char& byte : character) out += escaped(std::string_view(&byte, 1));
    } else {
      out += escaped(character);
    }
  }
  return out;
}

}  // namespace

std::string xml_text(std::string_view text) { return xml(text, "\n", "\t"); }

std::string xml_attribute(std::string_view text) { return xml(text, "&#10;", "&#9;"); }

}  // namespace reprise
