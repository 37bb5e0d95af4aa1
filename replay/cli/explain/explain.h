// What each check means, and how to mend what it finds: `reprise explain NAME`. The pages are in
// explain_*.cpp; a test sees to it that no check is without one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace reprise {

/// The name of the page that a word names or, as `deadlock` does, stands for; empty if there is
/// none.
std::string_view explained_page(std::string_view word);
/// The page itself, as it is printed; empty if there is none.
std::string_view explanation_of(std::string_view name);
/// A few words, for a list.
std::string_view summary_of(std::string_view name);
/// The names of pages on what is no check.
std::vector<std::string> explained_topics();

}  // namespace reprise
