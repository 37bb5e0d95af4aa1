// Words that this tree once had for its own things, and what the field calls these. They are not
// to come back as names; ordinary English in a comment may still say that somebody is asking.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace reprise::tests {

// A sentence for each such word that a line names something by. `line` is the whole line, `code`
// the same without comments and literals.
std::vector<std::string> former_words(std::string_view line, std::string_view code);

}  // namespace reprise::tests
