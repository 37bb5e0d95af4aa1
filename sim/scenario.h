// Scenario: a function that builds the tasks of a world and says what must hold. Scenarios register
// themselves, and the registry keeps them sorted by name.
//
//   SCENARIO("pager/evict") { ...; sim.run(); }
//
// A canary pair shows that a check finds a bug, and that it does not cry wolf:
//
//   CANARY("reentry/counter", "double-mutation", bump_three_times<Broken>,
//          bump_three_times<Mended>);
//
// registers `reentry/counter/broken`, which that check must find, and `reentry/counter/mended`,
// which no check may flag.
#pragma once

#include <reprise/sim/sim.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace reprise::internal {

using ScenarioBody = void (*)(Sim& sim);

struct Scenario {
  std::string name;
  ScenarioBody body = nullptr;
  /// The check that must find a broken canary; empty for other scenarios. Patterns do not match a
  /// broken canary.
  std::string finds;
  /// Whether this is one of a canary pair.
  bool canary = false;
  /// The source file that registers it.
  std::string file = {};

  bool broken() const { return !finds.empty(); }
};

/// All registered scenarios, sorted by name.
const std::vector<Scenario>& scenarios();
/// The scenario of this name, or null.
const Scenario* find_scenario(std::string_view name);
/// The scenarios that match a pattern (`*` any text, `?` one character), or the one with this full
/// name. Broken canaries match only by their full name.
std::vector<const Scenario*> match_scenarios(std::string_view pattern);

/// Registers a scenario. If another has its name, it is not registered, and scenario_clashes()
/// tells.
void register_scenario(Scenario scenario);
/// Names that more than one scenario claimed. Runners refuse to run scenarios while there are any.
const std::vector<std::string>& scenario_clashes();
void unregister_scenario(std::string_view name);  // for tests

struct Registration {
  Registration(const char* name, ScenarioBody body, const char* file = __builtin_FILE());
  Registration(const char* name, const char* check, ScenarioBody broken, ScenarioBody mended,
               const char* file = __builtin_FILE());
};

}  // namespace reprise::internal

#define REPRISE_JOIN_(a, b) a##b
#define REPRISE_JOIN(a, b) REPRISE_JOIN_(a, b)

#define REPRISE_SCENARIO_(name, id)                                                       \
  static void REPRISE_JOIN(reprise_scenario_, id)(::reprise::Sim & sim);                  \
  static const ::reprise::internal::Registration REPRISE_JOIN(reprise_registration_, id){ \
      name, &REPRISE_JOIN(reprise_scenario_, id)};                                        \
  static void REPRISE_JOIN(reprise_scenario_, id)([[maybe_unused]] ::reprise::Sim & sim)

/// SCENARIO("folder/name") { body; `sim` is this run's world }
#define REPRISE_SCENARIO(name) REPRISE_SCENARIO_(name, __COUNTER__)
#ifndef SCENARIO  // doctest and Catch2 have one too: include them first
#define SCENARIO(name) REPRISE_SCENARIO(name)
#endif

/// CANARY("folder/name", "check", broken, mended): two functions taking `Sim&`.
#define CANARY(name, check, ...)                                                              \
  static const ::reprise::internal::Registration REPRISE_JOIN(reprise_canary_, __COUNTER__) { \
    name, check, __VA_ARGS__                                                                  \
  }
