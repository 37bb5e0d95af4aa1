
#include <reprise/core/check.h>

#include <cstdio>
#include <cstdlib>

namespace reprise {

void check_failed(const char* file, int line, const char* text, const char* why) {
  std::fprintf(stderr, "reprise: %s:%d: check failed: %s (%s)\n", file, line, text, why);
  std::fflush(stderr);
  if (internal::on_check_failed != nullptr) internal::on_check_failed(file, line, text, why);
  std::abort();
}

}  // namespace reprise
