
#include <reprise/replay/worker/asan_report.h>

#include <array>
#include <cctype>
#include <optional>
#include <utility>

namespace reprise {

namespace {

std::string_view next_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

bool is_own_file(std::string_view path) {
  if (path.find(':') == std::string_view::npos || path.starts_with('(')) return false;
  for (const std::string_view foreign : {"/usr/", "../", "/build/"}) {
    if (path.starts_with(foreign)) return false;
  }
  for (const std::string_view foreign : {"/include/c++/", "include/reprise/", "libsanitizer/"}) {
    if (path.find(foreign) != std::string_view::npos) return false;
  }
  return true;
}

// "a.cpp:4 in use(C*)" from "    #0 0x55d026dbf211 in use(C*) a.cpp:4:27"; nothing if the line is
// no frame of the user's.
std::optional<std::string> own_frame(std::string_view line) {
  const std::size_t number = line.find('#');
  const std::size_t in = line.find(" in ");
  if (number == std::string_view::npos || in == std::string_view::npos || in < number) {
    return std::nullopt;
  }
  const std::string_view rest = line.substr(in + 4);
  const std::size_t space = rest.rfind(' ');
  if (space == std::string_view::npos) return std::nullopt;
  std::string_view place = rest.substr(space + 1);
  if (!is_own_file(place)) return std::nullopt;
  // Without the column.
  const std::size_t colon = place.find(':');
  const std::size_t column = place.find(':', colon + 1);
  place = place.substr(0, column);
  return std::string(place) + " in " + std::string(rest.substr(0, space));
}

// The kind of error, behind "ERROR: AddressSanitizer: ".
std::string kind_in(std::string_view line) {
  constexpr std::string_view mark = "AddressSanitizer: ";
  const std::size_t at = line.find(mark);
  if (at == std::string_view::npos) return {};
  std::string_view kind = line.substr(at + mark.size());
  for (const std::string_view end : {" on ", ": ", " ("}) kind = kind.substr(0, kind.find(end));
  return std::string(kind);
}

std::string trimmed(std::string_view line) {
  while (!line.empty() && line.front() == ' ') line.remove_prefix(1);
  for (const std::string_view end : {" at 0x", " thread T"}) line = line.substr(0, line.find(end));
  return std::string(line);
}

}  // namespace

std::string asan_report_in_words(std::string_view report) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> sections = {
      {{"freed by thread", "; freed at "},
       {"previously allocated by thread", "; allocated at "},
       {"allocated by thread", "; allocated at "}}};
  std::string words;
  std::string_view before = " at ";
  bool is_found = false;  // the user's frame of the section under way
  while (!report.empty()) {
    const std::string_view line = next_line(report);
    if (line.starts_with("SUMMARY:")) break;
    if (words.empty()) {
      words = kind_in(line);
      continue;
    }
    if (line.starts_with("READ of size") || line.starts_with("WRITE of size")) {
      words += ": " + trimmed(line);
      continue;
    }
    for (const auto& [mark, text] : sections) {
      if (!line.starts_with(mark)) continue;
      before = text;
      is_found = false;
      break;
    }
    if (is_found) continue;
    if (const std::optional<std::string> frame = own_frame(line)) {
      words += std::string(before) + *frame;
      is_found = true;
    }
  }
  return words;
}

}  // namespace reprise
