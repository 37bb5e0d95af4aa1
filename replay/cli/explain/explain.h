// The pages of `reprise explain NAME`: what each check means, and how to mend what it finds. A test
// verifies that every check has a page; see pages.h.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace reprise {

/// The name of the page for a word, which may be a synonym, such as `deadlock`; empty if there is
/// no page.
std::string_view explained_page(std::string_view word);
/// The page as it is printed; empty if there is none.
std::string_view explanation_of(std::string_view name);
/// The page's summary in a few words, for a list.
std::string_view summary_of(std::string_view name);
/// The names of the pages about other topics than checks.
std::vector<std::string> explained_topics();

}  // namespace reprise
