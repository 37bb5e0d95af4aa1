#include "tests/bench/steps.h"

#include <unistd.h>

#include <cstddef>
#include <cstdio>
#include <iterator>

namespace reprise::bench {

void append(std::vector<Step>& steps, std::vector<Step> more) {
  steps.insert(steps.end(), std::make_move_iterator(more.begin()),
               std::make_move_iterator(more.end()));
}

void run_steps(const std::vector<Step>& steps) {
  // On a terminal there is one such line, which the next one replaces.
  const bool is_terminal = isatty(STDERR_FILENO) != 0;
  const char* const wipe = is_terminal ? "\r\033[K" : "";
  for (std::size_t i = 0; i < steps.size(); ++i) {
    std::fprintf(stderr, "bench: %zu of %zu: %s%s", i + 1, steps.size(), steps[i].what.c_str(),
                 is_terminal ? "" : "\n");
    const std::string lines = steps[i].run();
    std::fputs(wipe, stderr);
    std::fputs(lines.c_str(), stdout);
    std::fflush(stdout);
  }
}

}  // namespace reprise::bench
