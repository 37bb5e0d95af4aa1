// DeviceHost: the world as its devices see it. It gives names and the time, decides, enables
// events, and is told what becomes of an I/O.
#pragma once

#include <reprise/core/assert.h>
#include <reprise/core/buffer.h>
#include <reprise/core/completion_pool.h>
#include <reprise/core/digest.h>
#include <reprise/core/internal/open.h>
#include <reprise/core/io.h>
#include <reprise/core/time.h>
#include <reprise/sim/device/device.h>
#include <reprise/sim/device/submitted_io.h>
#include <reprise/sim/operation/run_state.h>
#include <reprise/sim/operation/task.h>
#include <reprise/sim/plan/identity.h>
#include <reprise/sim/store_watch/memory_watch.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace reprise {

class Clock;

namespace internal {

class DeviceHost {
 public:
  DeviceHost(RunState& run, Names& names, MemoryWatch& memory)
      : run_(run), names_(names), memory_(memory) {}
  DeviceHost(const DeviceHost&) = delete;
  DeviceHost& operator=(const DeviceHost&) = delete;
  virtual ~DeviceHost() = default;

  const RunState& run() const { return run_; }
  Names& names() { return names_; }
  MemoryWatch& memory() { return memory_; }
  CompletionPool& pool() { return pool_; }

  // Decisions, events and time.

  /// Whether a decision of this kind can be other than calm in this run.
  bool may(IdentityKind kind) const { return may_any(kinds(kind)); }
  bool may_any(DecisionKinds kinds) const { return (run_.active & kinds) != 0; }
  /// Makes a decision: a value in [0, arity).
  [[gnu::always_inline]] std::uint32_t decide(Identity identity, std::uint32_t arity) {
    if (!may(identity.kind())) return 0;
    const std::uint32_t value = run_.strategy->choose({identity, arity});
    if (value != 0) take({identity, value, arity});
    return value;
  }
  void enable(Event event) {
    ++run_.enabled;
    run_.strategy->enable(event);
  }
  Instant now() const { return run_.now; }
  /// How much comes at a time is chance, so that no two runs need have the same results.
  void use_network() { run_.uses_network = true; }
  /// The code under test asks for the time.
  Instant tell_time() {
    run_.time_is_asked = true;
    return run_.now;
  }
  /// The node whose task has its turn, or whose device finishes an I/O; else the first.
  NodeId node_here() const;
  /// The clock of a node, and that of the node here.
  Clock& clock_of(NodeId node) const { return *clocks_[node]; }
  Clock& clock_here() const { return clock_of(node_here()); }
  /// Takes in the clock of the next node.
  void add_clock(Clock& clock) { clocks_.push_back(&clock); }
  /// Moves the world's clock on.
  void pass_time(Duration time) { run_.now = run_.now + time; }

  // What becomes of an I/O, in this order. Only what says so must also be told in a run that no
  // check observes.

  /// The number of a path of this world, the same in all runs, by which the names of its I/Os are
  /// found faster.
  std::uint32_t path_index(std::string_view path);
  static constexpr std::uint32_t no_index = UINT32_MAX;
  /// Always: the code under test submits it. `path` may be empty if its index is given, or if it
  /// has none.
  [[gnu::always_inline]] SubmittedIO io_begins(IOKind kind, std::string_view path,
                                               std::uint32_t index, std::uint64_t offset,
                                               std::uint64_t size,
                                               std::span<const Buffer> buffers) {
    Task* const task = run_.current;
    NameId name = task != nullptr ? task->io_name(place_of_name(kind, index)) : 0;
    if (name == 0) name = name_of_io(kind, path, index);
    SubmittedIO io{{name, names_.next_ordinal(name), EventKind::delivery}, kind, offset, size};
    if (task != nullptr) io.task = task->id;
    ++run_.stats.ios;
    ++run_.work_done;
    if (run_.is_attended) io.operation = tell_begins(SubmittedIO(io), buffers);
    return io;
  }
  /// A fault refuses it.
  virtual void io_hit(const Identity& io) = 0;
  /// It has its completion, which may have failed already.
  [[gnu::always_inline]] void io_submitted(const SubmittedIO& io, const Completion& completion) {
    if (run_.is_attended) tell_submitted(SubmittedIO(io), completion);
  }
  /// Always: it is in flight from now on.
  void flight_added() { ++run_.ios_in_flight; }
  void flight_removed() { --run_.ios_in_flight; }
  void timer_armed() { ++run_.timers_armed; }
  void timer_released() { --run_.timers_armed; }
  virtual void flight_begins(const InFlight& flight) = 0;
  /// Other code has changed a buffer before the effect; `first_byte` is known for a read.
  virtual void buffer_changed(const SubmittedIO& io, std::optional<std::uint64_t> first_byte) = 0;
  /// Somebody asks to cancel it; `is_late`: it will end as it would have.
  void cancel_asked(const Identity& io, bool is_late) {
    // A cancel of the plan's has been told as the decision that it is.
    if (run_.is_logged && !cancels_for_plan_) log_cancel(io, is_late);
  }
  /// How the device answers that, as far as the scenario survives it.
  enum class CancelAnswer : std::uint8_t { cancelled, too_late, cut_short, interrupted };
  CancelAnswer answer_to_cancel(const Identity& io);
  /// Always: it comes to its end.
  void io_ends(const Device& device, const Identity& io, IOError error, std::uint64_t bytes) {
    run_.fold(mix(bytes, static_cast<std::uint64_t>(error)));
    if (run_.is_logged) log_end(device, io, error, bytes);
  }
  virtual void flight_ends(std::uint32_t world_slot) = 0;
  /// It has succeeded, and its completion has not finished yet.
  virtual void io_moved(const SubmittedIO& io, const MovedBytes& moved,
                        const Completion& completion) = 0;
  /// Its completion has failed.
  virtual void io_failed(const SubmittedIO& io, const Completion& completion) = 0;

  /// Whether somebody listens to these.
  bool wants_flights() const { return run_.is_observed && listens_to_flights(); }
  bool wants_moved_bytes() const { return run_.is_observed && listens_to_moved_bytes(); }
  bool wants_changed_buffers() const { return run_.is_observed && listens_to_changed_buffers(); }

  // The devices, for the world and the checks.

  /// Takes in a device that has just been made, and gives its number.
  std::uint32_t add(Device& device);
  /// The device of this type, which is made at the first call.
  template <class AnyDevice>
  AnyDevice& own() {
    for (Device* const device : devices_) {
      if (auto* const known = dynamic_cast<AnyDevice*>(device)) return *known;
    }
    own_.push_back(std::make_unique<AnyDevice>(*this));
    return static_cast<AnyDevice&>(*own_.back());
  }

  const std::vector<Device*>& devices() const { return devices_; }
  Device& device_of(std::uint64_t world_slot) const {
    return *devices_[Device::number_in(world_slot)];
  }
  /// The I/O behind a completion; name 0 if it is not one in flight.
  Identity identity_of(const Completion& completion) const;
  Identity identity_at(std::uint32_t world_slot) const {
    return device_of(world_slot).identity_at(Device::slot_in(world_slot));
  }
  /// Whether it is an I/O in flight that waits for nothing but the time.
  bool is_timer(const Completion& completion) const;
  /// Whether it is an I/O in flight that waits for more.
  bool has_outcome(const Completion& completion) const;
  /// See Device; none, and false, if they are no I/Os in flight.
  Rest rest_in(const Completion& completion) const;
  bool wait_alike(const Completion& a, const Completion& b) const;
  /// See Device::mistake_in(); empty if it is not an I/O in flight.
  std::string_view mistake_in(const Completion& completion) const;
  /// The timer that is to fire next. REQUIRES: one is armed.
  EarliestTimer earliest_timer() const;
  /// Whether `task` waits for this I/O, which is in flight, for the first time.
  bool waits_first(const Completion& completion, TaskId task);
  /// The I/O whose completion has this serial number, in a logged run; name 0 if there is none.
  Identity logged_io(std::uint64_t id) const;
  void log_io(const Completion& completion, const Identity& io) {
    logged_.emplace(completion.id(), io);
  }
  /// The plan cancels it. If `answer` is not 0, it is the value of the `cancel_answer` decisions
  /// that follow.
  void cancel_with(const Completion& completion, std::uint32_t answer);
  void drop_in_flight();
  /// Only those of this node's devices, after the store watch was told that their buffers are free.
  void disown(NodeId node);
  void drop_in_flight(NodeId node);
  void reset();

 protected:
  std::string_view path_at(std::uint32_t index) const { return paths_[index]; }
  virtual void tell_submitted(const SubmittedIO& io, const Completion& completion) = 0;
  virtual bool listens_to_flights() const = 0;
  virtual bool listens_to_moved_bytes() const = 0;
  virtual bool listens_to_changed_buffers() const = 0;
  /// A decision got another value than 0: always for faults and the workload's, else in an attended
  /// run. `key` is of the identity and the value.
  virtual void decided(const RecordedDecision& decision, std::uint64_t key) = 0;
  // These are told of a copy of the I/O, which itself stays in registers in bare runs.

  /// In an attended run. Gives the operation that submits it, or 0.
  virtual std::uint32_t tell_begins(const SubmittedIO& io, std::span<const Buffer> buffers) = 0;
  /// Makes the name, and keeps it if the I/O has a place for it.
  virtual NameId name_of_io(IOKind kind, std::string_view path, std::uint32_t index) = 0;
  /// Where a task keeps the name of its I/Os of this kind on the path of this number. One without a
  /// number shares places with timers, which have no path.
  static std::size_t place_of_name(IOKind kind, std::uint32_t index) {
    static_assert(no_index + 1 == 0);
    return std::size_t{index + 1} * io_kind_count + static_cast<std::size_t>(kind);
  }
  virtual void log_end(const Device& device, const Identity& io, IOError error,
                       std::uint64_t bytes) = 0;
  virtual void log_cancel(const Identity& io, bool is_late) = 0;

  RunState& run_;

 private:
  /// The tasks that have waited for an I/O.
  struct WaitedBy {
    std::uint64_t completion = 0;  // its id
    std::vector<TaskId> tasks;
  };

  void take(const RecordedDecision& decision);
  Device* device_behind(const Completion& completion) const;

  Names& names_;
  MemoryWatch& memory_;
  CompletionPool pool_;
  std::vector<std::unique_ptr<Device>> own_;
  std::vector<Device*> devices_;                  // by number
  std::vector<Clock*> clocks_;                    // by node
  std::vector<std::vector<WaitedBy>> waited_by_;  // by device and slot, as far as needed
  std::vector<std::string> paths_;                // by index
  std::map<std::string, std::uint32_t, std::less<>> path_indexes_;
  std::map<std::uint64_t, Identity> logged_;  // by the id of its completion
  std::uint32_t cancel_answer_ = 0;           // within cancel_with()
  bool cancels_for_plan_ = false;             // likewise
};

}  // namespace internal
}  // namespace reprise
