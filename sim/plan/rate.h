// Rate: how often something happens, as a fraction of integers.
#pragma once

#include <cstdint>

namespace reprise {

/// A probability as a fraction, so that no decision uses floating point.
struct Rate {
  std::uint32_t numerator = 0;
  std::uint32_t denominator = 1;

  friend bool operator==(const Rate&, const Rate&) = default;
  bool never() const { return numerator == 0; }
};

}  // namespace reprise
