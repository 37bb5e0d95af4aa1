// Page text: what tests look for in a page.
#pragma once

#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace reprise::tests {

/// For doctest::Contains.
inline doctest::String text(const std::string& of) { return {of.c_str()}; }

/// How often `part` is in `page`.
inline std::size_t count(std::string_view page, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = page.find(part); at != std::string_view::npos;
       at = page.find(part, at + 1)) {
    ++found;
  }
  return found;
}

}  // namespace reprise::tests
