// What each check means, and how to mend what it finds: `reprise explain CHECK`. A new check is a
// paragraph in explain.cpp; a test sees to it that none is missing.
#pragma once

#include <string_view>

namespace reprise {

/// Some sentences; empty if there is no such check.
std::string_view explanation_of(std::string_view check);
/// A few words, for a list.
std::string_view summary_of(std::string_view check);

}  // namespace reprise
