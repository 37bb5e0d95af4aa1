#include "tests/bench/relacy_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "tests/bench/child.h"
#include "tests/bench/meter.h"
#include "tests/bench/readers.h"

namespace reprise::bench {

namespace {

constexpr int rounds = 9;
constexpr double seconds = 0.15;

struct Row {
  std::string_view what;
  ReadersShape shape;
  double Speed::*part;
  double unit;
  std::string_view aim;
};
constexpr Row rows[] = {
    {"runs/s of 3x10, thousands", {3, 10, RandomOrder::uniform, false}, &Speed::runs, 1e3, "0.35"},
    {"runs/s of 8x50, thousands", {8, 50, RandomOrder::uniform, false}, &Speed::runs, 1e3, ""},
    {"2 in flight, millions/s", {2, 150'000, RandomOrder::uniform, true}, &Speed::ios, 1e6, ""},
};

constexpr std::string_view head =
    "ours, bare, and relacy's, per second of processor time, turn about; of the last row ours are\n"
    "I/Os without a clock, and relacy's are resumptions\n"
    "                                  ours    relacy  ours : relacy\n";

// Makes runs of relacy in a process of its own, each run with a new seed.
class Relacy {
 public:
  Relacy(std::string program, const ReadersShape& shape)
      : program_(std::move(program)), shape_(shape) {
    // As many runs as take the same time as ours.
    constexpr std::uint64_t probe_events = 500'000;
    const std::uint64_t events = std::uint64_t{shape.tasks} * shape.ios;
    runs_ = std::max(probe_events / events, std::uint64_t{1});
    runs_ = std::max(static_cast<std::uint64_t>(run().runs * seconds), std::uint64_t{1});
  }

  Speed run() {
    const Expected<std::string> output =
        output_of({program_, std::to_string(shape_.tasks), std::to_string(shape_.ios),
                   std::to_string(next_), std::to_string(runs_)});
    const double elapsed = output ? std::strtod(output.value().c_str(), nullptr) : 0;
    if (elapsed <= 0) {
      std::fprintf(stderr, "\nreprise-bench: %s\n",
                   output ? "relacy's program printed no time" : output.error().c_str());
      std::exit(2);
    }
    next_ += runs_;
    const double runs = static_cast<double>(runs_) / elapsed;
    return {.runs = runs, .ios = runs * shape_.tasks * shape_.ios};
  }

 private:
  std::string program_;
  ReadersShape shape_;
  std::uint64_t next_ = 1;
  std::uint64_t runs_ = 1;
};

std::string measure(const Row& row, const std::string& program) {
  Metered ours(make_readers(row.shape, Mode::bare));
  ours.warm_up();
  Relacy relacy(program, row.shape);
  std::vector<Speed> our_speeds;
  std::vector<Speed> relacy_speeds;
  for (int round = 0; round < rounds; ++round) {
    our_speeds.push_back(ours.run(seconds));
    relacy_speeds.push_back(relacy.run());
  }
  return fmt::format("  {:<26} {:>9.2f} {:>9.2f}  {:>13.3f}{}\n", row.what,
                     median_of(our_speeds, row.part) / row.unit,
                     median_of(relacy_speeds, row.part) / row.unit,
                     median_ratio(our_speeds, relacy_speeds, row.part),
                     row.aim.empty() ? "" : fmt::format("  (aim {})", row.aim));
}

}  // namespace

std::vector<Step> relacy_steps(const std::string& program) {
  std::vector<Step> steps;
  for (const Row& row : rows) {
    const bool is_first = steps.empty();
    steps.push_back({std::string(row.what), [=] {
                       const std::string line = measure(row, program);
                       return is_first ? std::string(head) + line : line;
                     }});
  }
  return steps;
}

}  // namespace reprise::bench
