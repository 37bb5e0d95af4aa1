#include <reprise/core/check.h>
#include <reprise/sim/pattern.h>
#include <reprise/sim/scenario.h>

#include <algorithm>
#include <utility>

namespace reprise {

namespace {

// Filled before main() by the scenarios' own registrations: there is nobody to pass it to them.
std::vector<Scenario>& registry() {
  static std::vector<Scenario> all;
  return all;
}

}  // namespace

const std::vector<Scenario>& scenarios() { return registry(); }

const Scenario* find_scenario(std::string_view name) {
  const std::vector<Scenario>& all = registry();
  const auto at = std::ranges::lower_bound(all, name, {}, &Scenario::name);
  return at != all.end() && at->name == name ? &*at : nullptr;
}

std::vector<const Scenario*> match_scenarios(std::string_view pattern) {
  std::vector<const Scenario*> result;
  if (const Scenario* const named = find_scenario(pattern)) {
    result.push_back(named);
    return result;
  }
  for (const Scenario& scenario : registry()) {
    if (!scenario.broken() && matches_pattern(pattern, scenario.name)) result.push_back(&scenario);
  }
  return result;
}

void register_scenario(Scenario scenario) {
  REPRISE_CHECK(find_scenario(scenario.name) == nullptr, "two scenarios have the same name");
  std::vector<Scenario>& all = registry();
  const auto at = std::ranges::lower_bound(all, scenario.name, {}, &Scenario::name);
  all.insert(at, std::move(scenario));
}

void unregister_scenario(std::string_view name) {
  std::erase_if(registry(), [&](const Scenario& scenario) { return scenario.name == name; });
}

namespace internal {

Registration::Registration(const char* name, ScenarioBody body) {
  register_scenario({name, body, "", false});
}

Registration::Registration(const char* name, const char* check, ScenarioBody broken,
                           ScenarioBody mended) {
  register_scenario({std::string(name) + "/broken", broken, check, true});
  register_scenario({std::string(name) + "/mended", mended, "", true});
}

}  // namespace internal

}  // namespace reprise
