// Summarises a report of AddressSanitizer in one sentence: the kind of error, and the lines of the
// user's own code that caused it, freed the memory and allocated it.
#pragma once

#include <string>
#include <string_view>

namespace reprise {

/// "heap-use-after-free: READ of size 4 at a.cpp:4 in use(C*); freed at a.cpp:3 in cleanup(C*);
/// allocated at a.cpp:5 in main". `report` is the text that the sanitizer prints.
std::string asan_report_in_words(std::string_view report);

}  // namespace reprise
