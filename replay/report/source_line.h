// SourceLine: one line of the user's code as a terminal shows it, and which part of it a place is
// about.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace reprise {

/// A part of a line, in bytes.
struct SourceSpan {
  std::size_t begin = 0;
  std::size_t end = 0;  // after its last byte; begin < end unless the line is empty
};

/// The part of `code` that a place is about. Without a column (0): all but indentation and comment.
/// With one, counted in bytes from 1: from there (of an operator, which compilers name expressions
/// by, from its left operand; of a `;`, the statement before it) to the end of the expression or
/// statement, as well as the text tells.
SourceSpan span_at(std::string_view code, int column);

class SourceLine {
 public:
  /// Without its newline; a carriage return at its end is left out.
  explicit SourceLine(std::string_view code);

  /// The part of the line that is shown when `span` is to be seen.
  struct Window {
    std::size_t first = 0;  // cells
    std::size_t last = 0;
    bool shows_begin = true;
    bool shows_end = true;
  };
  Window window_for(const SourceSpan& span) const;
  std::string text(const Window& window) const;
  /// Where an underline of `span` stands under text(window), in columns of the terminal. Width 0:
  /// it is not in the window.
  struct Underline {
    std::size_t indent = 0;
    std::size_t width = 0;
  };
  Underline underline(const Window& window, const SourceSpan& span) const;

 private:
  /// One character, or what stands for it.
  struct Cell {
    std::string text;
    std::size_t width;
    std::size_t byte;
  };

  std::size_t width(std::size_t first, std::size_t last) const;
  std::size_t cell_at(std::size_t byte) const;

  std::vector<Cell> cells_;
};

}  // namespace reprise
