// same_bytes: makes the traces of many runs of every scenario, so that programs compiled in
// different ways can be compared. Each run is recorded, replayed, and replayed once more in another
// world on another heap; if these three differ, the exit code is 1.
//
//   same_bytes                        # a line for each run: SCENARIO CASE DIGEST-OF-TRACE
//   same_bytes --half 1               # the same of every other scenario; --half 2: of the rest
//   same_bytes --half 1 --every 3     # of a third of its runs
//   same_bytes --trace SCENARIO CASE  # that trace itself
//   same_bytes --plans SCENARIO       # all its plans with their runs' digests: for tests/kept
#include <reprise/core/digest.h>
#include <reprise/replay/campaign/sweep.h>
#include <reprise/replay/json/writer.h>
#include <reprise/replay/trace/trace.h>
#include <reprise/sim/check/determinism.h>
#include <reprise/sim/runner.h>
#include <reprise/sim/scenario.h>
#include <reprise/sim/strategy/profile.h>
#include <reprise/sim/strategy/strategy.h>

#include <algorithm>
#include <cinttypes>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reprise::tests {
namespace {

constexpr std::uint64_t sweep_max = 24;  // plans from each base
constexpr std::uint64_t seed_max = 32;

// A machine that goes round and round is stopped soon: there is little to see in its trace.
RunOptions run_options() {
  RunOptions options;
  options.entries_per_operation_max = 500;
  options.entries_without_delivery_max = 500;
  return options;
}

struct PlannedCase {
  std::string name;
  Plan plan;
  std::optional<std::uint64_t> recorded = {};  // the digest of the run that `plan` was made from
};

// Those of `determinism` have every run differ; those of `crash` may take this program with them.
bool is_left_out(const Scenario& scenario) {
  return scenario.broken() &&
         (scenario.name.starts_with("determinism/") || scenario.name.starts_with("crash/"));
}

// The base itself, then plans from all over its sweep.
void add_sweep(Runner& runner, const Scenario& scenario, Base base, std::string_view name,
               std::vector<PlannedCase>& cases) {
  cases.push_back({std::string(name) + "/base", Plan{base, {}, {}}});
  const RunOptions options = run_options();
  const Sweep sweep(runner, scenario, base, options, sweep_max);
  for (std::uint64_t i = 0; i < sweep.size(); ++i) {
    cases.push_back({std::string(name) + '/' + std::to_string(i), sweep.plan(runner.names(), i)});
  }
}

// Four ways of drawing at random, one seed after the other.
void add_random(Runner& runner, const Scenario& scenario, std::vector<PlannedCase>& cases) {
  struct Way {
    std::string_view name;
    std::string_view profile;
    RandomOrder order;
  };
  constexpr Way ways[] = {{"uniform", "default", RandomOrder::uniform},
                          {"latencies", "default", RandomOrder::latencies},
                          {"chaos-uniform", "chaos", RandomOrder::uniform},
                          {"chaos-latencies", "chaos", RandomOrder::latencies}};
  for (std::uint64_t seed = 0; seed < seed_max; ++seed) {
    const Way& way = ways[seed % std::size(ways)];
    const std::unique_ptr<RandomStrategy> random =
        make_random_strategy(*built_in_profile(way.profile), {.order = way.order});
    random->reseed(seed);
    Recording recording;
    const std::unique_ptr<Strategy> recorder = make_recording_strategy(*random, recording);
    const RunResult result = runner.run(scenario, *recorder, run_options());
    cases.push_back({std::string(way.name) + '/' + std::to_string(seed),
                     recording.plan(runner.names()), result.digest});
  }
}

std::vector<PlannedCase> cases_of(Runner& runner, const Scenario& scenario) {
  std::vector<PlannedCase> cases;
  add_sweep(runner, scenario, Base::sync, "sync", cases);
  add_sweep(runner, scenario, Base::lazy, "lazy", cases);
  add_random(runner, scenario, cases);
  return cases;
}

Trace trace_of(Runner& runner, const Scenario& scenario, const Plan& plan) {
  const std::unique_ptr<PlanStrategy> strategy = make_plan_strategy(plan);
  RunOptions options = run_options();
  options.log_events = true;
  RunResult result = runner.run_checked(scenario, *strategy, options);
  Trace trace;
  trace.scenario = scenario.name;
  trace.options = std::move(result.options_asked);
  trace.build = "any";
  trace.plan = plan;
  if (result.finding.has_value()) trace.finding = traced(*result.finding);
  trace.digest = result.digest;
  trace.events = std::move(result.events);
  return trace;
}

// Prints a line for each run, or for every so many of them; whether all came again.
bool print_digests(const Scenario& scenario, std::size_t every) {
  bool is_same = true;
  Runner runner;
  const std::vector<PlannedCase> cases = cases_of(runner, scenario);
  for (std::size_t i = 0; i < cases.size(); i += every) {
    const PlannedCase& planned = cases[i];
    const Trace trace = trace_of(runner, scenario, planned.plan);
    const std::string bytes = to_json(trace);
    std::printf("%s %s %016" PRIx64 "\n", scenario.name.c_str(), planned.name.c_str(),
                digest_of(bytes));
    const OtherHeap other_heap;
    Runner other_runner;
    if (to_json(trace_of(other_runner, scenario, planned.plan)) != bytes) {
      std::fprintf(stderr, "%s %s: the second run differs\n", scenario.name.c_str(),
                   planned.name.c_str());
      is_same = false;
    }
    if (planned.recorded.has_value() && planned.recorded != trace.digest) {
      std::fprintf(stderr, "%s %s: the replay differs from the run recorded\n",
                   scenario.name.c_str(), planned.name.c_str());
      is_same = false;
    }
  }
  return is_same;
}

// Whether there is such a case.
bool print_trace(const Scenario& scenario, std::string_view name) {
  Runner runner;
  for (const PlannedCase& planned : cases_of(runner, scenario)) {
    if (planned.name != name) continue;
    std::fputs(to_json(trace_of(runner, scenario, planned.plan)).c_str(), stdout);
    return true;
  }
  return false;
}

/// The identities that plans name, each once. A plan is written with their numbers.
class IdentityTable {
 public:
  std::uint64_t number_of(const std::string& identity) {
    const auto [at, is_new] = numbers_.try_emplace(identity, all_.size());
    if (is_new) all_.push_back(identity);
    return at->second;
  }
  const std::vector<std::string>& all() const { return all_; }

 private:
  std::map<std::string, std::uint64_t> numbers_;
  std::vector<std::string> all_;
};

void write_plan(JsonWriter& json, const Plan& plan, IdentityTable& identities) {
  json.field("base", plan.base == Base::sync ? "sync" : "lazy").key("decisions").begin_list();
  for (const PlannedDecision& decision : plan.decisions) {
    json.number(identities.number_of(decision.identity)).number(decision.value);
  }
  json.end().key("order").begin_list();
  for (const std::string& event : plan.order) json.number(identities.number_of(event));
  json.end();
}

void print_plans(const Scenario& scenario) {
  Runner runner;
  IdentityTable identities;
  JsonWriter json;
  json.begin_object().field("scenario", scenario.name).key("cases").begin_list();
  for (const PlannedCase& planned : cases_of(runner, scenario)) {
    char digest[17];
    const std::uint64_t value = trace_of(runner, scenario, planned.plan).digest.value_or(0);
    std::snprintf(digest, sizeof digest, "%016" PRIx64, value);
    json.begin_object(JsonWriter::Layout::line).field("case", planned.name);
    write_plan(json, planned.plan, identities);
    json.field("digest", digest).end();
  }
  json.end().field("identities", identities.all()).end();
  std::fputs(std::move(json).written().c_str(), stdout);
}

int run(std::span<const char* const> arguments) {
  if (arguments.size() == 2 && std::string_view(arguments[0]) == "--plans") {
    const Scenario* scenario = find_scenario(arguments[1]);
    if (scenario != nullptr) print_plans(*scenario);
    return scenario != nullptr ? 0 : 2;
  }
  if (arguments.size() == 3 && std::string_view(arguments[0]) == "--trace") {
    const Scenario* scenario = find_scenario(arguments[1]);
    return scenario != nullptr && print_trace(*scenario, arguments[2]) ? 0 : 2;
  }
  const bool is_half = arguments.size() >= 2 && std::string_view(arguments[0]) == "--half";
  const bool is_thinned = arguments.size() == 4 && std::string_view(arguments[2]) == "--every";
  const std::size_t expected = is_thinned ? 4 : is_half ? 2 : 0;
  const int every = is_thinned ? std::atoi(arguments[3]) : 1;
  if (arguments.size() != expected || every < 1) return 2;
  const bool is_second = is_half && std::string_view(arguments[1]) == "2";
  bool is_same = true;
  bool is_turn = !is_second;  // of the half asked for
  for (const Scenario& scenario : scenarios()) {
    const bool is_asked = std::exchange(is_turn, !is_turn) || !is_half;
    if (!is_asked || is_left_out(scenario)) continue;
    if (!print_digests(scenario, static_cast<std::size_t>(every))) is_same = false;
  }
  return is_same ? 0 : 1;
}

}  // namespace
}  // namespace reprise::tests

int main(int argc, char** argv) {
  const std::span<const char* const> all(argv, static_cast<std::size_t>(argc));
  return reprise::tests::run(all.subspan(1));
}
