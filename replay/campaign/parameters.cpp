#include <reprise/replay/campaign/parameters.h>

#include <reprise/replay/text/escape.h>
#include <reprise/replay/text/suggest.h>

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <utility>

namespace reprise {

namespace {

// The options that a calm run of the scenario asks for; nothing is known if it dies of that.
std::optional<std::set<std::string>> options_of(const Scenario& scenario, const Options& parameters,
                                                WorkerOptions worker) {
  std::set<std::string> names;
  worker.silent = true;
  const WorkerEnd end = run_in_worker(
      [&](WorkerPort& port) {
        Runner runner;
        const std::unique_ptr<Strategy> strategy = make_calm_strategy(Base::sync);
        RunOptions run;
        run.options = parameters;
        for (const auto& [name, value] : runner.run(scenario, *strategy, run).options_asked) {
          port.send(name);
        }
      },
      worker, [&](std::string_view name) { names.emplace(name); });
  if (end.died()) return std::nullopt;
  return names;
}

}  // namespace

std::string wrong_parameter(const std::vector<const Scenario*>& scenarios,
                            const Options& parameters, const WorkerOptions& worker) {
  if (parameters.empty()) return {};
  std::set<std::string> known;
  for (const Scenario* const scenario : scenarios) {
    std::optional<std::set<std::string>> names = options_of(*scenario, parameters, worker);
    if (!names) return {};
    known.merge(*names);
  }
  for (const auto& [name, value] : parameters) {
    if (known.contains(name)) continue;
    const std::vector<std::string> names(known.begin(), known.end());
    const std::string who = scenarios.size() == 1
                                ? in_quotes(scenarios.front()->name) + " has no option "
                                : "none of the scenarios has an option ";
    std::string sentence = who + in_quotes(name);
    if (!names.empty()) sentence += fmt::format("; there are {}", fmt::join(names, ", "));
    sentence += did_you_mean_phrase(name, names);
    return sentence;
  }
  return {};
}

}  // namespace reprise
