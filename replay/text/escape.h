// Escaping: makes text from a user or a file fit for a terminal. No byte of the result can move the
// cursor, change colours or break a line.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace reprise {

/// The number of bytes of the UTF-8 character at `text[at]`, 1 to 4; 0 if it is not valid: a stray
/// or missing continuation, an overlong form, a surrogate, or more than U+10FFFF.
std::size_t utf8_length(std::string_view text, std::size_t at);

/// `text` on one line: control characters and bytes that are not UTF-8 appear as \n, \t, \x1b. Text
/// longer than `characters_max` is cut and ends in `...`.
std::string escaped(std::string_view text, std::size_t characters_max = std::string_view::npos);

/// escaped() in double quotes.
std::string in_quotes(std::string_view text, std::size_t characters_max = 60);

/// The number of characters of escaped text.
std::size_t width_of(std::string_view text);

/// The number of terminal columns of escaped text: a wide character has two, a combining one none.
std::size_t columns_of(std::string_view text);

}  // namespace reprise
