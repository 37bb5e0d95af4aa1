// Workload: makes whole runs, one for each seed; and how fast it makes them.
#pragma once

#include <reprise/sim/run.h>

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace reprise::bench {

class Workload {
 public:
  virtual ~Workload() = default;

  /// Makes the runs of this seed: one, or one of each scenario if there are several. Returns the
  /// sums.
  virtual RunStats run(std::uint64_t seed) = 0;
  virtual std::uint64_t runs_per_seed() const { return 1; }
  /// Uses the memory that runs use, so that none of them pays for its first use.
  virtual void warm_up() { static_cast<void>(run(0)); }
};

/// The stats of a run of a workload. Aborts if it has a finding.
RunStats stats_of(const RunResult& result);

/// Per second of processor time.
struct Speed {
  double runs = 0;
  double ios = 0;
  double decisions = 0;     // values chosen and events picked
  double bytes_per_io = 0;  // that operator new was asked for
};

/// Makes runs of a workload, each with a new seed, and measures them.
class Metered {
 public:
  explicit Metered(std::unique_ptr<Workload> workload) : workload_(std::move(workload)) {}

  void warm_up() { workload_->warm_up(); }
  /// Measures for `seconds` of processor time, and at least one run.
  Speed run(double seconds);

 private:
  std::unique_ptr<Workload> workload_;
  std::uint64_t seed_ = 1;
  std::uint64_t batch_ = 1;  // runs between two looks at the clock
};

/// How often and how long everything has its turn.
struct Rounds {
  int max = 5;
  double seconds = 0.1;     // of processor time, of each turn
  double wall_seconds = 3;  // no round but the first begins later
};
/// The speeds of each of `metered`, measured turn about.
std::vector<std::vector<Speed>> turn_about(std::vector<Metered>& metered, const Rounds& rounds);

double median_of(const std::vector<Speed>& speeds, double Speed::*part);
/// The median of the ratios a : b, each of one round.
double median_ratio(const std::vector<Speed>& a, const std::vector<Speed>& b, double Speed::*part);

}  // namespace reprise::bench
