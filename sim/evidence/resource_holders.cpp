#include <reprise/sim/evidence/resource_holders.h>

#include <reprise/sim/evidence/run_view.h>
#include <reprise/sim/evidence/unobserved_scope.h>

#include <algorithm>

namespace reprise {

void ResourceHolders::begin_run() {
  counts_.clear();
  woken_.reset();
}

void ResourceHolders::woke(TaskId whom) {
  if (!woken_) woken_ = whom;
}

void ResourceHolders::look(std::optional<TaskId> task) {
  const UnobservedScope unobserved;
  const std::vector<HeldCount>& held = run_.declared().held;
  counts_.resize(held.size());
  const std::uint64_t event = run_.stats().events;
  for (std::size_t i = 0; i < held.size(); ++i) {
    Count& count = counts_[i];
    const std::uint64_t value = held[i].count();
    if (value > count.value && task) {
      count.holders.push_back({*task, event, value - count.value, {}, 0});
    } else if (value < count.value) {
      give_back(count, task, count.value - value);
    } else if (value == count.value && woken_) {
      for (Holding& holding : count.holders) {
        if (holding.task != task) continue;
        holding.woken = woken_;
        holding.woken_event = event;
      }
    }
    count.value = value;
  }
  woken_.reset();
}

// Its own first, then what was taken last.
void ResourceHolders::give_back(Count& count, std::optional<TaskId> task, std::uint64_t amount) {
  while (amount != 0 && !count.holders.empty()) {
    const auto own = std::find_if(count.holders.rbegin(), count.holders.rend(),
                                  [&](const Holding& holding) { return holding.task == task; });
    const auto from =
        own != count.holders.rend() ? std::prev(own.base()) : std::prev(count.holders.end());
    const std::uint64_t given = std::min(amount, from->amount);
    amount -= given;
    from->amount -= given;
    if (from->amount == 0) count.holders.erase(from);
  }
}

bool ResourceHolders::holds(TaskId task) const {
  return std::ranges::any_of(counts_, [task](const Count& count) {
    return std::ranges::find(count.holders, task, &Holding::task) != count.holders.end();
  });
}

std::string ResourceHolders::in_words(TaskId task) const {
  std::string words;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    for (const Holding& holding : counts_[i].holders) {
      if (holding.task != task) continue;
      if (!words.empty()) words += ", ";
      words += '`' + run_.declared().held[i].name + "` since step " + std::to_string(holding.event);
      if (holding.woken) {
        words += " (unless `" + std::string(run_.names().text(run_.task(*holding.woken).name)) +
                 "`, woken in step " + std::to_string(holding.woken_event) + ", has it now)";
      }
    }
  }
  return words;
}

}  // namespace reprise
