#include <reprise/sim/evidence/wait_graph.h>

#include <reprise/core/completion_group.h>
#include <reprise/core/completion_pool.h>
#include <reprise/core/internal/peek.h>
#include <reprise/sim/evidence/resource_holders.h>
#include <reprise/sim/operation/operation_ref.h>

#include <algorithm>
#include <optional>

namespace reprise {

WaitGraph::WaitGraph(const RunView& run) : run_(run) {
  bool has_stuck = false;
  for (TaskId id = 0; id < run.task_count(); ++id) {
    if (run.task(id).state == Task::State::done) continue;
    const Rest rest = run.rest_of(id);
    if (rest == Rest::of_server) continue;
    has_stuck |= rest == Rest::none;
    stuck_.push_back(id);
  }
  // Sessions wait in vain only where somebody else does.
  if (!has_stuck) stuck_.clear();
  for (const TaskId id : stuck_) {
    if (run.task(id).waits_for) look_for_locks(id);
  }
}

void WaitGraph::look_for_locks(TaskId task) {
  for (const Completion& completion : CompletionGroup::pending(run_.task(task).waits_for)) {
    if (const std::optional<HeldLock> lock = lock_of(completion)) locks_.push_back(*lock);
  }
}

std::optional<WaitGraph::HeldLock> WaitGraph::lock_of(const Completion& completion) {
  const Canceller::Thing thing = internal::Peek(completion).awaited_thing();
  if (thing.name == nullptr || !thing.is_lock) return std::nullopt;
  const std::optional<CompletionOrigin> holder = CompletionOrigin::of_packed(thing.held_by);
  return HeldLock{thing.name, holder ? std::optional<TaskId>(holder->task) : std::nullopt,
                  thing.is_phrase};
}

std::string WaitGraph::words_on(const HeldLock& lock) {
  return lock.is_phrase ? lock.name : "the lock `" + std::string(lock.name) + '`';
}

std::string WaitGraph::line_in_words(const Completion& completion, TaskId waiting) const {
  if (const std::optional<HeldLock> lock = lock_of(completion)) {
    const std::string words = words_on(*lock);
    if (!lock->holder) return words + ", which no task has taken";
    if (*lock->holder == waiting) return words + ", which it holds itself";
    return words + ", which " + name_of(*lock->holder) +
           (is_stuck(*lock->holder) ? " holds" : " has taken and never gave back");
  }
  const Canceller::Thing thing = internal::Peek(completion).awaited_thing();
  if (thing.name == nullptr) return "";
  if (thing.is_phrase) return thing.name;
  if (*thing.name == '\0') return "its turn in a wake list";
  return "its turn in the wake list `" + std::string(thing.name) + '`';
}

std::string WaitGraph::held_in_words(TaskId task) const {
  std::string words = run_.holders().in_words(task);
  std::vector<const char*> said;
  for (const HeldLock& lock : locks_) {
    if (lock.holder != task || std::ranges::find(said, lock.name) != said.end()) continue;
    said.push_back(lock.name);
    words += (words.empty() ? "" : ", ") + words_on(lock);
  }
  return words;
}

bool WaitGraph::is_stuck(TaskId task) const {
  return std::ranges::find(stuck_, task) != stuck_.end();
}

std::string WaitGraph::name_of(TaskId task) const {
  return '`' + std::string(run_.names().text(run_.task(task).name)) + '`';
}

std::string WaitGraph::place_of(const Task& task) const {
  const AwaitSite* const last = task.operation.yield_site();
  if (last == nullptr) return "";
  std::string functions;
  const char* innermost = nullptr;
  const auto add = [&](const char* function) {
    functions += (functions.empty() ? "`" : ", `") + std::string(function) + '`';
    innermost = function;
  };
  for (std::size_t depth = 0; depth < task.operation.chain_size(); ++depth) {
    add(task.operation.chain_site(depth).function);
  }
  if (innermost == nullptr || last != task.operation.resume_site()) add(last->function);
  return " in " + functions + " at `" + last->expression + '`';
}

std::string WaitGraph::made_in_words(const Completion& completion, TaskId waiting) const {
  if (const Identity io = run_.io_of(completion); io.name != 0) {
    return '`' + run_.io_in_words(io) + '`';
  }
  if (std::string line = line_in_words(completion, waiting); !line.empty()) return line;
  const std::optional<CompletionOrigin> origin = CompletionOrigin::of(completion);
  if (!origin) return "a completion that no task has made";
  const std::string who =
      origin->task == waiting ? "it has made itself" : name_of(origin->task) + " has made";
  const std::string when = origin->entry == 0 ? "" : " in entry " + std::to_string(origin->entry);
  return "a completion that " + who + when;
}

std::string WaitGraph::awaited_in_words(TaskId task, const Completion& waits_for) const {
  if (waits_for.is_explicit_yield()) return "its next turn";
  if (!waits_for.is_group()) return made_in_words(waits_for, task);
  constexpr std::size_t shown_max = 4;
  const std::vector<Completion> pending = CompletionGroup::pending(waits_for);
  const std::string count = std::to_string(pending.size()) + " pending: ";
  std::string words =
      (CompletionGroup::is_any(waits_for) ? "the first of " : "a group with ") + count;
  for (std::size_t i = 0; i < pending.size(); ++i) {
    if (i == shown_max) return words + " ...";
    words += (i == 0 ? "" : "; ") + made_in_words(pending[i], task);
  }
  return words;
}

std::string WaitGraph::line_of(TaskId id, const Completion& waits_for) const {
  const Task& task = run_.task(id);
  const std::string entry = "entry " + std::to_string(task.operation.entries());
  if (!waits_for) return name_of(id) + " is in " + entry;
  const std::string holds = held_in_words(id);
  return name_of(id) + " waits" + place_of(task) + " (" + entry + "), for " +
         awaited_in_words(id, waits_for) + (holds.empty() ? "" : ", and holds " + holds);
}

TaskId WaitGraph::finisher(TaskId id) const {
  const Task& task = run_.task(id);
  if (!task.waits_for) return id;
  // Who has made it for himself may finish it; what is made to be waited for is mostly finished by
  // who gives back what he holds.
  for (const Completion& completion : CompletionGroup::pending(task.waits_for)) {
    if (const std::optional<HeldLock> lock = lock_of(completion)) {
      // Whoever holds it and is not stuck would give it back.
      return lock->holder && is_stuck(*lock->holder) ? *lock->holder : id;
    }
    const std::optional<CompletionOrigin> origin = CompletionOrigin::of(completion);
    if (origin && origin->task != id && is_stuck(origin->task)) return origin->task;
  }
  TaskId only = id;
  for (const TaskId other : stuck_) {
    if (other == id || !run_.holders().holds(other)) continue;
    if (only != id) return id;
    only = other;
  }
  return only;
}

std::vector<std::string> WaitGraph::chains() const {
  std::vector<std::string> chains;
  std::vector<TaskId> seen;
  const auto is_seen = [&](TaskId id) { return std::ranges::find(seen, id) != seen.end(); };
  for (const TaskId first : stuck_) {
    if (is_seen(first)) continue;
    const auto begin = static_cast<std::ptrdiff_t>(seen.size());
    std::string chain;
    TaskId id = first;
    for (;;) {
      chain += name_of(id);
      if (is_seen(id)) {
        const bool is_circle = std::find(seen.begin() + begin, seen.end(), id) != seen.end();
        chain += is_circle ? ": each waits for the next, as far as it is known" : "";
        break;
      }
      seen.push_back(id);
      const TaskId next = finisher(id);
      if (next == id) {
        chain = (id == first ? "" : chain + ": ") + "nothing in flight can finish what " +
                name_of(id) + " waits for";
        break;
      }
      chain += " -> ";
      id = next;
    }
    chains.push_back(std::move(chain));
  }
  return chains;
}

}  // namespace reprise
