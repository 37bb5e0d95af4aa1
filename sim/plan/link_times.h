// Times of the simulated network's links, by the values of decisions: how long what is sent takes,
// and how long a link is cut.
#pragma once

#include <reprise/core/time.h>

#include <array>
#include <bit>
#include <chrono>
#include <cstdint>
#include <string>

namespace reprise::internal {

/// Values of `latency` and `jitter` are below this; 0 is no time at all.
inline constexpr std::uint32_t latency_values = 32;

/// -ln(1 - value / latency_values) in 1/1024, by a logarithm that is linear between the powers of
/// two: where all values are equally likely, these are distributed exponentially.
constexpr std::uint64_t exponential(std::uint32_t value) {
  constexpr std::uint64_t unit = 1024;
  constexpr std::uint64_t ln_2 = 710;  // in 1/1024
  const std::uint64_t left = latency_values - value;
  const auto power = static_cast<std::uint64_t>(std::bit_width(left) - 1);
  const std::uint64_t log_of_left = power * unit + left * unit / (std::uint64_t{1} << power) - unit;
  constexpr auto log_of_all = static_cast<std::uint64_t>(std::bit_width(latency_values) - 1) * unit;
  return (log_of_all - log_of_left) * ln_2 / unit;
}

/// What is sent takes 100 microseconds and an exponential time, of a millisecond on average. The
/// last four values are the heavy tail: 10, 100, 1000 and 10,000 times as long, up to a minute.
constexpr Duration latency_of(std::uint32_t value) {
  constexpr std::uint64_t minimum_ns = 100'000;
  constexpr std::uint64_t average_ns = 1'000'000;
  constexpr std::uint32_t tail = latency_values - 4;
  if (value == 0) return {};
  std::uint64_t ns = minimum_ns + average_ns * exponential(value) / 1024;
  for (std::uint32_t longer = tail; longer <= value; ++longer) ns *= 10;
  return Duration(static_cast<std::int64_t>(ns));
}

/// By the value of `cut_time`: a second, or another time.
inline constexpr std::array<std::int64_t, 5> cut_times_ms = {1'000, 10, 100, 10'000, 60'000};
constexpr Duration cut_time_of(std::uint32_t value) {
  return std::chrono::milliseconds(cut_times_ms[value]);
}

/// "1500 us".
inline std::string in_words(Duration time) { return std::to_string(time.count() / 1000) + " us"; }

}  // namespace reprise::internal
