#include "tests/bench/flights.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>

#include "tests/bench/readers.h"

namespace reprise::bench {

namespace {

constexpr std::string_view head =
    "\nI/Os per second of processor time, in millions, with so many in flight\n"
    "  in flight  order      bare  checks  recording  bytes/I/O, bare\n";

std::string measure_flight(std::uint32_t tasks, RandomOrder order) {
  const ReadersShape shape{tasks, std::max(300'000u / tasks, 5u), order, true};
  std::vector<Metered> metered;
  for (const Mode mode : {Mode::bare, Mode::checked, Mode::recorded}) {
    metered.emplace_back(make_readers(shape, mode));
  }
  static_cast<void>(metered[0].run(0));  // after it nothing is allocated any more
  const auto speeds = turn_about(metered, {.max = 5, .seconds = 0.1, .wall_seconds = 2.5});
  constexpr double million = 1e6;
  return fmt::format("  {:<9}  {:<8} {:>6.2f}  {:>6.2f}  {:>9.2f}  {:>15.3f}\n", tasks,
                     order == RandomOrder::latencies ? "clock" : "no clock",
                     median_of(speeds[0], &Speed::ios) / million,
                     median_of(speeds[1], &Speed::ios) / million,
                     median_of(speeds[2], &Speed::ios) / million, speeds[0].back().bytes_per_io);
}

}  // namespace

std::vector<Step> flight_steps() {
  std::vector<Step> steps;
  for (const std::uint32_t tasks : {2u, 16u, 256u, 4096u, 100'000u}) {
    for (const RandomOrder order : {RandomOrder::latencies, RandomOrder::uniform}) {
      const bool has_clock = order == RandomOrder::latencies;
      const bool is_first = steps.empty();
      steps.push_back(
          {fmt::format("{} in flight, {}", tasks, has_clock ? "clock" : "no clock"), [=] {
             const std::string row = measure_flight(tasks, order);
             return is_first ? std::string(head) + row : row;
           }});
    }
  }
  return steps;
}

}  // namespace reprise::bench
