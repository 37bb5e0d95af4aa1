// Patterns by which users name scenarios, checks and code.
#pragma once

#include <string_view>

namespace reprise {

/// Whether all of `text` fits: `*` stands for any text, `?` for one character.
bool matches_pattern(std::string_view pattern, std::string_view text);

}  // namespace reprise
