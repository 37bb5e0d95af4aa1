// Account: a balance in a file, changed once per call. A sound machine for the pairs of this
// folder, whose mistakes are in how they call it.
#pragma once

#include <reprise/core/core.h>

#include <cstdint>

#include "scenarios/number_file.h"

namespace reprise::reentry {

struct Account {
  NumberFile file;
  std::uint64_t slot = 0;
  Tracked<std::int64_t> balance{"balance"};

  IOResult<Unit> change(std::int64_t amount) {
    RETURN_IF_IO(file.write(slot, static_cast<std::uint64_t>(balance + amount)));
    balance += amount;
    return Unit{};
  }
};

}  // namespace reprise::reentry
