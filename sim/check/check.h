// Check: watches a run and can report a finding. Each is one file in check/ and one line in
// check/list.cpp. A check names the hooks that it wants; other hooks cost nothing.
#pragma once

#include <reprise/core/buffer.h>
#include <reprise/core/completion.h>
#include <reprise/core/internal/open.h>
#include <reprise/core/io.h>
#include <reprise/core/observer.h>
#include <reprise/sim/check_names.h>
#include <reprise/sim/device/disk.h>
#include <reprise/sim/operation/operation.h>
#include <reprise/sim/operation/operation_ref.h>
#include <reprise/sim/store_watch/memory_watch.h>
#include <reprise/sim/strategy/strategy.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace reprise {

namespace internal {
class World;
}

enum class Hook : std::uint8_t {
  run,
  entry,
  site,
  store,
  submit,
  completion,
  event,
  quiescence,
  load,
  owned_memory,
  fault,
  io,
  io_failure,
  misuse,
  mutex,
  freed_memory,
  flight,
  moved,
  // The single calls that `entry` and `site` stand for. Each is made only if the check overrides
  // it.
  operation_begins,
  entry_begins,
  entry_ends,
  operation_ends,
  clean_up_begins,
  operation_over,
  site_entered,
  site_left,
};
inline constexpr unsigned hook_count = 26;
using Hooks = std::uint32_t;
constexpr Hooks hook_bit(Hook hook) { return Hooks{1} << static_cast<unsigned>(hook); }
constexpr Hooks hooks(Hook hook) {
  Hooks all = hook_bit(hook);
  if (hook == Hook::entry) {
    for (const Hook call : {Hook::operation_begins, Hook::entry_begins, Hook::entry_ends,
                            Hook::operation_ends, Hook::clean_up_begins, Hook::operation_over}) {
      all |= hook_bit(call);
    }
  }
  if (hook == Hook::site) all |= hook_bit(Hook::site_entered) | hook_bit(Hook::site_left);
  return all;
}
template <class... More>
constexpr Hooks hooks(Hook hook, More... more) {
  return hooks(hook) | hooks(more...);
}

/// An I/O of the simulated device, and the operation that submitted it.
struct SubmittedIO {
  Identity identity;  // its name has the kind and the path
  IOKind kind = IOKind::read;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  TaskId task = 0;
  std::uint32_t operation = 0;  // of the task, by number from 1; 0: submitted in no entry
};

/// An I/O of the simulated device that is in flight now. The device has its buffers.
struct InFlight {
  SubmittedIO io;
  std::uint32_t slot = 0;  // the device's number for it until the flight ends
  InodeId inode = 0;       // the file, whatever its name
  std::span<const Buffer> buffers;
};

/// The bytes that an I/O of the simulated device has moved.
struct MovedBytes {
  InodeId inode = 0;
  std::uint64_t bytes = 0;
  bool is_cut = false;  // fewer than it could have moved
};

class Check {
 public:
  virtual ~Check() = default;

  virtual std::string_view name() const = 0;
  /// The hooks that the check wants. They may depend on what the scenario has registered: this is
  /// called again when the events begin, and when something is registered later.
  virtual Hooks wants() const = 0;
  /// The kinds of decisions without which the check has nothing to find: it is left out of a run
  /// that can make none of them. 0: it is never left out.
  virtual DecisionKinds about() const { return 0; }
  /// Whether the check finds nothing in code that is compiled without the store watch.
  virtual bool needs_store_watch() const { return false; }

  // Hook::run
  virtual void run_begins() {}
  /// Called once the scenario has registered its properties, before the first event.
  virtual void events_begin() {}
  /// Called after the scenario's objects are destroyed: release every Completion you hold.
  virtual void run_ends() {}
  /// Called when every check has released its completions.
  virtual void all_let_go() {}

  // Hook::entry
  virtual void operation_begins(TaskId /*task*/) {}
  virtual void entry_begins(TaskId /*task*/) {}
  /// `waits_for` is empty unless the answer is Answer::io.
  virtual void entry_ends(TaskId /*task*/, Answer /*answer*/, const Completion& /*waits_for*/) {}
  virtual void operation_ends(TaskId /*task*/) {}
  /// The operation has ended without an answer. Its clean-up runs now, and may await operations of
  /// its own; after that comes operation_over().
  virtual void clean_up_begins(const OperationRef& /*operation*/, const OperationEnd& /*ending*/) {}
  virtual void operation_over(const OperationRef& /*operation*/, const OperationEnd& /*ending*/) {}

  // Hook::site
  /// `returned`: the re-entry has come back, at this depth, to the site where the last entry
  /// yielded.
  virtual void site_entered(TaskId /*task*/, std::size_t /*depth*/, const AwaitSite& /*site*/,
                            bool /*returned*/) {}
  virtual void site_left(TaskId /*task*/, std::size_t /*depth*/, const AwaitSite& /*site*/,
                         Answer /*answer*/) {}

  // Hook::entry, only beyond the bounds of RunOptions: the entry under way has got this many IO
  // answers, or has submitted this many I/Os.
  virtual void too_many_answers(TaskId /*task*/, const AwaitSite& /*site*/,
                                std::uint64_t /*answers*/) {}
  virtual void too_many_ios(TaskId /*task*/, const Identity& /*io*/, std::uint64_t /*ios*/) {}

  // Hook::store
  virtual void stored(TaskId /*task*/, std::size_t /*depth*/, const Store& /*store*/) {}
  virtual void forgotten(const void* /*object*/) {}
  /// Stores that the store watch saw are read from World::memory(). This call is for memory that
  /// MemoryWatch::remember() was told of.
  virtual void memory_freed(std::uintptr_t /*begin*/, std::size_t /*size*/) {}

  // Hook::load has no call: while a check wants it, World::memory() also records loads.

  // Hook::owned_memory: memory that the device owns while an I/O is in flight.
  virtual void owned_memory_used(const OwnedMemory& /*memory*/, const MemoryAccess& /*access*/,
                                 bool /*is_store*/) {}
  virtual void owned_memory_freed(const OwnedMemory& /*memory*/) {}
  /// A buffer was changed between submit and effect; `first_byte` is known for a read.
  virtual void buffer_changed(const SubmittedIO& /*io*/,
                              std::optional<std::uint64_t> /*first_byte*/) {}

  // Hook::mutex
  /// Code in an entry uses a mutex. `mutex` has the address of the mutex, and the code that uses
  /// it. Return false if that code asks for a mutex that it would never get: it then goes on
  /// without it.
  virtual bool mutex_used(MutexEvent /*event*/, const MemoryAccess& /*mutex*/) { return true; }

  // Hook::freed_memory: while a check wants it, what the code under test frees is kept until the
  // run ends. If one of these calls reports a finding, the run is left at once.
  virtual void freed_memory_used(const FreedMemory& /*memory*/, const MemoryAccess& /*access*/,
                                 bool /*is_store*/) {}
  virtual void memory_freed_again(const FreedMemory& /*memory*/, const CodeAddress& /*code*/) {}

  // Hook::io: an entry has submitted an I/O, which may have finished already.
  virtual void io_submitted(const SubmittedIO& /*io*/, const Completion& /*completion*/) {}

  // Hook::io_failure: an I/O that an entry submitted has failed.
  virtual void io_failed(const SubmittedIO& /*io*/, const Completion& /*completion*/) {}

  // Hook::flight: an I/O other than a timer begins its flight, and ends it.
  virtual void flight_begins(const InFlight& /*flight*/) {}
  virtual void flight_ends(std::uint32_t /*slot*/) {}

  // Hook::moved: an I/O has succeeded, and its completion has not finished yet.
  virtual void io_moved(const SubmittedIO& /*io*/, const MovedBytes& /*moved*/,
                        const Completion& /*completion*/) {}

  // Hook::misuse: the task that has its turn misuses an answer or a completion.
  virtual void answer_ignored(const Completion& /*waits_for*/) {}
  virtual void result_asked_early(const Completion& /*completion*/) {}

  // Hook::submit: a task has submitted an I/O.
  virtual void submitted(TaskId /*task*/, const Identity& /*io*/) {}

  // Hook::completion
  virtual void completion_event(CompletionEvent /*event*/, const Completion& /*completion*/,
                                IOError /*error*/, std::uint64_t /*bytes*/) {}

  // Hook::event: an event is over.
  virtual void event_done(Event /*event*/) {}

  // Hook::fault
  /// The world has decided on the fault `value` at `what`.
  virtual void fault_taken(const Identity& /*what*/, std::uint32_t /*value*/) {}
  /// An I/O of the device has failed, or has moved fewer bytes than it could.
  virtual void io_hit(const Identity& /*io*/) {}

  // Hook::quiescence: nothing can happen any more.
  virtual void quiescence() {}

  /// The hooks that the check wants, without the calls that it does not override.
  Hooks listens_to() const { return wants() & ~not_overridden_; }

 private:
  template <class AnyCheck>
  friend std::unique_ptr<Check> make_check(World& world);

  Hooks not_overridden_ = 0;
};

template <class AnyCheck>
std::unique_ptr<Check> make_check(World& world) {
  auto check = std::make_unique<AnyCheck>(world);
  // The type of a pointer to a member names the class that declares the member.
  const auto leave_out = [&]<class Member, class Own>(Hook call, Member Check::*, Own) {
    if (std::is_same_v<Member Check::*, Own>) check->not_overridden_ |= hook_bit(call);
  };
  leave_out(Hook::operation_begins, &Check::operation_begins, &AnyCheck::operation_begins);
  leave_out(Hook::entry_begins, &Check::entry_begins, &AnyCheck::entry_begins);
  leave_out(Hook::entry_ends, &Check::entry_ends, &AnyCheck::entry_ends);
  leave_out(Hook::operation_ends, &Check::operation_ends, &AnyCheck::operation_ends);
  leave_out(Hook::clean_up_begins, &Check::clean_up_begins, &AnyCheck::clean_up_begins);
  leave_out(Hook::operation_over, &Check::operation_over, &AnyCheck::operation_over);
  leave_out(Hook::site_entered, &Check::site_entered, &AnyCheck::site_entered);
  leave_out(Hook::site_left, &Check::site_left, &AnyCheck::site_left);
  return check;
}

/// The checks that look at a single run, in their order of precedence. `world` must outlive them.
std::vector<std::unique_ptr<Check>> make_checks(World& world);

}  // namespace reprise
