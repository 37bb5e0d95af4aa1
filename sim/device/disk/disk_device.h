// DiskDevice: the surface of a simulated disk, the IO that machines submit to. On each submit the
// world decides the I/O's fate, and the I/O is put in flight. Its bytes move when it takes effect:
// at its delivery or, if so decided, at a separate event before that.
#pragma once

#include <reprise/core/completion_pool.h>
#include <reprise/core/internal/open.h>
#include <reprise/core/internal/pages.h>
#include <reprise/core/io.h>
#include <reprise/sim/device/clock/clock.h>
#include <reprise/sim/device/device.h>
#include <reprise/sim/device/disk/disk.h>
#include <reprise/sim/device/disk/persistence.h>
#include <reprise/sim/device/submitted_io.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace reprise {

class Sockets;

class DiskDevice final : public Device, public IO, private Canceller {
 public:
  /// `clock` is what its timers go to, `sockets` what is about connections; `node` is the name of
  /// their node, or empty.
  DiskDevice(DeviceHost& host, Clock& clock, Sockets& sockets, std::string_view node);
  ~DiskDevice() override;

  // IO.
  using IO::submit;
  OpenResult open(std::string_view path, OpenOptions options = {}) override;
  Instant now() const override;
  Completion submit(IORequest&& request) override;
  Result<std::unique_ptr<Listener>> listen(std::string_view address) override;
  std::unique_ptr<Stream> take_stream(const Completion& made) override;
  Result<std::unique_ptr<DatagramSocket>> datagram_socket(std::string_view address) override;

  // For the scenario.

  /// A file kept open by the device until the run's end; created if it is not there.
  File& open_for_run(std::string_view path);
  /// Replaces the file's contents without I/O; the file is created if it is not there.
  void write_file(std::string_view path, std::span<const std::byte> bytes);
  const Disk& disk() const { return disk_; }

  // Power losses, and the end of a node's process.

  /// From now on, until the run ends, the disk knows what is durable. All that is there is.
  void begin_tracking(const DiskRules& rules);
  bool is_tracked() const { return is_tracked_; }
  const Persistence& persistence() const { return persistence_; }
  /// The power is lost: I/Os in flight never end, and until restore_power() every new one fails.
  void cut_power();
  /// Decides by `choose` what survives of the changes that are not durable; see Persistence. Gives
  /// what is lost.
  using Choose = std::function<std::uint32_t(const Unpersisted& change, std::uint32_t ways)>;
  std::vector<LostChange> let_survive(const Choose& choose);
  /// The process is gone: as cut_power(), but what has reached the cache stays there, and I/Os in
  /// flight that had no effect yet never have one.
  void end_process();
  /// The node starts again, after either.
  void restore_power() { is_off_ = false; }
  /// The power is lost once more, as it was when the persistence was this.
  void cut_power_at(const Persistence& before);
  /// The units that were read since the power loss.
  const UnitsRead& units_read() const { return units_read_; }

  // Disks that change hands, while their nodes are down. Open files can be used no more.

  /// The other node has this disk from now on, and this one the other's.
  void swap_with(DiskDevice& other);
  /// An empty disk of the same kind is in its place.
  void replace();
  /// Keeps a copy of the disk, as reads would show it now; and puts the copy into its place.
  void save();
  bool has_saved() const { return saved_.has_value(); }
  void restore_saved();

  // Device.
  std::string_view name() const override { return name_; }
  void effect(std::uint32_t slot) override;
  void deliver(std::uint32_t slot) override;
  void fetch_record(std::uint32_t slot) const override;
  std::optional<TaskId> fetch_rest(std::uint32_t slot) const override;
  Identity identity_of(const Completion& completion) const override;
  Identity identity_at(std::uint32_t slot) const override { return flights_[slot].identity; }
  const Completion& completion_at(std::uint32_t slot) const override {
    return flights_[slot].completion;
  }
  std::span<const Buffer> buffers_at(std::uint32_t slot) const override {
    return flights_[slot].all_buffers();
  }
  bool has_file(InodeId inode) const override { return disk_.has_name(inode); }
  void drop_in_flight() override;
  void reset() override;
  std::optional<std::uint64_t> digest() const override { return disk_.digest(); }

 private:
  class OpenFile;
  static constexpr std::uint64_t all_bytes = UINT64_MAX;

  /// What was decided for an I/O, and has become of it.
  struct Fate {
    IOError error = IOError::none;             // fails, without effect
    bool spoils = false;                       // fails, and so does every later I/O on its sectors
    Disk::Defect breaks = Disk::Defect::none;  // the file's defect from here on
    bool effected = false;
    bool cancelled = false;
    std::uint64_t bytes_max = all_bytes;  // moves no more than this
    std::uint64_t moved = 0;              // by the effect

    bool is_plain() const {
      return error == IOError::none && !spoils && breaks == Disk::Defect::none;
    }
  };
  /// Two cache lines, so that many flights touch little memory.
  struct alignas(64) Flight {
    Completion completion;
    Identity identity;
    IOKind kind = IOKind::read;
    bool guarded = false;  // the buffers are compared when the I/O takes effect
    bool at_end = false;   // a write whose offset is where the file ends at its effect
    bool durable = false;  // a write that is durable when it finishes
    InodeId inode = 0;
    TaskId task = 0;
    std::uint32_t operation = 0;  // the one that submitted it; 0: none
    std::uint64_t offset = 0;
    std::uint64_t size = 0;  // bytes asked; truncate: the new size
    Fate fate;
    std::uint64_t guard = 0;      // digest of a write's bytes at submit
    Buffer buffer;                // the only one, or the first of ...
    std::vector<Buffer> buffers;  // if there are several, all of them

    std::span<const Buffer> all_buffers() const {
      return buffers.empty() ? std::span<const Buffer>(&buffer, 1) : buffers;
    }
    SubmittedIO submitted() const { return {identity, kind, offset, size, task, operation}; }
  };
  static_assert(sizeof(Flight) == 128);
  /// The paths of an I/O in flight that is about names.
  struct Paths {
    std::string from, to;
  };
  void cancel(const Completion& completion, std::uint64_t token) override;

  /// Whether the I/O is about names, not about the bytes of one file.
  static bool is_of_path(IOKind kind) {
    return kind == IOKind::remove || kind == IOKind::rename || kind == IOKind::sync_folder;
  }
  static bool changes_file(IOKind kind) {
    return kind == IOKind::write || kind == IOKind::truncate || kind == IOKind::allocate ||
           kind == IOKind::punch_hole;
  }

  Completion submit_to(InodeId inode, std::uint32_t path_index, IORequest& request);
  std::uint32_t take_slot();
  void add_slot();
  /// Lets the I/O have the buffers or paths of the request.
  void keep(const IORequest& request, Flight& flight, std::uint32_t slot);
  /// The kinds of decisions of which each makes an I/O fail, or move fewer bytes.
  static constexpr DecisionKinds io_faults =
      kinds(DecisionKind::refusal, DecisionKind::retry, DecisionKind::error, DecisionKind::breaks,
            DecisionKind::short_io);
  /// The error that a submit is refused with; IOError::none if it is not.
  IOError decide_refusal(Identity io);
  Completion refuse(const SubmittedIO& io, IOError error, IORequest& request);
  Completion make_with_callback(IORequest& request, std::uint32_t slot, std::uint64_t bytes_max);
  void decide_outcome(Flight& flight);
  void decide_error(Flight& flight);
  /// The number of bytes that this read would get now.
  std::uint64_t bytes_there(const Flight& read) const;
  void tell_owned(const Flight& flight, std::uint32_t slot);
  void tell_begun(const Flight& flight, std::uint32_t slot);
  void tell_moved(const Flight& flight);
  /// Begins to guard the buffers: until the effect no other code may change them.
  void guard(Flight& flight, std::uint32_t slot);
  void look_at_guard(const Flight& flight);
  void apply(Flight& flight, std::uint32_t slot);
  void take_effect(Flight& flight, std::uint32_t slot);
  /// Lets the persistence know of an effect, or of the failure of a sync.
  void track(Flight& flight, std::uint32_t slot, std::uint64_t size_before);
  void track_sync(Flight& sync, const Persistence::Cause& cause);
  Persistence::SyncEnd decide_end(Flight& sync);
  void note_read(const Flight& read);
  /// What a device of the class `hostile` may do: before the bytes move, and behind that.
  void misplace(Flight& flight);
  void fail_in_silence(const Flight& flight);
  bool decide_lie(const Flight& flight, DecisionKind kind);
  void apply_in_flight();
  /// Lets defects of the file, old ones and what this I/O does to it, decide on its error.
  void meet_defects(Flight& flight);
  void do_with_paths(Flight& flight, std::uint32_t slot);
  void tell_ended(const Flight& flight, std::uint32_t slot);
  /// Bounds the refusals and retries of one name, so that a machine that tries again gets through.
  bool retry_allowed(NameId name);

  /// The number of the path in the names of I/Os: `db`, or `b:db` on the node `b`.
  std::uint32_t path_index(std::string_view path) const;

  Clock& clock_;
  Sockets& sockets_;
  std::string prefix_;  // of paths in names
  std::string name_;
  Disk disk_;
  Persistence persistence_;
  bool is_tracked_ = false;
  bool is_off_ = false;
  std::uint32_t disks_had_ = 0;  // in all runs: an open file is of one
  std::optional<Disk> saved_;
  UnitsRead units_read_;
  std::vector<InodeId> failed_late_;  // files whose next sync reports that the last one failed
  std::vector<std::uint64_t> submitted_at_;  // by slot, while tracked: the moment
  std::vector<std::unique_ptr<OpenFile>> kept_open_;
  std::vector<Flight, internal::PageAllocator<Flight>> flights_;
  std::vector<Paths> flight_paths_;        // by slot, as far as needed
  std::vector<std::uint32_t> free_slots_;  // the first free_count_; it has room for all
  std::uint32_t free_count_ = 0;
  struct Retries {
    std::uint32_t run = 0;
    std::uint32_t in_a_row = 0;
  };
  std::vector<Retries> retries_;  // by name
  std::uint32_t run_ = 0;
};

}  // namespace reprise
