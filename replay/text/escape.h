// Printable text: what a user or a file gave us, made fit for a terminal. No byte of it can move
// the cursor, change colours or break a line.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace reprise {

/// How many bytes the UTF-8 character at `text[at]` has, 1 to 4; 0 if there is none: a stray or
/// missing continuation, an overlong form, a surrogate, or more than U+10FFFF.
std::size_t utf8_length(std::string_view text, std::size_t at);

/// `text` on one line: control characters and bytes that are no UTF-8 as \n, \t, \x1b. With
/// `characters_max`, what is longer ends in `...`.
std::string escaped(std::string_view text, std::size_t characters_max = std::string_view::npos);

/// escaped() in double quotes.
std::string in_quotes(std::string_view text, std::size_t characters_max = 60);

/// How many characters printable text has.
std::size_t width_of(std::string_view text);

/// How many columns of a terminal it takes: wide characters two, combining ones none.
std::size_t columns_of(std::string_view text);

}  // namespace reprise
