// Turnstile: counts who passes, in a file. Production code: it knows reprise::core only.
#pragma once

#include <reprise/core/core.h>

#include <cstdint>

class Turnstile {
 public:
  // `counts_too_early` is the planted bug: the count is changed before the write that may yield.
  Turnstile(reprise::File& file, bool counts_too_early)
      : file_(file), counts_too_early_(counts_too_early) {}

  // Counts one more and makes it durable; gives the new count.
  reprise::IOResult<std::uint32_t> pass();

 private:
  reprise::IOResult<reprise::Unit> store();

  reprise::File& file_;
  const bool counts_too_early_;
  reprise::Tracked<std::uint32_t> count_{"count"};
  reprise::Completion written_;
};
