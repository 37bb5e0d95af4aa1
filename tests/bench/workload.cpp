#include "tests/bench/workload.h"

#include <reprise/core/assert.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>

#include "tests/bench/meter.h"

namespace reprise::bench {

RunStats stats_of(const RunResult& result) {
  if (result.finding) std::fprintf(stderr, "%s\n", result.finding->message.c_str());
  REPRISE_ASSERT(!result.finding.has_value(), "what is measured has no bug");
  return result.stats;
}

Speed Metered::run(double seconds) {
  // Looking at the clock is a system call.
  constexpr double batch_seconds = 0.001;
  constexpr std::uint64_t batch_max = 64;
  RunStats total;
  std::uint64_t seeds = 0;
  const std::uint64_t allocated = bytes_allocated();
  const double begin = seconds_now();
  double now = begin;
  do {
    for (std::uint64_t i = 0; i < batch_; ++i) {
      const RunStats stats = workload_->run(seed_++);
      total.ios += stats.ios;
      total.events += stats.events;
      total.decisions += stats.decisions;
    }
    seeds += batch_;
    now = seconds_now();
  } while (now < begin + seconds);
  const double elapsed = now - begin;
  const double fitting = batch_seconds / elapsed * static_cast<double>(seeds);
  batch_ = std::clamp(static_cast<std::uint64_t>(fitting), std::uint64_t{1}, batch_max);
  const auto per_second = [&](std::uint64_t count) { return static_cast<double>(count) / elapsed; };
  const double ios = static_cast<double>(std::max(total.ios, std::uint64_t{1}));
  return {per_second(seeds * workload_->runs_per_seed()), per_second(total.ios),
          per_second(total.events + total.decisions),
          static_cast<double>(bytes_allocated() - allocated) / ios};
}

std::vector<std::vector<Speed>> turn_about(std::vector<Metered>& metered, const Rounds& rounds) {
  std::vector<std::vector<Speed>> speeds(metered.size());
  for (Metered& each : metered) each.warm_up();
  const double end = wall_seconds_now() + rounds.wall_seconds;
  for (int round = 0; round < rounds.max && (round == 0 || wall_seconds_now() < end); ++round) {
    for (std::size_t i = 0; i < metered.size(); ++i) {
      speeds[i].push_back(metered[i].run(rounds.seconds));
    }
  }
  return speeds;
}

double median_of(const std::vector<Speed>& speeds, double Speed::*part) {
  std::vector<double> values;
  for (const Speed& speed : speeds) values.push_back(speed.*part);
  return median(values);
}

double median_ratio(const std::vector<Speed>& a, const std::vector<Speed>& b, double Speed::*part) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    ratios.push_back(a[i].*part / (b[i].*part));
  }
  return median(ratios);
}

}  // namespace reprise::bench
