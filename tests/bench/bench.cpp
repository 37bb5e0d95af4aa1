// The benchmark behind `./dev bench`: what a simulated I/O and a whole small run cost, beside the
// machine's own limits, measured in the same process and turn about. Every figure is the median of
// several rounds, and every run has a new seed: the branch predictor learns a repeated one.
#include "tests/bench/check_costs.h"
#include "tests/bench/limits.h"
#include "tests/bench/meter.h"
#include "tests/bench/workload.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

using namespace reprise;
using namespace reprise::bench;

namespace {

void print_limits() {
  std::printf("limits of this machine, ns each\n");
  for (const Limit& limit : measure_limits()) std::printf("  %-52s %8.2f\n", limit.what, limit.ns);
}

void print_flights() {
  std::printf("\nsimulated I/Os per second (millions), one core, N in flight\n");
  std::printf("  %-10s %-12s %8s %10s %10s %16s\n", "in flight", "order", "bare", "checks",
              "recording", "bytes/I/O bare");
  for (const std::uint32_t tasks : {2u, 16u, 256u, 4096u, 100'000u}) {
    for (const RandomOrder order : {RandomOrder::latencies, RandomOrder::uniform}) {
      const Flight flight = measure_flight(tasks, order);
      std::printf("  %-10u %-12s %8.2f %10.2f %10.2f %16.3f\n", tasks,
                  order == RandomOrder::latencies ? "clock" : "no clock", flight.bare,
                  flight.checked, flight.recorded, flight.bytes_per_io);
    }
  }
}

void print_runs() {
  std::printf("\nwhole runs per second (thousands), one core, world reset in place\n");
  std::printf("  %-24s %8s %10s %10s %18s\n", "", "bare", "checks", "recording", "decisions/s (M)");
  const struct {
    const char* what;
    std::uint32_t tasks, ios;
  } shapes[] = {{"3 tasks of 10 I/Os", 3, 10}, {"8 tasks of 50 I/Os", 8, 50}};
  for (const auto& shape : shapes) {
    const Runs runs = measure_runs(shape.tasks, shape.ios);
    std::printf("  %-24s %8.1f %10.1f %10.1f %18.2f\n", shape.what, runs.bare, runs.checked,
                runs.recorded, runs.decisions);
  }
}

void print_check_costs() {
  std::printf(
      "\na run with one check on, over one with none (3 tasks of 5 operations, all claims)\n");
  for (const CheckCost& cost : measure_check_costs()) {
    std::printf("  %-24s %8.2f\n", cost.check.c_str(), cost.factor);
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  if (argc > 1 && std::strcmp(argv[1], "--help") == 0) {
    std::printf(
        "usage: reprise-bench\nMeasures this build on this machine; takes about a minute.\n");
    return 0;
  }
  print_limits();
  print_flights();
  print_runs();
  print_check_costs();
  return 0;
}
