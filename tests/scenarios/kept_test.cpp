// What older versions have left in tests/kept: the same plan still makes the same run, and the same
// trace still shows the same finding, whatever has been rebuilt meanwhile.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include <reprise/core/internal/open.h>
#include <reprise/sim/runner.h>
#include <reprise/sim/scenario.h>
#include <reprise/sim/strategy/strategy.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/captured.h"
#include "tests/support/sanitized.h"

using namespace reprise;

namespace {

using Json = nlohmann::json;

/// As same_bytes has run them.
RunOptions run_options() {
  RunOptions options;
  options.entries_per_operation_max = 500;
  options.entries_without_delivery_max = 500;
  options.log_events = true;
  return options;
}

std::vector<std::filesystem::path> kept_files(const std::string& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

Plan plan_of(const Json& kept, const Json& identities) {
  const auto identity = [&](const Json& number) {
    return identities.at(number.get<std::size_t>()).get<std::string>();
  };
  Plan plan;
  plan.base = kept.at("base") == "sync" ? Base::sync : Base::lazy;
  const Json& decisions = kept.at("decisions");  // identity, value, identity, value ...
  for (std::size_t i = 0; i + 1 < decisions.size(); i += 2) {
    plan.decisions.push_back({identity(decisions[i]), decisions[i + 1].get<std::uint32_t>()});
  }
  for (const Json& event : kept.at("order")) plan.order.push_back(identity(event));
  return plan;
}

/// The names of the cases whose run has another digest now.
std::vector<std::string> differing(const Json& kept, const Scenario& scenario) {
  std::vector<std::string> names;
  Runner runner;
  for (const Json& one : kept.at("cases")) {
    const auto strategy = make_plan_strategy(plan_of(one, kept.at("identities")));
    const RunResult result = runner.run_checked(scenario, *strategy, run_options());
    const std::uint64_t digest = std::stoull(one.at("digest").get<std::string>(), nullptr, 16);
    if (result.digest != digest) names.push_back(one.at("case").get<std::string>());
  }
  return names;
}

}  // namespace

TEST_CASE("kept: each plan still makes the run that it made") {
  const std::vector<std::filesystem::path> files = kept_files("tests/kept/plans");
  CHECK(files.size() >= 60);
  for (const std::filesystem::path& file : files) {
    std::ifstream in(file);
    const Json kept = Json::parse(in);
    const auto name = kept.at("scenario").get<std::string>();
    CAPTURE(name);
    const Scenario* const scenario = find_scenario(name);
    REQUIRE(scenario != nullptr);
    CHECK(differing(kept, *scenario) == std::vector<std::string>{});
  }
}

// Some of the corpus is found by the store watch alone, which a sanitizer leaves no room for.
TEST_CASE("kept: the trace of each broken machine shows its bug again" *
          doctest::skip(tests::is_sanitized)) {
  const std::vector<std::filesystem::path> files = kept_files("tests/kept/traces");
  CHECK(files.size() >= 118);
  const char* const program = std::getenv("REPRISE_PROGRAM");
  REQUIRE(program != nullptr);
  const tests::Captured replay = tests::capture_command(
      std::string("'") + program + "' replay --strict --color never tests/kept/traces");
  for (const std::filesystem::path& file : files) {
    const std::string again = file.string() + ": failed again, with the same finding\n";
    constexpr std::size_t enough = 800;  // of what is said of this trace
    const std::size_t said = std::min(replay.out.find(file.string()), replay.out.size());
    CHECK_MESSAGE(replay.out.find(again) != std::string::npos, file.string(),
                  replay.out.substr(said, enough), replay.err);
  }
}
