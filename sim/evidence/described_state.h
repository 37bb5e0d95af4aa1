// DescribedState: the state of an object as its describe() told it at one moment, for comparison
// with another moment.
#pragma once

#include <reprise/core/archive.h>
#include <reprise/core/internal/open.h>
#include <reprise/sim/evidence/declared.h>

#include <cstdint>
#include <string>
#include <vector>

namespace reprise {

class DescribedState {
 public:
  /// Records the state. Without `with_values`, which cost an allocation each, changes() shows no
  /// values.
  void take(const Describe& describe, bool with_values);

  bool same_as(const DescribedState& other) const { return digest_ == other.digest_; }
  /// The lines "`pager.locked` is true, was false", one for each member of `object` that has
  /// changed since `before`.
  std::vector<std::string> changes(const DescribedState& before, const std::string& object) const;

 private:
  std::uint64_t digest_ = 0;
  std::vector<Archive::Item> items_;
};

}  // namespace reprise
