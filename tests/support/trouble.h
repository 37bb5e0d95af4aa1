// Trouble: scenarios that end in every way there is, for tests of what runs scenarios.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/sim/scenario.h>

#include <string>

namespace reprise::tests {

/// A scenario that is registered as long as this lives.
class Registered {
 public:
  Registered(std::string name, ScenarioBody body, std::string finds = {}, bool canary = false);
  Registered(const Registered&) = delete;
  Registered& operator=(const Registered&) = delete;
  ~Registered();

  const Scenario& scenario() const;

 private:
  std::string name_;
};

// Two tasks with three reads each; nothing is wrong.
void clean_toy(Sim& sim);
// The same with the option `rounds`, and a goal that no run reaches.
void toy_with_option(Sim& sim);
// The same tasks; when the second ends before the first, and only then, it is trouble:
void invariant_toy(Sim& sim);  // an expectation does not hold
void throwing_toy(Sim& sim);   // an exception
void segv_toy(Sim& sim);       // a bad access
void abort_toy(Sim& sim);
void exit_toy(Sim& sim);      // _Exit(3)
void overflow_toy(Sim& sim);  // endless recursion, on a fiber
void hang_toy(Sim& sim);      // an endless loop
// Endless recursion in a machine that runs without a fiber, always.
void driven_overflow_toy(Sim& sim);
// Another run each time.
void random_toy(Sim& sim);
// A counter raised before a yield: a double mutation wherever the read does not finish at once.
void double_mutation_toy(Sim& sim);

}  // namespace reprise::tests
