// Random: the only random generator. It is xoshiro256** (Blackman and Vigna, 2018, public domain),
// seeded by splitmix64. Every derived draw is made here, not by the standard library, so that all
// compilers agree. Make at most one draw in a full expression, whose order of evaluation is not
// fixed.
#pragma once

#include <reprise/sim/plan/rate.h>

#include <bit>
#include <cstdint>

namespace reprise {

/// One step of splitmix64 (Steele, Lea, Flood 2014): turns related seeds into unrelated ones.
constexpr std::uint64_t splitmix(std::uint64_t& state) {
  state += 0x9e3779b97f4a7c15u;
  std::uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

class Random {
 public:
  explicit Random(std::uint64_t seed = 0) { reseed(seed); }

  void reseed(std::uint64_t seed) {
    for (std::uint64_t& word : state_) word = splitmix(seed);
  }

  // Drawn for every decision and every event, so none of these three is a call.
  [[gnu::always_inline]] std::uint64_t next() {
    const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  /// Uniform in [0, bound), bound > 0: multiply and shift with rejection (Lemire 2019).
  [[gnu::always_inline]] std::uint32_t below(std::uint32_t bound) {
    std::uint64_t product = this->product(bound);
    if (is_uneven(product, bound)) [[unlikely]]
      product = evened(product, bound);
    return drawn(product);
  }

  // The steps of below(), for functions that are to make no call but their last.

  [[gnu::always_inline]] std::uint64_t product(std::uint32_t bound) {
    return (next() >> 32) * bound;
  }
  /// Whether the product may have to be drawn anew, by evened(): seldom.
  static bool is_uneven(std::uint64_t product, std::uint32_t bound) {
    return static_cast<std::uint32_t>(product) < bound;
  }
  static std::uint32_t drawn(std::uint64_t product) {
    return static_cast<std::uint32_t>(product >> 32);
  }
  /// `product`, or that of later draws, such that all results are equally likely.
  [[gnu::noinline, gnu::cold]] std::uint64_t evened(std::uint64_t product, std::uint32_t bound) {
    const std::uint32_t threshold = (0u - bound) % bound;
    while (static_cast<std::uint32_t>(product) < threshold) product = this->product(bound);
    return product;
  }

  /// True with probability `rate`. Always makes at least one draw.
  [[gnu::always_inline]] bool chance(Rate rate) { return below(rate.denominator) < rate.numerator; }

  /// In [0, 2^bits), bits <= 63, with every magnitude equally likely: a heavy tail.
  std::uint64_t log_uniform(std::uint32_t bits) {
    const std::uint32_t magnitude = below(bits + 1);
    return next() & ((std::uint64_t{1} << magnitude) - 1);
  }

 private:
  std::uint64_t state_[4] = {};
};

}  // namespace reprise
