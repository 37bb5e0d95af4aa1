// Names that are banned somewhere in the tree, because a run is a pure function of its plan. A new
// one is a line in the table of banned_words.cpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace reprise::tests {

// A sentence for each banned name that the line `code` of the file `path`, without comments and
// literals, uses; it says what takes the name's place.
std::vector<std::string> banned_words(std::string_view path, std::string_view code);

}  // namespace reprise::tests
