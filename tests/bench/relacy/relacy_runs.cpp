// The peer of `./dev bench --relacy`: whole runs under relacy's random scheduler, whose every run
// has a seed of its own, the number of the run. A run has THREADS threads, each of which yields
// ROUNDS times and does nothing else, so that each round is one resumption.
//
//   relacy_runs THREADS ROUNDS FIRST RUNS
//
// makes the runs FIRST to FIRST + RUNS - 1, and prints the seconds of processor time they took.
#include <relacy/relacy.hpp>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <sstream>
#include <string>

namespace {

unsigned rounds = 0;

template <rl::thread_id_t threads>
struct Yields : rl::test_suite<Yields<threads>, threads> {
  void thread(unsigned) {
    for (unsigned i = 0; i < rounds; ++i) rl::yield(1, $);
  }
};

double seconds_now() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

bool simulate(unsigned threads, rl::test_params& params) {
  switch (threads) {
    case 2: return rl::simulate<Yields<2>>(params);
    case 3: return rl::simulate<Yields<3>>(params);
    case 8: return rl::simulate<Yields<8>>(params);
    default: return false;  // their number is a constant of the program
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fprintf(stderr, "usage: relacy_runs THREADS ROUNDS FIRST RUNS\n");
    return 2;
  }
  const unsigned threads = static_cast<unsigned>(std::strtoul(argv[1], nullptr, 10));
  rounds = static_cast<unsigned>(std::strtoul(argv[2], nullptr, 10));
  const rl::iteration_t first = std::strtoull(argv[3], nullptr, 10);

  std::ostringstream nowhere;
  rl::test_params params;
  params.search_type = rl::random_scheduler_type;
  params.output_stream = &nowhere;
  params.progress_stream = &nowhere;
  params.execution_depth_limit = 2 * threads * rounds;
  params.initial_state = std::to_string(first).c_str();  // the number of the first run
  params.iteration_count = first + std::strtoull(argv[4], nullptr, 10) - 1;

  const double begin = seconds_now();
  if (!simulate(threads, params)) {
    std::fprintf(stderr, "relacy_runs: relacy found a bug, or THREADS is not 2, 3 or 8\n");
    return 2;
  }
  std::printf("%.9f\n", seconds_now() - begin);
  return 0;
}
