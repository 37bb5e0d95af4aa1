#include <reprise/sim/evidence/bookings.h>

#include <reprise/core/completion_group.h>
#include <reprise/sim/evidence/run_view.h>
#include <reprise/sim/evidence/unobserved_scope.h>

#include <algorithm>
#include <iterator>

namespace reprise {

void Bookings::begin() {
  // Keeps its memory.
  for (Count& count : counts_) {
    count.asked = count.value = count.value_max = 0;
    count.holders.clear();
    count.by_task.clear();
  }
  waited_others_.clear();
}

Bookings::Sums& Bookings::sums_of(Count& count, TaskId task) {
  if (count.by_task.size() <= task) count.by_task.resize(task + 1);
  return count.by_task[task];
}

void Bookings::operation_begins(TaskId task) {
  for (Count& count : counts_) sums_of(count, task) = {};
}

bool Bookings::ask() {
  const std::vector<HeldCount>& held = run_.declared().held;
  if (counts_.size() < held.size()) counts_.resize(held.size());
  const UnobservedScope unobserved;
  bool is_news = false;
  for (std::size_t i = 0; i < held.size(); ++i) {
    Count& count = counts_[i];
    count.asked = held[i].count();
    is_news = is_news || count.asked != count.value || is_below_zero(count.asked);
  }
  return is_news;
}

void Bookings::book_outside() { static_cast<void>(book(nullptr)); }

std::optional<Bookings::Overdraft> Bookings::book(const OperationRef& operation) {
  return book(&operation);
}

std::optional<Bookings::Overdraft> Bookings::book(const OperationRef* operation) {
  std::optional<Overdraft> overdraft;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    Count& count = counts_[i];
    const std::uint64_t value = count.asked;
    if (value > count.value && !is_below_zero(value)) {
      take(count, operation, value - count.value);
    } else if (value < count.value) {
      std::optional<Overdraft> found = give_back(count, operation, count.value - value);
      if (found && !overdraft) {
        overdraft = std::move(found);
        overdraft->count = i;
      }
    }
    count.value = value;
    if (!is_below_zero(value)) count.value_max = std::max(count.value_max, value);
  }
  return overdraft;
}

void Bookings::take(Count& count, const OperationRef* operation, std::uint64_t amount) {
  if (operation == nullptr) return;
  sums_of(count, operation->task).taken += amount;
  const std::uint64_t event = run_.stats().events;
  for (Holding& holding : count.holders) {
    if (!holding.by.same_operation(*operation)) continue;
    holding.by = *operation;
    holding.amount += amount;
    holding.event = event;
    return;
  }
  count.holders.push_back({*operation, amount, event, {}});
}

// Its own first, then that of its task's other operations, then what was taken last: an operation
// may take and the next one of the task release, or one hand over to another.
std::optional<Bookings::Overdraft> Bookings::give_back(Count& count, const OperationRef* operation,
                                                       std::uint64_t amount) {
  std::optional<Overdraft> overdraft;
  const auto is_own = [&](const Holding& holding) {
    return operation != nullptr && holding.by.same_operation(*operation);
  };
  const auto is_of_task = [&](const Holding& holding) {
    return operation != nullptr && holding.by.task == operation->task;
  };
  while (amount != 0 && !count.holders.empty()) {
    auto from = std::ranges::find_if(count.holders, is_own);
    if (from == count.holders.end()) {
      const auto last = std::find_if(count.holders.rbegin(), count.holders.rend(), is_of_task);
      if (last != count.holders.rend()) from = std::prev(last.base());
    }
    if (from == count.holders.end()) {
      if (operation != nullptr && !overdraft) {
        overdraft = overdraft_of(count, *operation, sums_of(count, operation->task));
      }
      from = std::prev(count.holders.end());
    }
    const std::uint64_t given = std::min(amount, from->amount);
    amount -= given;
    if (operation != nullptr) sums_of(count, operation->task).given += given;
    from->amount -= given;
    if (from->amount == 0) count.holders.erase(from);
  }
  return overdraft;
}

// Locks are handed over, and one operation may release what another has taken. So it counts only
// where the one that gives back has itself taken it and given it back before, has since waited for
// nothing but its own I/O, so that nobody can have handed it anything, and the holder is under way.
std::optional<Bookings::Overdraft> Bookings::overdraft_of(const Count& count,
                                                          const OperationRef& operation,
                                                          const Sums& sums) const {
  if (sums.taken == 0 || sums.given < sums.taken || count.holders.size() != 1) return {};
  const Holding& holder = count.holders.front();
  const Task& task = run_.task(holder.by.task);
  const bool is_under_way =
      task.in_operation && operation_ref_of(task).same_operation(holder.by) && !holder.ending;
  if (!is_under_way || task.state != Task::State::parked || !task.waits_for) return {};
  if (!is_own_io(holder.by.task, task.waits_for)) return {};
  const bool may_be_handed =
      operation.task < waited_others_.size() && waited_others_[operation.task] >= holder.event;
  if (may_be_handed) return {};
  return Overdraft{0, operation, holder, count.value_max <= 1};
}

bool Bookings::is_own_io(TaskId task, const Completion& completion) const {
  const auto is_own = [&](const Completion& each) {
    const Identity io = run_.io_of(each);
    return io.name != 0 && run_.names().parent(io.name) == run_.task(task).name;
  };
  if (!completion.is_group()) return is_own(completion);
  return std::ranges::all_of(CompletionGroup::pending(completion), is_own);
}

void Bookings::waits_for(TaskId task, const Completion& completion) {
  if (is_own_io(task, completion)) return;
  if (waited_others_.size() <= task) waited_others_.resize(task + 1);
  waited_others_[task] = run_.stats().events;
}

void Bookings::operation_over(const OperationRef& operation, const OperationEnd& ending) {
  for (Count& count : counts_) {
    for (Holding& holding : count.holders) {
      if (!holding.by.same_operation(operation)) continue;
      holding.by = operation;
      holding.ending = ending;
    }
  }
}

}  // namespace reprise
