// Meter: a sum in memory that begins where a file says. Production code: it does not know Reprise.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "poll.h"

namespace meter {

class Meter {
 public:
  explicit Meter(Device& device) : device_(device) {}

  /// Adds `amount`; gives the sum.
  Poll<std::uint64_t> add(std::uint64_t amount);
  /// The same with a bug.
  Poll<std::uint64_t> add_hastily(std::uint64_t amount);
  /// Gives where the sum begins; reads it when first asked.
  Poll<std::uint64_t> base();

 private:
  Device& device_;
  std::uint64_t added_ = 0;
  std::byte first_{};
  std::shared_ptr<const Token> read_;
};

}  // namespace meter
