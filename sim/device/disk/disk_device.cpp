#include <reprise/sim/device/disk/disk_device.h>

#include <reprise/core/assert.h>
#include <reprise/core/internal/peek.h>
#include <reprise/core/internal/prefetch.h>
#include <reprise/sim/device/buffer_guard.h>
#include <reprise/sim/device/device_host.h>
#include <reprise/sim/device/network/sockets.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace reprise {

class DiskDevice::OpenFile final : public File {
 public:
  OpenFile(DiskDevice& device, InodeId inode, std::uint32_t path_index, const OpenOptions& options)
      : device_(device),
        inode_(inode),
        path_index_(path_index),
        read_only_(options.read_only),
        direct_(options.direct),
        is_special_(read_only_ || direct_ || device.node() != 0),
        disk_(device.disks_had_) {}

  Result<std::uint64_t> size() const override {
    if (is_of_other_disk()) return IOError::bad_file;
    return device_.disk_.size(inode_);
  }

  Completion submit(IORequest&& request) override {
    REPRISE_ASSERT(!is_of_path(request.kind) && request.kind != IOKind::timer,
                   "this is for an IO, not for a File");
    if (is_special_) [[unlikely]] {
      const IOError error = refusal_of(request);
      if (error != IOError::none) return refuse(error, request);
    }
    if (needs_size(request.kind) && request.size == 0) return refuse(IOError::invalid, request);
    return device_.submit_to(inode_, path_index_, request);
  }

  std::uint32_t path_index() const { return path_index_; }
  InodeId inode() const { return inode_; }
  /// The run that opened it last.
  std::uint32_t run() const { return run_; }
  void open_in(std::uint32_t run, InodeId inode) {
    run_ = run;
    inode_ = inode;
    disk_ = device_.disks_had_;
  }

 private:
  Completion refuse(IOError error, IORequest& request) {
    return device_.host().pool().refused(error, std::move(request.callback));
  }
  bool is_of_other_disk() const { return disk_ != device_.disks_had_; }
  IOError refusal_of(const IORequest& request) const {
    if (is_of_other_disk()) return IOError::bad_file;
    if (read_only_ && changes_file(request.kind)) return IOError::bad_file;
    return direct_ && !is_aligned(request) ? IOError::invalid : IOError::none;
  }
  static bool needs_size(IOKind kind) {
    return kind == IOKind::allocate || kind == IOKind::punch_hole;
  }
  static bool is_aligned(const IORequest& request) {
    const auto is_multiple = [](std::uint64_t value) { return value % Disk::sector_bytes == 0; };
    return (request.write_options.at_end || is_multiple(request.offset)) &&
           std::ranges::all_of(request.buffers, [&](const Buffer& buffer) {
             return is_multiple(buffer.size()) &&
                    is_multiple(reinterpret_cast<std::uintptr_t>(buffer.data()));
           });
  }

  DiskDevice& device_;
  InodeId inode_;
  std::uint32_t path_index_;
  bool read_only_;
  bool direct_;
  bool is_special_;     // of these, or its disk may be swapped: the first node's never is
  std::uint32_t disk_;  // the number of the disk that it is on
  std::uint32_t run_ = 0;
};

namespace {

bool is_too_large(std::uint64_t offset, std::uint64_t size) {
  constexpr std::uint64_t disk_bytes_max = std::uint64_t{1} << 30;
  return size > disk_bytes_max || offset > disk_bytes_max - size;
}

}  // namespace

DiskDevice::DiskDevice(DeviceHost& host, Clock& clock, Sockets& sockets, std::string_view node)
    : Device(host, clock.node()), clock_(clock), sockets_(sockets), prefix_(node), name_("disk") {
  if (node.empty()) return;
  prefix_ += ':';
  name_ += " of ";
  name_ += node;
}

std::uint32_t DiskDevice::path_index(std::string_view path) const {
  return host().path_index(prefix_.empty() ? std::string(path) : prefix_ + std::string(path));
}

DiskDevice::~DiskDevice() { drop_in_flight(); }

Instant DiskDevice::now() const {
  host().tell_time();
  return clock_.now();
}

OpenResult DiskDevice::open(std::string_view path, OpenOptions options) {
  if (is_off_) return IOError::io;
  const bool is_there = disk_.inode_of(path).has_value();
  const Result<InodeId> inode =
      disk_.open(path, options.create && !options.read_only, options.exclusive);
  if (!inode.ok()) return inode.error();
  if (is_tracked_ && !is_there) {
    const NameId name = host().names().child(context_name(host().run(), host().names()),
                                             "open(" + std::string(path) + ')');
    persistence_.created({name, host().names().next_ordinal(name), EventKind::delivery},
                         inode.value(), path);
  }
  return OpenResult(
      std::unique_ptr<File>(new OpenFile(*this, inode.value(), path_index(path), options)));
}

File& DiskDevice::open_for_run(std::string_view path) {
  const bool is_there = disk_.inode_of(path).has_value();
  const InodeId inode = disk_.open(path, true, false).value();
  if (is_tracked_ && !is_there) persistence_.give(path, inode, {});
  const std::uint32_t index = path_index(path);
  for (const std::unique_ptr<OpenFile>& file : kept_open_) {
    // Whoever had a file open that was removed meanwhile keeps it.
    if (file->path_index() == index && (file->run() != run_ || file->inode() == inode)) {
      file->open_in(run_, inode);
      return *file;
    }
  }
  kept_open_.push_back(std::make_unique<OpenFile>(*this, inode, index, OpenOptions{}));
  kept_open_.back()->open_in(run_, inode);
  return *kept_open_.back();
}

void DiskDevice::write_file(std::string_view path, std::span<const std::byte> bytes) {
  const InodeId inode = disk_.open(path, true, false).value();
  disk_.set_bytes(inode, bytes);
  if (is_tracked_) persistence_.give(path, inode, bytes);
}

void DiskDevice::drop_in_flight() {
  if (free_count_ == flights_.size()) return;
  for (Flight& flight : flights_) {
    if (!flight.completion) continue;
    host().flight_removed();
    std::exchange(flight.completion, {}).drop();
    flight.buffer = {};
    flight.buffers.clear();
  }
  free_count_ = 0;
  for (std::uint32_t slot = static_cast<std::uint32_t>(flights_.size()); slot > 0; --slot) {
    free_slots_[free_count_++] = slot - 1;
  }
}

void DiskDevice::reset() {
  disk_.reset();
  is_tracked_ = is_off_ = false;
  saved_.reset();
  ++run_;
}

inline std::uint32_t DiskDevice::take_slot() {
  if (free_count_ == 0) [[unlikely]]
    add_slot();
  return free_slots_[--free_count_];
}

void DiskDevice::add_slot() {
  free_slots_.push_back(0);
  free_slots_[free_count_++] = static_cast<std::uint32_t>(flights_.size());
  flights_.emplace_back();
}

Completion DiskDevice::submit(IORequest&& request) {
  REPRISE_ASSERT(
      is_of_path(request.kind) || request.kind == IOKind::timer || request.kind == IOKind::connect,
      "an IO removes, renames, syncs folders, connects and times; the rest is a File's "
      "or a Stream's");
  if (request.kind == IOKind::timer) {
    return clock_.timer(request.delay, std::move(request.callback));
  }
  if (request.kind == IOKind::connect) return sockets_.connect(request);
  return submit_to(0, DeviceHost::no_index, request);
}

Result<std::unique_ptr<Listener>> DiskDevice::listen(std::string_view address) {
  return sockets_.listen(address);
}

std::unique_ptr<Stream> DiskDevice::take_stream(const Completion& made) {
  return sockets_.take_stream(made);
}

Result<std::unique_ptr<DatagramSocket>> DiskDevice::datagram_socket(std::string_view address) {
  return sockets_.datagram_socket(address);
}

inline void DiskDevice::keep(const IORequest& request, Flight& flight, std::uint32_t slot) {
  if (request.buffers.size() == 1) [[likely]] {
    flight.buffer = request.buffers.front();
  } else if (!request.buffers.empty()) {
    flight.buffers.assign(request.buffers.begin(), request.buffers.end());
  } else if (is_of_path(request.kind)) {
    if (flight_paths_.size() <= slot) flight_paths_.resize(flights_.size());
    flight_paths_[slot].from = request.path;
    flight_paths_[slot].to = request.new_path;
  }
}

void DiskDevice::tell_begun(const Flight& flight, std::uint32_t slot) {
  const bool moves = flight.kind == IOKind::read || flight.kind == IOKind::write;
  host().flight_begins({flight.submitted(), world_slot(slot), flight.inode,
                        moves ? flight.all_buffers() : std::span<const Buffer>()});
}

void DiskDevice::tell_moved(const Flight& flight) {
  const MovedBytes moved{this, flight.inode, flight.fate.moved, flight.fate.bytes_max != all_bytes};
  host().io_moved(flight.submitted(), moved, flight.completion);
}

void DiskDevice::tell_owned(const Flight& flight, std::uint32_t slot) {
  for (const Buffer& buffer : flight.all_buffers()) {
    host().memory().own({reinterpret_cast<std::uintptr_t>(buffer.data()), buffer.size(),
                         world_slot(slot), flight.kind == IOKind::write});
  }
}

Completion DiskDevice::submit_to(InodeId inode, std::uint32_t index, IORequest& request) {
  DeviceHost& world = host();
  const MemoryWatch::Pause own_stores(world.memory());
  const bool moves = request.kind == IOKind::read || request.kind == IOKind::write;
  const SubmittedIO io =
      world.io_begins(request.kind, request.path, index,
                      request.write_options.at_end ? SubmittedIO::at_end : request.offset,
                      moves ? request.byte_count() : request.size, request.buffers);
  if (is_off_) [[unlikely]]
    return refuse(SubmittedIO(io), IOError::io, request);
  const bool may_fail = world.may_any(io_faults);
  if (may_fail) {
    const IOError refusal = decide_refusal(io.identity);
    if (refusal != IOError::none) return refuse(SubmittedIO(io), refusal, request);
  }
  const std::uint32_t slot = take_slot();
  Flight& flight = flights_[slot];
  flight.identity = io.identity;
  flight.kind = io.kind;
  flight.guarded = false;
  flight.at_end = request.write_options.at_end;
  flight.durable = request.write_options.durable;
  flight.inode = inode;
  flight.task = io.task;
  flight.operation = io.operation;
  flight.offset = io.offset;
  flight.size = io.size;
  flight.fate = {};
  keep(request, flight, slot);
  if (is_tracked_) [[unlikely]] {
    if (submitted_at_.size() <= slot) submitted_at_.resize(flights_.size());
    submitted_at_[slot] = persistence_.next_moment();
  }
  const std::uint64_t bytes_max = moves ? io.size : all_bytes;
  Completion completion = request.callback ? make_with_callback(request, slot, bytes_max)
                                           : world.pool().make(this, world_slot(slot), bytes_max);
  flight.completion = completion;
  world.flight_added();
  world.io_submitted(io, completion);
  if (is_too_large(request.offset, io.size)) {
    flight.fate.error = IOError::too_large;
  } else if (may_fail) {
    decide_outcome(flight);
  }
  const auto decide = [&](DecisionKind kind) {
    return world.decide(io.identity.with(kind), 2) != 0;
  };
  const bool differs = decide(DecisionKind::flight);
  if ((world.run().base == Base::sync) != differs) {
    deliver(slot);
    return completion;
  }
  if (world.run().is_observed) {
    guard(flight, slot);
    if (world.wants_flights()) tell_begun(flight, slot);
  }
  const bool is_early = decide(DecisionKind::early);
  const Identity event = is_early ? io.identity.with(EventKind::effect) : io.identity;
  world.enable({event, Rank::device, world_slot(slot)});
  return completion;
}

Completion DiskDevice::make_with_callback(IORequest& request, std::uint32_t slot,
                                          std::uint64_t bytes_max) {
  return host().pool().make(std::move(request.callback), this, world_slot(slot), bytes_max);
}

Completion DiskDevice::refuse(const SubmittedIO& io, IOError error, IORequest& request) {
  host().io_hit(io.identity);
  Completion refused = host().pool().refused(error, std::move(request.callback));
  host().io_submitted(io, refused);
  host().io_failed(io, refused);
  return refused;
}

void DiskDevice::guard(Flight& flight, std::uint32_t slot) {
  const bool is_read = flight.kind == IOKind::read;
  if (!is_read && flight.kind != IOKind::write) return;
  // Whichever checks are on: what the machine sees there must not depend on it.
  if (is_read) poison(flight.all_buffers());
  if (host().wants_changed_buffers()) {
    flight.guarded = true;
    if (!is_read) flight.guard = digest_of_bytes(flight.all_buffers());
  }
  if (host().memory().running()) tell_owned(flight, slot);
}

void DiskDevice::look_at_guard(const Flight& flight) {
  std::optional<std::uint64_t> first;
  if (flight.kind == IOKind::read) {
    first = first_not_poisoned(flight.all_buffers());
    if (!first) return;
  } else if (digest_of_bytes(flight.all_buffers()) == flight.guard) {
    return;
  }
  host().buffer_changed(flight.submitted(), first);
}

void DiskDevice::effect(std::uint32_t slot) {
  Flight& flight = flights_[slot];
  apply(flight, slot);
  host().enable({flight.identity, Rank::device, world_slot(slot)});
}

void DiskDevice::deliver(std::uint32_t slot) {
  Flight& flight = flights_[slot];
  if (!flight.fate.effected) apply(flight, slot);
  if (is_tracked_ && flight.fate.error == IOError::none) [[unlikely]]
    persistence_.finished(flight.identity, flight.durable);
  host().io_ends(*this, flight.identity, flight.fate.error, flight.fate.moved);
  if (host().run().is_attended) tell_ended(flight, slot);
  // The device lets go of everything first: a callback may submit again, and use the slot.
  const Completion completion = std::move(flight.completion);
  const IOError error = flight.fate.error;
  const std::uint64_t moved = flight.fate.moved;
  flight.buffer = {};
  flight.buffers.clear();
  free_slots_[free_count_++] = slot;
  host().flight_removed();
  if (error == IOError::none) {
    completion.finish(moved);
    return;
  }
  const SubmittedIO io = flight.submitted();
  completion.fail(error);
  host().io_failed(io, completion);
}

void DiskDevice::fetch_record(std::uint32_t slot) const {
  const Flight& flight = flights_[slot];
  prefetch(&flight);
  prefetch(&flight.guard);
}

std::optional<TaskId> DiskDevice::fetch_rest(std::uint32_t slot) const {
  const Flight& flight = flights_[slot];
  internal::Peek::prefetch(flight.completion);
  prefetch(flight.buffer.data());
  prefetch(flight.buffer.data() - 1);  // the count of its handles
  host().names().prefetch(flight.identity.name);
  return flight.task;
}

void DiskDevice::tell_ended(const Flight& flight, std::uint32_t slot) {
  if (flight.fate.error != IOError::none || flight.fate.bytes_max != all_bytes) {
    host().io_hit(flight.identity);
  }
  if (host().memory().running()) host().memory().disown(world_slot(slot));
  if (host().wants_flights()) host().flight_ends(world_slot(slot));
  if (flight.fate.error == IOError::none && host().wants_moved_bytes()) tell_moved(flight);
}

void DiskDevice::cancel(const Completion& completion, std::uint64_t token) {
  Flight& flight = flights_[slot_in(token)];
  REPRISE_ASSERT(flight.completion == completion, "a completion in flight is its slot's");
  if (flight.fate.cancelled) return;
  flight.fate.cancelled = true;
  const bool is_late = flight.fate.effected || flight.fate.error != IOError::none;
  host().cancel_asked(flight.identity, is_late);
  if (is_late) return;
  const bool divisible =
      (flight.kind == IOKind::read || flight.kind == IOKind::write) && flight.size > 1;
  switch (host().answer_to_cancel(flight.identity)) {
    case DeviceHost::CancelAnswer::cancelled: flight.fate.error = IOError::cancelled; break;
    case DeviceHost::CancelAnswer::too_late: break;
    case DeviceHost::CancelAnswer::cut_short:
      if (divisible) {
        const std::uint64_t bytes = flight.kind == IOKind::read ? bytes_there(flight) : flight.size;
        flight.fate.bytes_max =
            std::min(flight.fate.bytes_max, std::max<std::uint64_t>(bytes / 2, 1));
      }
      break;
    case DeviceHost::CancelAnswer::interrupted: flight.fate.error = IOError::interrupted; break;
  }
}

Identity DiskDevice::identity_of(const Completion& completion) const {
  const std::uint32_t slot = slot_in(completion.token());
  return slot < flights_.size() && flights_[slot].completion == completion ? flights_[slot].identity
                                                                           : Identity{};
}

}  // namespace reprise
