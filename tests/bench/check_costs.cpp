#include "tests/bench/check_costs.h"

#include "tests/bench/meter.h"

#include <reprise/core/internal/open.h>
#include <reprise/reprise.h>
#include <reprise/sim/runner.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <utility>

namespace reprise::bench {

namespace {

constexpr int tasks = 3;
constexpr int operations = 5;
const std::string task_names[tasks] = {"client[0]", "client[1]", "client[2]"};

/// Writes a record and reads it back, under a lock of its own.
struct Client {
  explicit Client(File& of_file) : file(of_file) {}

  File& file;
  Buffer buffer = Buffer::allocate(64, 64);
  Completion pending = {};
  Tracked<bool> locked{"locked"};
  Tracked<std::uint32_t> done{"done"};
  bool written = false;

  IOResult<Unit> once() {
    if (!pending) pending = written ? file.pread(0, buffer) : file.pwrite(0, buffer);
    if (!pending.finished()) IO_YIELD_ONE(pending);
    const Completion ended = std::exchange(pending, {});
    if (!ended.succeeded()) return ended.get_error();
    return Unit{};
  }
  IOResult<std::uint32_t> use() {
    locked = true;
    if (!written) {
      RETURN_IF_IO(once());
      written = true;
    }
    RETURN_IF_IO(once());
    written = false;
    locked = false;
    done += 1;
    return done.get();
  }
  void describe(Archive& archive) const {
    archive("locked", locked);
    archive("written", written);
  }
};

void clients(Sim& sim) {
  std::deque<Client> all;  // clients do not move
  std::uint32_t total = 0;
  for (int i = 0; i < tasks; ++i) {
    const std::string& name = task_names[i];
    Client& client = all.emplace_back(sim.open(name));
    sim.held(name, [&client] { return client.locked ? 1U : 0U; });
    sim.agree(
        "locked", [&client] { return client.locked.get(); },  //
        "under way", [&client] { return client.written || client.locked.get(); });
    sim.idle(name, client);
    sim.owned(name, name, client);
    sim.task(name, [&sim, &client, &total] {
      for (int n = 0; n < operations; ++n) {
        if (sim.await([&client] { return client.use(); }).ok()) ++total;
      }
    });
  }
  sim.next_operation_works();
  sim.always("no more than were asked for", [&] { return total <= tasks * operations; });
  sim.run();
}

class Meter {
 public:
  /// `check`: the only one; empty: none.
  Meter(std::string_view check, bool is_all) {
    for (const std::string& name : check_names()) {
      if (!is_all && name != check) options_.checks.off.insert(name);
    }
  }

  /// Seconds per run.
  double run() {
    constexpr int runs = 1500;
    const double begin = seconds_now();
    for (int i = 0; i < runs; ++i) {
      random_->reseed(seed_++);
      const RunResult result = runner_.run_checked(scenario_, *random_, options_);
      REPRISE_ASSERT(!result.finding.has_value(), "the measured workload has no bug");
    }
    return (seconds_now() - begin) / runs;
  }

 private:
  Runner runner_;
  Scenario scenario_{"bench", &clients, "", false};
  RunOptions options_;
  std::unique_ptr<RandomStrategy> random_ =
      make_random_strategy(*built_in_profile("default"), {RandomOrder::uniform, true});
  std::uint64_t seed_ = 1;
};

double factor_of(std::string_view check, bool is_all) {
  Meter without("", false);
  Meter with(check, is_all);
  static_cast<void>(without.run());
  static_cast<void>(with.run());
  std::vector<double> factors;
  constexpr int rounds = 7;
  for (int round = 0; round < rounds; ++round) {
    const double bare = without.run();
    factors.push_back(with.run() / bare);
  }
  return median(factors);
}

}  // namespace

std::vector<CheckCost> measure_check_costs() {
  std::vector<CheckCost> costs;
  for (const std::string& name : check_names()) costs.push_back({name, factor_of(name, false)});
  costs.push_back({"all of them", factor_of("", true)});
  return costs;
}

}  // namespace reprise::bench
