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

/// The part of `code` that a place is about. Without a column (0) this is all but indentation and
/// comment. With a column, counted in bytes from 1, it begins there and ends with the expression or
/// statement, as far as the text tells. At an operator, which is where compilers place an
/// expression, it begins at the left operand; at a `;` it is the statement before.
SourceSpan span_at(std::string_view code, int column);

class SourceLine {
 public:
  /// `code` has no newline; a carriage return at its end is left out.
  explicit SourceLine(std::string_view code);

  /// The part of a long line that is shown so that `span` is visible.
  struct Window {
    std::size_t first = 0;  // cells
    std::size_t last = 0;
    bool shows_begin = true;
    bool shows_end = true;
  };
  Window window_for(const SourceSpan& span) const;
  std::string text(const Window& window) const;
  /// The position of the underline of `span` under text(window), in columns of the terminal. Width
  /// 0: `span` is not in the window.
  struct Underline {
    std::size_t indent = 0;
    std::size_t width = 0;
  };
  Underline underline(const Window& window, const SourceSpan& span) const;

 private:
  /// One character, or the escape that stands for it.
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
