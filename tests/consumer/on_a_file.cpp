// The turnstile on a real file: a program without the simulator. Prints the counts of three
// visitors.
#include <reprise/core/back_end/loop.h>
#include <reprise/core/back_end/posix.h>

#include <cstdio>
#include <cstdlib>

#include "turnstile.h"

int main(int argc, char** argv) {
  if (argc != 2) return EXIT_FAILURE;
  const auto io = reprise::make_posix_io();
  if (!io.ok()) return EXIT_FAILURE;
  const reprise::OpenResult file = io.value()->open(argv[1]);
  if (!file.ok()) return EXIT_FAILURE;
  reprise::Loop loop(*io.value());
  Turnstile turnstile(*file.value(), false);
  for (int i = 0; i < 3; ++i) {
    const auto count = loop.await([&] { return turnstile.pass(); });
    if (!count.ok()) return EXIT_FAILURE;
    std::printf("%u\n", count.value());
  }
  return EXIT_SUCCESS;
}
