#include "tests/bench/check_costs.h"

#include <fmt/format.h>
#include <reprise/core/internal/open.h>
#include <reprise/reprise.h>
#include <reprise/sim/runner.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "tests/bench/workload.h"

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

class Clients final : public Workload {
 public:
  explicit Clients(const std::set<std::string>& checks) {
    for (const std::string& name : check_names()) {
      if (!checks.contains(name)) options_.checks.off.insert(name);
    }
  }

  RunStats run(std::uint64_t seed) override {
    random_->reseed(seed);
    return stats_of(runner_.run_checked(scenario_, *random_, options_));
  }

 private:
  Runner runner_;
  Scenario scenario_{"bench", &clients, "", false};
  RunOptions options_;
  std::unique_ptr<RandomStrategy> random_ = make_random_strategy(*built_in_profile("default"));
};

double factor_of(const std::set<std::string>& checks) {
  std::vector<Metered> metered;
  metered.emplace_back(std::make_unique<Clients>(std::set<std::string>()));
  metered.emplace_back(std::make_unique<Clients>(checks));
  const auto speeds = turn_about(metered, {.max = 7, .seconds = 0.02, .wall_seconds = 0.6});
  return median_ratio(speeds[0], speeds[1], &Speed::runs);
}

Step step_of(const std::string& what, const std::set<std::string>& checks, const char* head) {
  return {"a run with " + what,
          [=] { return fmt::format("{}  {:<24} {:>8.2f}\n", head, what, factor_of(checks)); }};
}

}  // namespace

std::vector<Step> check_cost_steps() {
  constexpr const char* head =
      "\na run with one check on, over one with none (3 tasks of 5 operations, all claims)\n";
  std::vector<Step> steps;
  for (const std::string& name : check_names()) {
    steps.push_back(step_of(name, {name}, steps.empty() ? head : ""));
  }
  const std::set<std::string> all(check_names().begin(), check_names().end());
  steps.push_back(step_of("all of them", all, ""));
  return steps;
}

}  // namespace reprise::bench
