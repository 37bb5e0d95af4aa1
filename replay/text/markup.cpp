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

// Whether the backticks of `line` stand in pairs around some code that a table can hold.
bool quotes_plainly(std::string_view line) {
  if (std::ranges::count(line, '`') % 2 != 0) return false;
  if (line.find("``") != std::string_view::npos) return false;
  bool is_code = false;
  for (const char c : line) {
    if (c == '`') is_code = !is_code;
    if (c == '|' && is_code) return false;
  }
  return true;
}

}  // namespace

std::string uri_of_path(std::string_view path) {
  constexpr std::string_view hexadecimal = "0123456789ABCDEF";
  std::string out = path.starts_with('/') ? "file://" : "";
  for (const char c : path) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') ||
                          std::string_view("/._-~").find(c) != std::string_view::npos;
    const unsigned byte = static_cast<unsigned char>(c);
    if (is_plain) {
      out += c;
    } else {
      out += {'%', hexadecimal[byte >> 4], hexadecimal[byte & 15]};
    }
  }
  return out;
}

std::string markdown_text(std::string_view text) {
  const std::string line = escaped(text);
  const bool is_quoting = quotes_plainly(line);
  std::string out;
  bool is_code = false;
  for (const char c : line) {
    if (c == '`' && is_quoting) is_code = !is_code;
    const bool is_mark = std::string_view("\\*_[]<>#|~&!@$").find(c) != std::string_view::npos;
    if ((is_mark && !is_code) || (c == '`' && !is_quoting)) out += '\\';
    out += c;
  }
  return out;
}

std::string markdown_block(std::string_view lines) {
  std::string fence = "```";
  while (lines.find(fence) != std::string_view::npos) fence += '`';
  return fence + "text\n" + std::string(lines) + (lines.ends_with('\n') ? "" : "\n") + fence + '\n';
}

std::string xml_text(std::string_view text) { return xml(text, "\n", "\t"); }

std::string xml_attribute(std::string_view text) { return xml(text, "&#10;", "&#9;"); }

}  // namespace reprise
