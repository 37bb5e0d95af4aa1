// Sim: a scenario's view of the world of one run. A scenario builds tasks, says what must hold, and
// calls run().
//
//   SCENARIO("counter/bump") {
//     Counter counter{sim.open("counter")};
//     sim.task("client", [&] {
//       for (int i = 1; i <= 3; ++i) sim.expect_eq(sim.await([&] { return counter.bump(); }), i);
//     });
//     sim.always("never negative", [&] { return counter.value >= 0; });
//     sim.run();
//   }
//
// Timing (which I/Os are in flight, the order of their delivery, injected yields) is always
// explored. Faults are injected only as far as survives() says.
#pragma once

#include <reprise/core/core.h>
#include <reprise/core/network/again.h>
#include <reprise/sim/disk_rules.h>
#include <reprise/sim/driving.h>
#include <reprise/sim/evidence/declared.h>
#include <reprise/sim/evidence/to_text.h>
#include <reprise/sim/faults.h>
#include <reprise/sim/outcome.h>
#include <reprise/sim/store_watch/entry_frame.h>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace reprise {

template <class Model>
class Linearizable;  // linearizable.h
template <class Key, class Value>
class Durable;  // durable.h

class Sim;

namespace internal {
class KeptState;
class RunView;
class World;
struct Node;
/// The world behind a scenario's view of it. For tests, and for devices of one's own.
World& world_of(Sim& sim);

/// A lambda that enters a machine, as sim.await() and sim.drive() take it.
template <class Entry>
concept EntersMachine = std::invocable<Entry&> && !std::is_void_v<std::invoke_result_t<Entry&>> &&
                        Awaitable<std::remove_cvref_t<std::invoke_result_t<Entry&>>>;

/// A function that returns an IOResult or contains RETURN_IF_IO, and so cannot be a task's body.
template <class Body>
concept ReturnsIfIO = EntersMachine<Body> ||
    (std::invocable<Body&>&& std::same_as<std::invoke_result_t<Body&>, NotDone>);
}  // namespace internal

class Sim {
 public:
  class Node;     // node.h
  class Sockets;  // sockets.h
  /// How a node's clock differs from the world's.
  struct NodeClock {
    Duration ahead{};            // of the wall clock; less than 0: it is behind
    std::int32_t drift_ppm = 0;  // ns gained in 1,000,000; from -500,000 to 500,000
  };

  explicit Sim(internal::World& world);
  Sim(const Sim&) = delete;
  Sim& operator=(const Sim&) = delete;

  // Devices. They live as long as the run.

  /// The IO that machines submit to.
  IO& io();
  /// The file at `path`, created empty if it is not there.
  File& open(std::string_view path);
  Instant now() const;
  /// Replaces the contents of the file at `path`, which is created if it is not there. This is no
  /// I/O: nothing is decided, delayed or lost. Call it before run(), or between operations.
  void write_file(std::string_view path, std::span<const std::byte> bytes);
  void write_file(std::string_view path, std::string_view text) {
    write_file(path, std::as_bytes(std::span(text)));
  }
  /// The file's contents on the disk now, without I/O; an I/O in flight may or may not have taken
  /// effect. Empty if there is no such file. Call it before or after run(), between operations, or
  /// within a property.
  std::string read_file(std::string_view path) const;

  /// The computer of this name, which has its own disk and clock; see node.h. The first call in a
  /// run makes it, and says how its clock is. Whatever else of Sim needs a computer means another
  /// one, which has no name.
  Node node(std::string_view name);
  Node node(std::string_view name, const NodeClock& clock);

  /// How many bytes a connection takes each way before its sender must wait: those on their way and
  /// those that wait to be received. For the connections that are made from now on in this run;
  /// 65,536 unless it is called. At least 1. A DatagramSocket has as much room, from now on, for
  /// what waits to be received.
  void connection_capacity(std::size_t bytes);
  /// For code under test that makes its sockets itself, by calls of the C library: from the first
  /// call of this on, they are of this world's network. See sockets.h.
  Sockets sockets();

  // Tasks. Traces identify a task by its name: give each task its own name, or an index.

  /// A thread of control on its own fiber; it starts when run() is called.
  void task(std::string_view name, std::function<void()> body);
  /// The task `name[index]`.
  void task(std::string_view name, std::uint32_t index, std::function<void()> body);
  /// The task that calls it serves for as long as the run lasts: it may still wait when nothing
  /// else can happen, as a worker does for its next job. A task that waits for accept() or receives
  /// on a connection that it has accepted need not say so.
  void daemon();
  template <class Body>
  requires internal::ReturnsIfIO<Body>
  void task(std::string_view, Body) {
    static_assert(!internal::ReturnsIfIO<Body>,
                  "the body of a task is no machine: RETURN_IF_IO would leave it at the first IO; "
                  "use sim.await([&] { return machine.step(); }) there");
  }
  /// A task that only drives one machine: `entry`, a function that gives an IOResult, is entered
  /// until it answers Done or Err. It needs no fiber.
  template <class Entry>
  void drive(std::string_view name, Entry entry, AwaitOptions options = {},
             CodeLocation place = CodeLocation::current());

  // Within a task's body.

  /// Enters `entry` until it answers Done or Err, or until the operation is aborted or abandoned.
  template <class Entry>
  requires internal::EntersMachine<Entry>
  auto await(Entry&& entry, const AwaitOptions& options = {},
             CodeLocation place = CodeLocation::current())
      -> Outcome<typename std::invoke_result_t<Entry&>::Value>;
  template <class Entry>
  requires(!internal::EntersMachine<Entry>) Outcome<Unit> await(Entry&&, const AwaitOptions& = {}) {
    static_assert(internal::EntersMachine<Entry>,
                  "sim.await() takes a function without parameters that enters a machine and "
                  "returns its IOResult: sim.await([&] { return machine.step(); })");
    return Outcome<Unit>(Unit{});
  }
  /// Makes a call that may say "again" until it does not, and gives what it gives; see call_again()
  /// in core/network/again.h. What Again::same_arguments() says of its arguments is verified, as by
  /// same_arguments_again().
  template <class Call, class Classify>
  auto await_again(Call&& call, Classify&& classify, const AwaitOptions& options = {},
                   CodeLocation place = CodeLocation::current()) {
    return await([&] { return call_again(call, classify); }, options, place);
  }
  /// Waits for one completion and gives its error.
  IOError wait(const Completion& completion, CodeLocation place = CodeLocation::current());
  void sleep(Duration delay, CodeLocation place = CodeLocation::current());
  /// Lets other tasks run.
  void yield(CodeLocation place = CodeLocation::current());

  // Code that blocks, within a task's body.

  /// Runs `body`, code that blocks and must not be unwound, such as calls of a C library, and gives
  /// its result. It waits for I/O by block(), which its callbacks call, and awaits no machine. If
  /// the power is lost or the run ends meanwhile, its frames are dropped as they are: no destructor
  /// runs, so no frame may own memory, a Buffer or a Completion while it blocks. In a program with
  /// reprise::watch it also waits for mutexes, condition variables and read-write locks of the C
  /// library, and so of the C++ library.
  ///
  ///   const int status = sim.foreign([&] { return sqlite3_step(statement); });
  template <class Body>
  std::invoke_result_t<Body&> foreign(Body&& body, CodeLocation place = CodeLocation::current());
  /// For foreign code: blocks until `completion` has finished, and gives its result or its error.
  /// The caller's handle is empty from then on.
  Result<std::uint64_t> block(Completion&& completion);

  // Random workload. These choices are decisions too; a calm run chooses 0 (or `low`).

  /// In [0, bound), bound > 0.
  std::uint32_t choose(std::string_view name, std::uint32_t bound);
  std::int64_t choose_between(std::string_view name, std::int64_t low, std::int64_t high);
  bool flip(std::string_view name) { return choose(name, 2) == 1; }

  // What must hold. The first violation is the run's finding, and ends the run.

  /// Checked after every event.
  template <class Holds>
  void always(std::string_view name, Holds holds) {
    keep_property(property_of(internal::Property::Kind::always, name, std::move(holds)));
  }
  /// Checked once, when nothing can happen any more.
  template <class Holds>
  void finally(std::string_view name, Holds holds) {
    keep_property(property_of(internal::Property::Kind::finally, name, std::move(holds)));
  }
  /// A goal, checked after every event. A campaign lists at its end the goals that no run reached.
  void sometimes(std::string_view name, std::function<bool()> happens);
  /// Says that the goal `name` is reached now.
  void reached(std::string_view name);
  /// Both return whether the expectation holds: a finding ends the run at the task's next wait, not
  /// here.
  bool expect(bool holds, std::string_view what, CodeLocation place = CodeLocation::current());
  template <class A, class B>
  bool expect_eq(const A& is, const B& should_be, CodeLocation place = CodeLocation::current());
  /// The same, with your own words for what is compared: "the balance of `alice`".
  template <class A, class B>
  bool expect_eq(const A& is, const B& should_be, std::string_view what,
                 CodeLocation place = CodeLocation::current());

  /// Adds to the observed state, which is compared at the end of runs that must have the same
  /// outcome (schedule-equivalence). Tracked values are not included automatically.
  void observe(std::string_view name, std::function<std::uint64_t()> digest);
  /// The same for an object: member by member if its type has a describe(), else by its digest.
  template <class T>
  requires(!std::convertible_to<const T&, std::function<std::uint64_t()>>) void observe(
      std::string_view name, const T& value) {
    static_assert(Described<T> || Digestible<T>,
                  "sim.observe() takes a value with a describe() (core/archive.h) or a digest "
                  "(core/digest.h), or a function that gives a digest");
    keep_observed(name, described(value));
  }

  // Bookkeeping, errors and clean-up.

  /// Two accounts of one fact, such as "the flag says held" and "the lock is held". They must agree
  /// after every entry; see the check `bookkeeping`.
  void agree(std::string_view one, std::function<bool()> is_one, std::string_view other,
             std::function<bool()> is_other);
  /// A resource that is taken and given back, such as locks, pins or I/O slots. `count` must be 0
  /// when nothing can happen any more; see the check `leak`.
  void held(std::string_view name, std::function<std::uint64_t()> count);
  /// `object` belongs to the operations of the task `task`. While one of them is under way, another
  /// operation that ends in an error, is aborted or is abandoned must not change it; see the check
  /// `clean-up`.
  template <class T>
  requires Described<T> || Digestible<T>
  void owned(std::string_view name, std::string_view task, const T& object) {
    keep_owned(name, task, described(object));
  }
  /// Promises that an operation without a fault of its own succeeds, however earlier operations
  /// ended. See the check `next-operation`.
  void next_operation_works();

  // For findings about code without annotations (the store watch).

  /// Findings use this name for the contents of `object`. The captures of an awaited lambda, and
  /// what they point to, are known without it.
  template <class T>
  void name(std::string_view name, T& object);
  /// `object` is a machine, or its state, that every operation must leave as it found it: after
  /// Done, after Err, abandoned or aborted. The check `idle-state` verifies this. If the type has a
  /// describe() (see core/archive.h), then whenever no operation is under way the object is
  /// compared with what it was at run(), or at this call if a task makes it. Any other object is
  /// judged by the stores that the store watch sees, or else by its digest or bytes. The object
  /// must outlive the run or, if a task names it, that task.
  template <class T>
  void idle(std::string_view name, T& object);
  /// Stores into `object`, or into memory that it has allocated, do not count, as for statistics or
  /// a cache. Do not use it for an object that points to a machine on the heap, because stores into
  /// that machine would not count either.
  template <class T>
  void benign(std::string_view name, T& object);

  // The scenario itself.

  void survives(const Faults& faults);
  /// With survives({.no_memory = true}): allocations by shared libraries whose file names begin
  /// like this, such as "libexpat", fail too, where an entry has called them. They need no store
  /// watch.
  void no_memory_in(std::string_view library);
  /// Brings globals back to what they are when the program starts, so that no run depends on those
  /// before it. `reset` is called at once, and when the run is over.
  ///
  ///   sim.reset_globals([] { cache.clear(); });
  void reset_globals(void (*reset)());
  /// From now on no fault is injected, and the power is not lost: for the end of a run, where what
  /// is still to happen must happen.
  void quiet();
  /// Says how to start again after a power loss, which may then come at any time, during a recovery
  /// too. All tasks are gone then; on the disk is what was durable, and of the rest what the device
  /// has kept by chance. `recovery` runs as a task: it makes the machines anew and lets them
  /// recover. What must still be there is said with Durable (durable.h).
  ///
  /// `disk` is what the disk guarantees. `--set` chooses otherwise: `disk=` is the device: 0, what
  /// survives is a prefix of the writes; 1, the default, any of their sectors of 512 bytes; 2, of
  /// 4,096; 3, as 1, and syncs may lie. `atomic=` is the size of a sector; `sync-names=1` lets the
  /// sync of a new file keep its name, too; `tears=1` lets a power loss destroy a sector.
  void recovers(std::function<void()> recovery, const DiskRules& disk = {});
  /// `--set name=value`, or `otherwise`.
  std::int64_t option(std::string_view name, std::int64_t otherwise);
  /// Says that the results of operations and the disk may differ between equivalent schedules, so
  /// that only what observe() names is compared. Say why in a comment.
  void results_depend_on_timing();
  /// Says that readers may read while others write, because a version or a checksum tells them
  /// whether the data is good, or because old and new data will both do. The check `overlap` then
  /// ignores reads.
  void reads_may_race_writes();

  /// For a foreign call that must be repeated with the same arguments, and is not made by
  /// await_again() or call_again(): call this after each such call, with its arguments. If the
  /// operation's previous call of this name answered "again" and had other arguments, that is a
  /// finding of `invariant`. An explicit yield after "again" while nothing is in flight, and
  /// nothing else could change the answer, is a finding of `progress`. Returns `is_again`. Leave
  /// out an argument that may differ; at_least_again(size) may grow, and of
  /// same_prefix_again(bytes) what was there before must be there again, at the beginning.
  ///
  ///   const int sent = SSL_write(ssl, data, size);
  ///   sim.same_arguments_again("SSL_write", sent < 0, {data, size});
  ///   sim.same_arguments_again("tls_write", sent < 0, {at_least_again(size)});
  bool same_arguments_again(std::string_view call, bool is_again,
                            std::initializer_list<RepeatedArgument> arguments,
                            CodeLocation place = CodeLocation::current());

  /// An operation may be entered this often before it counts as endless (10,000 by default).
  void entries_per_operation_max(std::uint32_t entries);

  /// A run may have this many events before it counts as endless (1,000,000 by default).
  void events_max(std::uint64_t events);

  /// Runs all tasks until nothing can happen any more, or until a finding. Call it once, last.
  void run();

 private:
  template <class Model>
  friend class Linearizable;
  template <class Key, class Value>
  friend class Durable;
  friend class Node;
  friend class Sockets;
  friend internal::World& internal::world_of(Sim& sim);
  using Resume = internal::Resume;
  using Step = internal::Step;

  internal::RunView& run_view() const;
  void begin_operation(const AwaitOptions& options, CodeLocation place);
  void begin_entry();
  /// Ends the operation, which has answered Done or Err.
  void end_operation(internal::Answer answer, IOError error, std::uint64_t value_digest,
                     std::string value);
  bool logging() const;
  /// Ends the operation, whose entry has thrown.
  void operation_threw();
  /// Parks the task after a yield; returns when the task has its next turn.
  Resume park(const Completion& waits_for);
  IOError operation_error() const;
  void run_foreign(void (*body)(void* context), void* context, CodeLocation place);
  void drive_steps(internal::Node& node, std::string_view name, std::function<Step()> step,
                   AwaitOptions options, CodeLocation place);
  template <class Entry>
  void drive_on(internal::Node& node, std::string_view name, Entry entry, AwaitOptions options,
                CodeLocation place);
  void task_on(internal::Node& node, std::string_view name, std::function<void()> body);
  internal::Node& first_node() const;
  void failed_expectation(std::string_view what, CodeLocation place);
  static std::string differs(const std::string& is, const std::string& should_be);

  template <class T>
  static std::uint64_t digest_of_result(const T& value);
  /// What an operation answered, for findings; empty in a run that is not logged, where it is not
  /// read.
  template <class T>
  std::string result_in_words(const T& value) const;
  template <class T>
  static std::string to_text(const T& value);

  /// Exists only for its parameter: debug information then describes the parameter's type.
  template <class T>
  [[gnu::noinline, gnu::used]] static void has_type([[maybe_unused]] T& object) {
    asm volatile("" : : "r"(&object));
  }
  void know_object(std::string_view name, const void* object, const void* function);
  template <class Holds>
  static internal::Property property_of(internal::Property::Kind kind, std::string_view name,
                                        Holds holds);
  void keep_property(internal::Property property);
  void keep_observed(std::string_view name, internal::Describe describe);
  void keep_idle(internal::IdleObject object);
  void keep_state(std::unique_ptr<internal::KeptState> state);
  void keep_owned(std::string_view name, std::string_view task, internal::Describe describe);
  /// Empty if the type has no describe(), no digest, and no unique object representation.
  template <class T>
  static internal::Describe described(const T& object);
  void let_change(const void* object, std::size_t size);

  // Gives every entry a frame of its own, so that locals and persistent state can be told apart.
  // The answer is made in that frame too, and moved out only when the entry is over.
  template <class Entry>
  [[gnu::noinline]] static std::invoke_result_t<Entry&> enter(Entry& entry);
  template <class Entry>
  [[gnu::noinline]] static std::invoke_result_t<Entry&> call(Entry& entry);

  // Makes an entry of the task's operation; if it throws, that ends the operation.
  template <class Entry>
  std::invoke_result_t<Entry&> enter_for(Entry& entry);

  internal::World& world_;
};

}  // namespace reprise

#include <reprise/sim/sim_bodies.h>  // the bodies
