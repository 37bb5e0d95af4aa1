#include <reprise/sim/world/outcomes.h>

#include <reprise/core/archive.h>
#include <reprise/core/digest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace reprise {

void Outcomes::begin_run() {
  parts_.clear();
  operations_.clear();
}

OperationOutcome& Outcomes::outcome_of(const Task& task) {
  const std::string_view name = run_.name_of(task.id);
  const auto known =
      std::find_if(operations_.rbegin(), operations_.rend(), [&](const OperationOutcome& outcome) {
        return outcome.number == task.operations && outcome.task == name;
      });
  if (known != operations_.rend()) return *known;
  operations_.push_back({std::string(name), task.operations, {}, 0, {}});
  return operations_.back();
}

void Outcomes::yielded(const Task& task) {
  if (!is_alone()) return;
  // The machine's own await, not that of a helper below it that many share.
  const AwaitSite* const outermost = task.operation.outermost_site();
  const AwaitSite* const site = outermost != nullptr ? outermost : task.operation.yield_site();
  ShownLocation place{task.awaited_at.file, task.awaited_at.line, {}};
  if (site != nullptr) place = {site->file, site->line, {}, 0, site->function};
  if (place.line == 0) return;
  std::vector<ShownLocation>& yields = outcome_of(task).yields;
  const bool is_known = std::ranges::any_of(yields, [&](const ShownLocation& other) {
    return other.line == place.line && other.file == place.file;
  });
  if (!is_known) yields.push_back(std::move(place));
}

void Outcomes::answered(const Task& task, const Step& answer) {
  if (!is_alone()) return;
  OperationOutcome& outcome = outcome_of(task);
  outcome.digest = mix(answer.value_digest, static_cast<std::uint64_t>(answer.error));
  outcome.answer = answer.answer == Answer::done ? "Done" : "Err " + to_string(answer.error);
  if (!answer.value.empty()) outcome.answer += ' ' + answer.value;
}

void Outcomes::look(bool is_foreign) {
  if (state_.stats.faults != 0 || state_.overlapped || state_.timer_overtook) return;
  if (state_.stats.power_losses + state_.stats.kills != 0) return;
  if (state_.uses_network) return;
  if (is_foreign) return;  // an operation that is entered again gets another answer
  if (!is_alone()) return;
  std::vector<Archive::Item> items;
  for (const Observed& observed : run_.declared().observed) {
    items.clear();
    Archive archive(items);
    observed.describe(archive);
    for (const Archive::Item& item : items) {
      const std::string member = item.name.empty() ? "" : '.' + item.name;
      parts_.push_back({'`' + observed.name + member + '`', item.digest, item.value});
    }
  }
  if (!state_.compares_results) return;
  for (TaskId id = 0; id < run_.task_count(); ++id) {
    parts_.push_back(
        {"the results of `" + std::string(run_.name_of(id)) + '`', run_.task(id).results, {}});
  }
  for (const Device* const device : devices_.devices()) {
    const std::optional<std::uint64_t> digest = device->digest();
    if (digest) parts_.push_back({"the " + std::string(device->name()), *digest, {}});
  }
}

std::vector<OutcomePart> Outcomes::take_parts() { return std::exchange(parts_, {}); }
std::vector<OperationOutcome> Outcomes::take_operations() { return std::exchange(operations_, {}); }

}  // namespace reprise
