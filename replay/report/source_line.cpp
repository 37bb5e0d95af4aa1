#include <reprise/replay/report/source_line.h>

#include <reprise/replay/text/escape.h>

#include <algorithm>

namespace reprise {

namespace {

constexpr std::size_t width_max = 120;
constexpr std::size_t width_before = 40;  // of the code before a place in a line that is too long
constexpr std::size_t tab_width = 2;
constexpr std::string_view cut = "...";

bool is_opening(char c) { return c == '(' || c == '[' || c == '{'; }
bool is_closing(char c) { return c == ')' || c == ']' || c == '}'; }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r'; }

// Which bytes are code: not within a literal or a comment.
std::vector<bool> code_bytes(std::string_view line, std::size_t& comment) {
  std::vector<bool> is_code(line.size(), false);
  char quote = '\0';
  comment = line.size();
  for (std::size_t at = 0; at < line.size(); ++at) {
    const char c = line[at];
    if (quote != '\0') {
      if (c == '\\') ++at;
      if (c == quote) quote = '\0';
    } else if (c == '"' || c == '\'') {
      // A quote between digits separates them.
      const bool is_digit_before = at > 0 && line[at - 1] >= '0' && line[at - 1] <= '9';
      if (c == '"' || !is_digit_before) quote = c;
    } else if (line.substr(at).starts_with("//")) {
      comment = at;
      break;
    } else {
      is_code[at] = true;
    }
  }
  return is_code;
}

std::size_t trimmed_end(std::string_view line, std::size_t begin, std::size_t end) {
  while (end > begin + 1 && is_space(line[end - 1])) --end;
  return end;
}

// The end of what begins at `begin`: a `;` or `,`, or the closing of what was open before it.
std::size_t end_of(std::string_view line, const std::vector<bool>& is_code, std::size_t begin,
                   std::size_t comment) {
  int depth = 0;
  std::size_t at = begin;
  for (; at < comment; ++at) {
    if (!is_code[at]) continue;
    if (is_opening(line[at])) ++depth;
    if (is_closing(line[at]) && --depth < 0) break;
    if (depth == 0 && (line[at] == ';' || line[at] == ',')) break;
  }
  std::size_t end = trimmed_end(line, begin, at);
  // What `if (...) {` opens is not meant.
  if (at == comment && depth == 1 && line[end - 1] == '{') end = trimmed_end(line, begin, end - 1);
  return std::max(end, begin + 1);
}

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// Behind `if (...)` and the like, if one begins at `begin`; else `begin`.
std::size_t after_condition(std::string_view line, const std::vector<bool>& is_code,
                            std::size_t begin, std::size_t end) {
  for (const std::string_view keyword : {"if", "while", "for", "switch", "else", "do"}) {
    std::size_t at = begin + keyword.size();
    if (!line.substr(begin).starts_with(keyword) || at >= end || is_word(line[at])) continue;
    while (at < end && is_space(line[at])) ++at;
    int depth = 0;
    for (; at < end && keyword != "else" && keyword != "do"; ++at) {
      if (!is_code[at]) continue;
      if (is_opening(line[at])) ++depth;
      if (is_closing(line[at]) && --depth == 0) break;
    }
    if (at < end && is_closing(line[at])) ++at;
    while (at < end && is_space(line[at])) ++at;
    return at;
  }
  return begin;
}

// Where the statement or the call begins that ends before `at`; `at` if none is in this line. What
// is destroyed when a statement is over, and so the last store of an assignment, compilers put
// there.
std::size_t statement_begin(std::string_view line, const std::vector<bool>& is_code,
                            std::size_t at) {
  const std::string_view trimmed =
      line.substr(std::min(line.find_first_not_of(" \t"), line.size()));
  const bool has_label = trimmed.starts_with("case ") || trimmed.starts_with("default:");
  const bool is_call = line[at - 1] == ')' && line.substr(at, 1) != ";";
  int depth = 0;
  std::size_t begin = at;
  for (std::size_t i = at; i-- > 0;) {
    const char c = line[i];
    if (is_code[i]) {
      const bool is_label = has_label && c == ':' && line[i + 1] == ' ';
      const bool is_block = c == '}' && begin < at && is_word(line[begin]);
      const bool is_end = c == ';' || is_block || is_label || (is_call && c == ',');
      if (depth == 0 && is_end) break;
      if (is_closing(c)) ++depth;
      if (is_opening(c) && --depth < 0) break;
    }
    if (!is_space(c)) begin = i;
  }
  for (std::size_t next = at; begin < at; begin = next) {
    next = after_condition(line, is_code, begin, at);
    if (next == begin) break;
  }
  return begin;
}

// The end of the statement or call that is over at `at`: a `;`, what closes a call, or the `}`
// behind the last statement of a block; 0 if none is.
std::size_t statement_end(std::string_view line, const std::vector<bool>& is_code, std::size_t at) {
  if (line[at] == ';') return at;
  if (line[at] == ')') return at + 1;
  if (line[at] != '}') return 0;
  while (at > 0 && is_space(line[at - 1])) --at;
  return at > 0 && is_code[at - 1] && line[at - 1] == ';' ? at - 1 : 0;
}

// Where the left operand of the operator at `at` begins; `at` if there is none.
std::size_t left_operand(std::string_view line, const std::vector<bool>& is_code, std::size_t at) {
  constexpr std::string_view operators = "+-*/%&|^<>=!?.([";
  if (!is_code[at] || operators.find(line[at]) == std::string_view::npos) return at;
  int depth = 0;
  std::size_t begin = at;
  for (std::size_t i = at; i-- > 0;) {
    const char c = line[i];
    if (is_code[i]) {
      if (is_closing(c)) ++depth;
      if (is_opening(c) && --depth < 0) break;
      const bool is_label = c == ':' && line[i + 1] != ':' && (i == 0 || line[i - 1] != ':');
      if (depth == 0 && (c == ';' || c == ',' || c == '{' || c == '}' || is_label)) break;
    }
    if (!is_space(c)) begin = i;
  }
  for (const std::string_view keyword : {"return ", "co_return ", "else "}) {
    if (line.substr(begin).starts_with(keyword)) begin += keyword.size();
  }
  if (begin < at) begin = after_condition(line, is_code, begin, at);
  return std::min(begin, at);
}

}  // namespace

SourceSpan span_at(std::string_view code, int column) {
  std::size_t comment = 0;
  const std::vector<bool> is_code = code_bytes(code, comment);
  std::size_t begin = 0;
  while (begin < code.size() && is_space(code[begin])) ++begin;
  if (begin == code.size()) return {0, code.empty() ? 0 : std::size_t{1}};
  const auto place = static_cast<std::size_t>(std::max(column, 1) - 1);
  if (column > 0 && place > begin && place < comment && is_code[place]) {
    const std::size_t end = statement_end(code, is_code, place);
    const std::size_t statement = end == 0 ? end : statement_begin(code, is_code, end);
    if (statement < end) return {statement, trimmed_end(code, statement, end)};
  }
  if (column > 0 && place >= begin && place < comment) {
    return {left_operand(code, is_code, place), end_of(code, is_code, place, comment)};
  }
  const std::size_t end = begin < comment ? comment : code.size();
  return {begin, trimmed_end(code, begin, end)};
}

SourceLine::SourceLine(std::string_view code) {
  if (code.ends_with('\r')) code.remove_suffix(1);
  for (std::size_t at = 0; at < code.size();) {
    const std::size_t length = std::max<std::size_t>(utf8_length(code, at), 1);
    Cell cell{.text = {}, .width = 0, .byte = at};
    cell.text = code[at] == '\t' ? std::string(tab_width, ' ') : escaped(code.substr(at, length));
    cell.width = columns_of(cell.text);
    cells_.push_back(std::move(cell));
    at += length;
  }
}

std::size_t SourceLine::width(std::size_t first, std::size_t last) const {
  std::size_t width = 0;
  for (std::size_t i = first; i < last; ++i) width += cells_[i].width;
  return width;
}

std::size_t SourceLine::cell_at(std::size_t byte) const {
  const auto after = std::ranges::lower_bound(cells_, byte, {}, &Cell::byte);
  return static_cast<std::size_t>(after - cells_.begin());
}

SourceLine::Window SourceLine::window_for(const SourceSpan& span) const {
  Window window{.last = cells_.size()};
  if (width(0, cells_.size()) <= width_max) return window;
  const std::size_t begin = cell_at(span.begin);
  if (width(0, cell_at(span.end)) > width_max) {
    window.first = begin;
    while (window.first > 0 && width(window.first, begin) < width_before) --window.first;
  }
  window.last = window.first;
  while (window.last < cells_.size() && width(window.first, window.last) < width_max) {
    ++window.last;
  }
  window.shows_begin = window.first == 0;
  window.shows_end = window.last == cells_.size();
  return window;
}

std::string SourceLine::text(const Window& window) const {
  std::string text(window.shows_begin ? "" : cut);
  for (std::size_t i = window.first; i < window.last; ++i) text += cells_[i].text;
  if (!window.shows_end) text += cut;
  return text;
}

SourceLine::Underline SourceLine::underline(const Window& window, const SourceSpan& span) const {
  const std::size_t begin = cell_at(span.begin);
  const std::size_t end = std::min(cell_at(span.end), window.last);
  Underline underline;
  if (cells_.empty()) return {.indent = 0, .width = 1};
  if (begin < window.first || begin >= end) return underline;
  underline.indent = (window.shows_begin ? 0 : cut.size()) + width(window.first, begin);
  underline.width = std::max<std::size_t>(width(begin, end), 1);
  return underline;
}

}  // namespace reprise
