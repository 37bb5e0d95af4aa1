// Whether the tests, and the program with them, are compiled with AddressSanitizer: it catches bad
// accesses first, fills the heap in its own way, and leaves no room for the store watch.
#pragma once

#if defined(__SANITIZE_ADDRESS__)
#define REPRISE_TESTS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define REPRISE_TESTS_SANITIZED 1
#endif
#endif
#ifndef REPRISE_TESTS_SANITIZED
#define REPRISE_TESTS_SANITIZED 0
#endif

namespace reprise::tests {

inline constexpr bool is_sanitized = REPRISE_TESTS_SANITIZED != 0;

}  // namespace reprise::tests
