// The second file of a machine that is wrong in two.
#pragma once

#include <reprise/core/core.h>

namespace reprise::golden {

struct Ledger {
  Tracked<int> entries{"entries"};

  void note() {
    entries += 1;  // fine by itself
  }
};

}  // namespace reprise::golden
