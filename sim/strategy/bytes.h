// The strategy for fuzzers that mutate bytes, such as libFuzzer: each decision and each choice
// among events takes the next bytes. Once they are used up, the run goes on calmly, so a shorter
// input makes a calmer run, and cutting off the end of an input is a step towards a smaller one.
#pragma once

#include <reprise/sim/strategy/profile.h>
#include <reprise/sim/strategy/strategy.h>

#include <cstdint>
#include <memory>
#include <span>

namespace reprise {

class BytesStrategy : public Strategy {
 public:
  /// Sets the bytes of the next run; they must outlive it. The lowest bit of the first one is the
  /// base.
  virtual void read(std::span<const std::uint8_t> bytes) = 0;
};

/// A decision is not calm if its byte is among the highest; of how many, the profile's rate says.
/// So small bytes are calm, and most random bytes are, too.
std::unique_ptr<BytesStrategy> make_bytes_strategy(const Profile& profile);

}  // namespace reprise
