// Check: watches a run and can report a finding. To add one: its file in this folder, its page
// docs/checks/NAME.md, and its line in check_names.h. It is called for what it overrides, and for
// nothing else.
#pragma once

#include <reprise/core/completion.h>
#include <reprise/core/internal/open.h>
#include <reprise/core/observer.h>
#include <reprise/sim/check_names.h>
#include <reprise/sim/device/submitted_io.h>
#include <reprise/sim/operation/operation.h>
#include <reprise/sim/operation/operation_ref.h>
#include <reprise/sim/store_watch/memory_watch.h>
#include <reprise/sim/strategy/strategy.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <type_traits>

namespace reprise {

namespace internal {
class RunView;
}

/// All calls of a check, by the names of its functions.
#define REPRISE_HOOKS(X) \
  X(run_begins)          \
  X(events_begin)        \
  X(run_ends)            \
  X(all_let_go)          \
  X(operation_begins)    \
  X(entry_begins)        \
  X(entry_ends)          \
  X(operation_ends)      \
  X(clean_up_begins)     \
  X(operation_over)      \
  X(site_entered)        \
  X(site_left)           \
  X(late_entry_begins)   \
  X(late_entry_yields)   \
  X(yields_explicitly)   \
  X(too_many_answers)    \
  X(too_many_events)     \
  X(too_many_ios)        \
  X(stored)              \
  X(forgotten)           \
  X(memory_freed)        \
  X(owned_memory_used)   \
  X(owned_memory_freed)  \
  X(buffer_changed)      \
  X(mutex_used)          \
  X(freed_memory_used)   \
  X(memory_freed_again)  \
  X(io_submitted)        \
  X(io_failed)           \
  X(flight_begins)       \
  X(flight_ends)         \
  X(io_moved)            \
  X(answer_ignored)      \
  X(result_asked_early)  \
  X(completion_event)    \
  X(event_done)          \
  X(yielded_turn_done)   \
  X(fault_taken)         \
  X(io_hit)              \
  X(power_lost)          \
  X(recovered)           \
  X(quiescence)

enum class Hook : std::uint8_t {
#define REPRISE_HOOK(call) call,
  REPRISE_HOOKS(REPRISE_HOOK)
#undef REPRISE_HOOK
      count
};

/// A set of hooks.
using Hooks = std::uint64_t;
template <class... More>
constexpr Hooks hooks(Hook hook, More... more) {
  Hooks all = Hooks{1} << static_cast<unsigned>(hook);
  if constexpr (sizeof...(more) != 0) all |= hooks(more...);
  return all;
}
/// The calls of a check's own life, which it gets also while it has nothing to look at.
inline constexpr Hooks life_hooks =
    hooks(Hook::run_begins, Hook::events_begin, Hook::run_ends, Hook::all_let_go);

class Check {
 public:
  virtual ~Check() = default;

  /// As findings, traces and options spell it.
  std::string_view name() const { return name_; }

  /// The calls that the check wants in this run, out of those that it overrides: fewer where there
  /// is less to look at. They may depend on what the scenario has declared: this is asked again
  /// when the events begin, and when something is declared later.
  virtual Hooks wants(Hooks overridden) const { return overridden; }
  /// The kinds of decisions without which the check has nothing to find: it is left out of a run
  /// that can make none of them. 0: it is never left out.
  virtual DecisionKinds about() const { return 0; }
  /// Whether the check finds nothing in code that is compiled without the store watch.
  virtual bool needs_store_watch() const { return false; }
  /// Whether it reads RunView::memory().loads(): they are recorded only for who does.
  virtual bool reads_loads() const { return false; }

  // The run.

  virtual void run_begins() {}
  /// Called once the scenario has registered its properties, before the first event.
  virtual void events_begin() {}
  /// Called after the scenario's objects are destroyed: release every Completion you hold.
  virtual void run_ends() {}
  /// Called when every check has released its completions.
  virtual void all_let_go() {}

  // Operations and their entries.

  virtual void operation_begins(TaskId /*task*/) {}
  virtual void entry_begins(TaskId /*task*/) {}
  /// `waits_for` is empty unless the answer is Answer::io.
  virtual void entry_ends(TaskId /*task*/, Answer /*answer*/, const Completion& /*waits_for*/) {}
  virtual void operation_ends(TaskId /*task*/) {}
  /// The operation has ended without an answer. Its clean-up runs now, and may await operations of
  /// its own; after that comes operation_over().
  virtual void clean_up_begins(const OperationRef& /*operation*/, const OperationEnd& /*ending*/) {}
  virtual void operation_over(const OperationRef& /*operation*/, const OperationEnd& /*ending*/) {}

  /// The same for the entries after the first few of an operation, of which most have none.
  virtual void late_entry_begins(TaskId /*task*/) {}
  virtual void late_entry_yields(TaskId /*task*/, const Completion& /*waits_for*/) {}
  static constexpr std::uint32_t few_entries = 16;
  /// An entry has ended in an explicit yield, which was not injected.
  virtual void yields_explicitly(TaskId /*task*/) {}

  // Await sites.

  /// `returned`: the re-entry has come back, at this depth, to the site where the last entry
  /// yielded.
  virtual void site_entered(TaskId /*task*/, std::size_t /*depth*/, const AwaitSite& /*site*/,
                            bool /*returned*/) {}
  virtual void site_left(TaskId /*task*/, std::size_t /*depth*/, const AwaitSite& /*site*/,
                         Answer /*answer*/) {}

  // Beyond the bounds of RunOptions: the entry under way has got this many IO answers, or has
  // submitted this many I/Os.

  virtual void too_many_answers(TaskId /*task*/, const AwaitSite& /*site*/,
                                std::uint64_t /*answers*/) {}
  virtual void too_many_ios(TaskId /*task*/, const Identity& /*io*/, std::uint64_t /*ios*/) {}

  /// The run has had more events than it may.
  virtual void too_many_events() {}

  // Memory.

  virtual void stored(TaskId /*task*/, std::size_t /*depth*/, const Store& /*store*/) {}
  virtual void forgotten(const void* /*object*/) {}
  /// Stores that the store watch saw are read from RunView::memory(). This call is for memory that
  /// MemoryWatch::remember() was told of.
  virtual void memory_freed(std::uintptr_t /*begin*/, std::size_t /*size*/) {}

  // Memory that the device owns while an I/O is in flight.

  virtual void owned_memory_used(const OwnedMemory& /*memory*/, const MemoryAccess& /*access*/,
                                 bool /*is_store*/) {}
  virtual void owned_memory_freed(const OwnedMemory& /*memory*/) {}
  /// A buffer was changed between submit and effect; `first_byte` is known for a read.
  virtual void buffer_changed(const SubmittedIO& /*io*/,
                              std::optional<std::uint64_t> /*first_byte*/) {}

  /// Code in an entry uses a mutex. `mutex` has the address of the mutex, and the code that uses
  /// it. Return false if that code asks for a mutex that it would never get: it then goes on
  /// without it.
  virtual bool mutex_used(MutexEvent /*event*/, const MemoryAccess& /*mutex*/) { return true; }

  // While a check wants these, what the code under test frees is kept until the run ends. If one of
  // them reports a finding, the run is left at once.

  virtual void freed_memory_used(const FreedMemory& /*memory*/, const MemoryAccess& /*access*/,
                                 bool /*is_store*/) {}
  virtual void memory_freed_again(const FreedMemory& /*memory*/, const CodeAddress& /*code*/) {}

  // I/Os.

  /// An entry has submitted an I/O, which may have finished already.
  virtual void io_submitted(const SubmittedIO& /*io*/, const Completion& /*completion*/) {}
  /// An I/O that an entry submitted has failed.
  virtual void io_failed(const SubmittedIO& /*io*/, const Completion& /*completion*/) {}
  /// An I/O other than a timer begins its flight, and ends it.
  virtual void flight_begins(const InFlight& /*flight*/) {}
  virtual void flight_ends(std::uint32_t /*slot*/) {}
  /// An I/O has succeeded, and its completion has not finished yet.
  virtual void io_moved(const SubmittedIO& /*io*/, const MovedBytes& /*moved*/,
                        const Completion& /*completion*/) {}

  // The task that has its turn misuses an answer or a completion.

  virtual void answer_ignored(const Completion& /*waits_for*/) {}
  virtual void result_asked_early(const Completion& /*completion*/) {}

  virtual void completion_event(CompletionEvent /*event*/, const Completion& /*completion*/,
                                IOError /*error*/, std::uint64_t /*bytes*/) {}

  /// An event is over.
  virtual void event_done(Event /*event*/) {}
  /// One is over that was a turn after an explicit yield.
  virtual void yielded_turn_done(TaskId /*task*/) {}
  /// The world has decided on the fault `value` at `what`.
  virtual void fault_taken(const Identity& /*what*/, std::uint32_t /*value*/) {}
  /// An I/O of the device has failed, or has moved fewer bytes than it could.
  virtual void io_hit(const Identity& /*io*/) {}
  /// A node has lost its power, or its process has ended: its tasks are gone, and its I/Os in
  /// flight.
  virtual void power_lost(NodeId /*node*/) {}
  /// The node has recovered, and the scenario has looked at what is there.
  virtual void recovered(NodeId /*node*/) {}
  /// Nothing can happen any more.
  virtual void quiescence() {}

 private:
  template <class AnyCheck>
  friend std::unique_ptr<Check> make_check(RunView& run, std::string_view name);
  friend class Checks;

  std::string_view name_;
  Hooks overridden_ = 0;
};

/// The calls that a check overrides: the type of a pointer to a member names the class that
/// declares the member.
template <class AnyCheck>
constexpr Hooks overridden_by() {
  Hooks all = 0;
#define REPRISE_HOOK(call)                                                  \
  if (!std::is_same_v<decltype(&AnyCheck::call), decltype(&Check::call)>) { \
    all |= hooks(Hook::call);                                               \
  }
  REPRISE_HOOKS(REPRISE_HOOK)
#undef REPRISE_HOOK
  return all;
}

/// Makes the check of this name. `run` must outlive it.
template <class AnyCheck>
std::unique_ptr<Check> make_check(RunView& run, std::string_view name) {
  auto check = std::make_unique<AnyCheck>(run);
  check->name_ = name;
  check->overridden_ = overridden_by<AnyCheck>();
  return check;
}

}  // namespace reprise
