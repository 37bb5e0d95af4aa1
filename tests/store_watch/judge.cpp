// Judges the machines of a shared object: `judge FILE.so` runs each of its scenarios in both calm
// worlds and with random seeds, and prints a line for each: `NAME ok`, or the name and what went
// wrong. A broken machine must be found by the check that its pair names; all others must be clean.
//
// With --no-watch, for files compiled without the store watch, a broken machine may be found by any
// check, or by none (`NAME unseen`); all others must be clean all the same.
#include <reprise/core/internal/open.h>
#include <reprise/sim/check_names.h>
#include <reprise/sim/runner.h>
#include <reprise/sim/scenario.h>

#include <dlfcn.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace reprise;

constexpr std::uint64_t twice_every = 64;  // how often determinism is looked at

class Judge {
 public:
  /// Judges by so many random runs of each machine, beside the calm ones.
  explicit Judge(std::uint64_t seeds) : seeds_(seeds) {}

  std::optional<Finding> first_finding(const Scenario& scenario) {
    for (const auto& calm : calm_) {
      if (auto finding = run(scenario, *calm, true)) return finding;
    }
    for (std::uint64_t seed = 1; seed <= seeds_; ++seed) {
      RandomStrategy& strategy = *random_[seed % 2];
      strategy.reseed(seed);
      if (auto finding = run(scenario, strategy, seed % twice_every == 0)) return finding;
    }
    return std::nullopt;
  }

 private:
  std::optional<Finding> run(const Scenario& scenario, Strategy& strategy, bool twice) {
    RunOptions options;
    options.events_max = 100'000;
    if (scenario.name.starts_with("check/")) {
      options.checks.errors.insert({"heap-lifetime", "prefix-read"});
    }
    return runner_.run_checked(scenario, strategy, options, twice).finding;
  }

  std::uint64_t seeds_;
  Runner runner_;
  Profile chaos_ = *built_in_profile("chaos");
  std::unique_ptr<Strategy> calm_[2] = {make_calm_strategy(Base::sync),
                                        make_calm_strategy(Base::lazy)};
  std::unique_ptr<RandomStrategy> random_[2] = {
      make_random_strategy(chaos_, {.order = RandomOrder::uniform}),
      make_random_strategy(chaos_, {.order = RandomOrder::latencies})};
};

std::string shown(const Finding& finding) {
  std::string text = "found by " + finding.check + ": " + finding.message;
  for (const ShownLocation& place : finding.places) {
    text += " [" + place.file + ':' + std::to_string(place.line) + ' ' + place.note + ']';
  }
  return text;
}

std::string verdict(const Scenario& scenario, const std::optional<Finding>& finding, bool watched) {
  if (!scenario.broken()) return finding ? "flagged: " + shown(*finding) : "ok";
  if (!finding) return watched ? "missed" : "unseen";
  if (stands_for(scenario.finds, finding->check) || !watched) return "ok";
  return shown(*finding);
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  const bool watched = words.empty() || words.front() != "--no-watch";
  const std::size_t options = watched ? 0 : 1;
  if (words.size() != options + 2) {
    std::fprintf(stderr, "usage: judge [--no-watch] SEEDS FILE.so\n");
    return 2;
  }
  const std::uint64_t seeds = std::strtoull(words[options].c_str(), nullptr, 10);
  if (dlopen(words.back().c_str(), RTLD_NOW | RTLD_LOCAL) == nullptr) {
    std::fprintf(stderr, "judge: %s\n", dlerror());
    return 2;
  }
  Judge judge(seeds);
  for (const Scenario& scenario : scenarios()) {
    std::printf("%s ", scenario.name.c_str());
    std::fflush(stdout);  // so that the machine is named that brings the judge down
    std::printf("%s\n", verdict(scenario, judge.first_finding(scenario), watched).c_str());
    std::fflush(stdout);
  }
  return 0;
}
