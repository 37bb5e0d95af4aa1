// What each check means, and how to mend what it finds: `reprise explain CHECK`. A new check is a
// paragraph in explain.cpp; a test sees to it that none is missing.
#pragma once

#include <string_view>

namespace reprise {

/// The check that a word names or, as `deadlock` does, stands for; empty if there is none.
std::string_view explained_check(std::string_view word);
/// Some sentences; empty if there is no such check.
std::string_view explanation_of(std::string_view check);
/// A few words, for a list.
std::string_view summary_of(std::string_view check);

}  // namespace reprise
