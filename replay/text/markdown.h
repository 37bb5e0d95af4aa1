// Markdown that is shown to users: without the comments for whoever tests or maintains it.
#pragma once

#include <string>
#include <string_view>

namespace reprise {

/// `markdown` without its comments (`<!-- ... -->`) that begin a line, with the end of their last
/// line. What follows a comment without an end is left out.
std::string without_comments(std::string_view markdown);

}  // namespace reprise
