#include <reprise/sim/scenario.h>

#include <reprise/sim/pattern.h>

#include <algorithm>
#include <utility>

namespace reprise::internal {

namespace {

// Filled by the scenarios' own registrations, before main() or when a library is loaded: there is
// nobody to pass it to them, or to hear from them what is wrong.
std::vector<Scenario>& registry() {
  static std::vector<Scenario> all;
  return all;
}

std::vector<std::string>& clashes() {
  static std::vector<std::string> names;
  return names;
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
  if (find_scenario(scenario.name) != nullptr) return clashes().push_back(scenario.name);
  std::vector<Scenario>& all = registry();
  const auto at = std::ranges::lower_bound(all, scenario.name, {}, &Scenario::name);
  all.insert(at, std::move(scenario));
}

const std::vector<std::string>& scenario_clashes() { return clashes(); }

void unregister_scenario(std::string_view name) {
  std::erase_if(registry(), [&](const Scenario& scenario) { return scenario.name == name; });
  std::erase(clashes(), name);
}

Registration::Registration(const char* name, ScenarioBody body, const char* file) {
  register_scenario({name, body, "", false, file});
}

Registration::Registration(const char* name, const char* check, ScenarioBody broken,
                           ScenarioBody mended, const char* file) {
  register_scenario({std::string(name) + "/broken", broken, check, true, file});
  register_scenario({std::string(name) + "/mended", mended, "", true, file});
}

}  // namespace reprise::internal
