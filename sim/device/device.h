// Device: the surface of the simulated disk and clock, the IO that machines submit to. On each
// submit the world decides the I/O's fate, and the I/O is put in flight. Its bytes move when it
// takes effect: at its delivery or, if so decided, at a separate event before that.
#pragma once

#include <reprise/core/completion_pool.h>
#include <reprise/core/io.h>
#include <reprise/sim/check/check.h>
#include <reprise/sim/device/disk.h>
#include <reprise/sim/strategy/strategy.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reprise {

namespace internal {
class World;
}

class Device final : public IO, private Canceller {
 public:
  explicit Device(World& world);
  ~Device() override;

  // IO.
  using IO::submit;
  OpenResult open(std::string_view path, OpenOptions options = {}) override;
  Instant now() const override;
  Completion submit(IORequest&& request) override;

  /// A file kept open by the device until the run's end; created if it is not there.
  File& open_for_run(std::string_view path);

  // For the world.

  /// Drops all I/Os in flight: they never finish, and their callbacks are forgotten.
  void drop_in_flight();
  /// Back to an empty disk with nothing in flight; I/Os still in flight are dropped.
  void reset();
  /// Lets the I/O in `slot` move its bytes.
  void effect(std::uint32_t slot);
  /// Finishes the I/O in `slot`; its callbacks run.
  void deliver(std::uint32_t slot);
  /// Cancels `completion`. If `answer` is not 0, it is the value of the `cancel_answer` decisions
  /// that follow.
  void cancel_with(const Completion& completion, std::uint32_t answer);
  /// The deadline of the earliest timer. REQUIRES: has_timers().
  Instant earliest_deadline() const { return timers_.front().deadline; }
  Event earliest_timer() const;
  void fire(std::uint32_t slot);
  bool has_timers() const { return !timers_.empty(); }
  /// Whether anything but timers is in flight.
  bool has_io_in_flight() const { return in_flight_ > timers_.size(); }

  /// Whether nothing is in flight and no timer is armed.
  bool idle() const { return in_flight_ == 0 && timers_.empty(); }
  /// The I/O in flight with the number that World::memory() knows as its owner.
  Identity identity_of_owner(std::uint32_t owner) const { return flights_[owner].identity; }
  /// The buffers of the I/O in flight with this number.
  std::span<const Buffer> buffers_of(std::uint32_t slot) const {
    return flights_[slot].all_buffers();
  }
  const Completion& completion_of(std::uint32_t slot) const { return flights_[slot].completion; }
  /// The I/O behind a completion that is in flight here; name 0 if it is not one.
  Identity identity_of(const Completion& completion) const;
  /// The kind of the I/O behind a completion in flight; nothing if it is not one.
  std::optional<IOKind> kind_of(const Completion& completion) const;
  /// Whether `task` waits for this I/O, which is in flight here, for the first time.
  bool waits_first(const Completion& completion, std::uint32_t task);
  const Disk& disk() const { return disk_; }
  /// Replaces the file's contents without I/O; the file is created if it is not there.
  void write_file(std::string_view path, std::span<const std::byte> bytes);
  /// The number of completions that are still held.
  std::uint64_t live_completions() const { return pool_.live(); }
  std::vector<std::uint64_t> live_ids() const { return pool_.live_ids(); }
  /// The I/O whose completion has this serial number, in a logged run; name 0 if there is none.
  Identity logged_io(std::uint64_t id) const;

 private:
  class OpenFile;
  static constexpr std::uint32_t no_file = UINT32_MAX;
  static constexpr std::uint64_t all_bytes = UINT64_MAX;

  struct Path {
    std::string path;
    std::uint32_t index = 0;
  };
  /// Two cache lines, so that many flights touch little memory.
  struct alignas(64) Flight {
    Completion completion;
    Identity identity;
    IOKind kind = IOKind::read;
    bool spoils = false;  // decided: fails, and so does every later I/O on its sectors
    Disk::Defect breaks = Disk::Defect::none;  // decided: the file's defect from here on
    bool effected = false;
    bool cancelled = false;
    bool guarded = false;  // the buffers are compared when the I/O takes effect
    InodeId inode = 0;
    IOError error = IOError::none;  // decided: fails, without effect
    TaskId task = 0;
    std::uint32_t operation = 0;  // the one that submitted it; 0: none
    std::uint64_t offset = 0;
    std::uint64_t size = 0;       // bytes asked; truncate: the new size
    std::uint64_t bytes_max = 0;  // decided: moves no more than this
    std::uint64_t moved = 0;      // by the effect
    std::uint64_t guard = 0;      // digest of a write's bytes at submit
    Buffer buffer;                // the only one, or the first of ...
    std::vector<Buffer> buffers;  // if there are several, all of them

    std::span<const Buffer> all_buffers() const {
      return buffers.empty() ? std::span<const Buffer>(&buffer, 1) : buffers;
    }
    SubmittedIO submitted() const { return {identity, kind, offset, size, task, operation}; }
  };
  static_assert(sizeof(Flight) == 128);
  /// The paths of a remove or a rename in flight.
  struct Paths {
    std::string from, to;
  };
  /// The tasks that have waited for an I/O, where decisions about waits are asked for.
  struct WaitedBy {
    std::uint64_t completion = 0;  // its id
    std::vector<std::uint32_t> tasks;
  };
  struct Timer {
    Instant deadline;
    std::uint64_t order;
    std::uint32_t slot;

    static bool later(const Timer& a, const Timer& b) {
      return a.deadline != b.deadline ? a.deadline > b.deadline : a.order > b.order;
    }
  };

  void cancel(const Completion& completion, std::uint64_t token) override;

  /// Whether the I/O is about names, not about the bytes of one file.
  static bool is_of_path(IOKind kind) { return kind == IOKind::remove || kind == IOKind::rename; }

  Completion submit_to(InodeId inode, std::uint32_t path_index, IORequest& request);
  std::uint32_t path_index(std::string_view path);
  std::uint32_t take_slot();
  void fill(Flight& flight, std::uint32_t slot, InodeId inode, const IORequest& request);
  void decide_outcome(Flight& flight);
  void decide_error(Flight& flight);
  /// The number of bytes that this read would get now.
  std::uint64_t bytes_there(const Flight& read) const;
  /// The I/O as the checks see it, with the operation that submits it.
  SubmittedIO submitted_now(const Identity& identity, const IORequest& request) const;
  void tell_submitted(const SubmittedIO& io, const Completion& completion);
  void tell_failed(const SubmittedIO& io, const Completion& completion);
  void tell_owned(const Flight& flight, std::uint32_t slot);
  void tell_begun(const Flight& flight, std::uint32_t slot);
  void tell_moved(const Flight& flight);
  /// Begins to guard the buffers: until the effect no other code may change them.
  void guard(Flight& flight, std::uint32_t slot);
  void look_at_guard(const Flight& flight);
  void apply(Flight& flight, std::uint32_t slot);
  /// Bounds the refusals and retries of one name, so that a machine that tries again gets through.
  bool retry_allowed(NameId name);
  void release_timer(std::uint32_t slot);

  World& world_;
  Disk disk_;
  CompletionPool pool_;
  std::map<std::uint64_t, Identity>
      logged_;                      // by the id of its completion, in a run that is logged
  std::vector<std::string> paths_;  // by index, kept over runs, for the names of I/Os
  std::map<std::string, std::uint32_t, std::less<>> path_indexes_;
  std::vector<std::unique_ptr<OpenFile>> kept_open_;
  std::vector<Flight> flights_;
  std::vector<Paths> flight_paths_;  // by slot, as far as needed
  std::vector<WaitedBy> waited_by_;  // likewise
  std::vector<std::uint32_t> free_slots_;
  std::uint32_t in_flight_ = 0;
  std::uint32_t cancel_answer_ = 0;  // within cancel_with()
  bool cancels_for_world_ = false;   // whether such a cancel is under way
  std::uint64_t timers_armed_ = 0;
  std::vector<Timer> timers_;  // a heap: the earliest first, ties by order of submission
  struct Retries {
    std::uint32_t run = 0;
    std::uint32_t in_a_row = 0;
  };
  std::vector<Retries> retries_;  // by name
  std::uint32_t run_ = 0;
};

}  // namespace reprise
