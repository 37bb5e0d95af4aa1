
#include <reprise/core/assert.h>

#include <cstdio>
#include <cstdlib>

namespace reprise::internal {

void assertion_failed(const char* file, int line, const char* text, const char* why) {
  std::fprintf(stderr, "reprise: %s:%d: assertion failed: %s (%s)\n", file, line, text, why);
  std::fflush(stderr);
  if (on_assertion_failed != nullptr) on_assertion_failed(file, line, text, why);
  std::abort();
}

}  // namespace reprise::internal
