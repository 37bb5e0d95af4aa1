#include <reprise/sim/device/device.h>

#include <reprise/core/assert.h>
#include <reprise/sim/device/buffer_guard.h>
#include <reprise/sim/world/world.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace reprise {

class Device::OpenFile final : public File {
 public:
  OpenFile(Device& device, InodeId inode, std::uint32_t path_index, bool read_only)
      : device_(device), inode_(inode), path_index_(path_index), read_only_(read_only) {}

  Result<std::uint64_t> size() const override { return device_.disk_.size(inode_); }

  Completion submit(IORequest&& request) override {
    REPRISE_ASSERT(request.kind == IOKind::read || request.kind == IOKind::write ||
                       request.kind == IOKind::sync || request.kind == IOKind::truncate,
                   "a file reads, writes, syncs and truncates");
    if (read_only_ && (request.kind == IOKind::write || request.kind == IOKind::truncate)) {
      return device_.pool_.refused(IOError::bad_file, std::move(request.callback));
    }
    return device_.submit_to(inode_, path_index_, request);
  }

  std::uint32_t path_index() const { return path_index_; }
  InodeId inode() const { return inode_; }
  /// The run that opened it last.
  std::uint32_t run() const { return run_; }
  void open_in(std::uint32_t run, InodeId inode) {
    run_ = run;
    inode_ = inode;
  }

 private:
  Device& device_;
  InodeId inode_;
  std::uint32_t path_index_;
  bool read_only_;
  std::uint32_t run_ = 0;
};

Device::Device(World& world) : world_(world) {}
Device::~Device() { reset(); }

Instant Device::now() const { return world_.tell_time(); }

std::uint32_t Device::path_index(std::string_view path) {
  const auto known = path_indexes_.find(path);
  if (known != path_indexes_.end()) return known->second;
  const std::uint32_t index = static_cast<std::uint32_t>(paths_.size());
  paths_.emplace_back(path);
  path_indexes_.emplace(path, index);
  return index;
}

OpenResult Device::open(std::string_view path, OpenOptions options) {
  const Result<InodeId> inode =
      disk_.open(path, options.create && !options.read_only, options.exclusive);
  if (!inode.ok()) return inode.error();
  return OpenResult(std::unique_ptr<File>(
      new OpenFile(*this, inode.value(), path_index(path), options.read_only)));
}

File& Device::open_for_run(std::string_view path) {
  const InodeId inode = disk_.open(path, true, false).value();
  const std::uint32_t index = path_index(path);
  for (const std::unique_ptr<OpenFile>& file : kept_open_) {
    // Whoever had a file open that was removed meanwhile keeps it.
    if (file->path_index() == index && (file->run() != run_ || file->inode() == inode)) {
      file->open_in(run_, inode);
      return *file;
    }
  }
  kept_open_.push_back(std::make_unique<OpenFile>(*this, inode, index, false));
  kept_open_.back()->open_in(run_, inode);
  return *kept_open_.back();
}

void Device::write_file(std::string_view path, std::span<const std::byte> bytes) {
  disk_.set_bytes(disk_.open(path, true, false).value(), bytes);
}

void Device::drop_in_flight() {
  if (in_flight_ != 0 || !timers_.empty()) {
    for (Flight& flight : flights_) {
      if (flight.completion) std::exchange(flight.completion, {}).drop();
      flight.buffer = {};
      flight.buffers.clear();
    }
    free_slots_.clear();
    for (std::uint32_t i = static_cast<std::uint32_t>(flights_.size()); i > 0; --i) {
      free_slots_.push_back(i - 1);
    }
    in_flight_ = 0;
    timers_.clear();
  }
}

Identity Device::logged_io(std::uint64_t id) const {
  const auto logged = logged_.find(id);
  return logged == logged_.end() ? Identity{} : logged->second;
}

void Device::reset() {
  drop_in_flight();
  logged_.clear();
  disk_.reset();
  pool_.restart_ids();
  timers_armed_ = 0;
  for (WaitedBy& waited_by : waited_by_) waited_by.completion = 0;
  ++run_;
}

std::uint32_t Device::take_slot() {
  if (free_slots_.empty()) {
    flights_.emplace_back();
    return static_cast<std::uint32_t>(flights_.size() - 1);
  }
  const std::uint32_t slot = free_slots_.back();
  free_slots_.pop_back();
  return slot;
}

Completion Device::submit(IORequest&& request) {
  REPRISE_ASSERT(request.kind == IOKind::remove || request.kind == IOKind::rename ||
                     request.kind == IOKind::timer,
                 "an IO removes, renames and times; the rest is a File's");
  return submit_to(0, no_file, request);
}

void Device::fill(Flight& flight, std::uint32_t slot, InodeId inode, const IORequest& request) {
  flight.kind = request.kind;
  flight.inode = inode;
  flight.offset = 0;
  flight.size = 0;
  if (request.kind == IOKind::read || request.kind == IOKind::write) {
    flight.offset = request.offset;
    flight.size = request.byte_count();
    if (request.buffers.size() == 1) {
      flight.buffer = request.buffers.front();
    } else {
      flight.buffers.assign(request.buffers.begin(), request.buffers.end());
    }
  } else if (request.kind == IOKind::truncate) {
    flight.size = request.size;
  } else if (is_of_path(request.kind)) {
    if (flight_paths_.size() <= slot) flight_paths_.resize(flights_.size());
    flight_paths_[slot].from = request.path;
    flight_paths_[slot].to = request.new_path;
  }
  flight.error = IOError::none;
  flight.spoils = false;
  flight.breaks = Disk::Defect::none;
  flight.bytes_max = all_bytes;
  flight.moved = 0;
  flight.effected = false;
  flight.cancelled = false;
  flight.guarded = false;
}

SubmittedIO Device::submitted_now(const Identity& identity, const IORequest& request) const {
  const bool moves = request.kind == IOKind::read || request.kind == IOKind::write;
  const Task* const task = world_.current();
  SubmittedIO io{identity, request.kind, moves ? request.offset : 0,
                 moves ? request.byte_count() : request.size};
  if (task != nullptr) io.task = task->id;
  if (task != nullptr && task->operation.in_entry()) io.operation = task->operations;
  return io;
}

void Device::tell_submitted(const SubmittedIO& io, const Completion& completion) {
  if (io.operation == 0 || !world_.wants(Hook::io)) return;
  world_.tell(Hook::io, [&](Check& check) { check.io_submitted(io, completion); });
}

void Device::tell_failed(const SubmittedIO& io, const Completion& completion) {
  if (io.operation == 0 || !world_.wants(Hook::io_failure)) return;
  world_.tell(Hook::io_failure, [&](Check& check) { check.io_failed(io, completion); });
}

void Device::tell_begun(const Flight& flight, std::uint32_t slot) {
  if (!world_.wants(Hook::flight)) return;
  const bool moves = flight.kind == IOKind::read || flight.kind == IOKind::write;
  const InFlight begun{flight.submitted(), slot, flight.inode,
                       moves ? flight.all_buffers() : std::span<const Buffer>()};
  world_.tell(Hook::flight, [&](Check& check) { check.flight_begins(begun); });
}

void Device::tell_moved(const Flight& flight) {
  if (!world_.wants(Hook::moved)) return;
  const SubmittedIO io = flight.submitted();
  const MovedBytes moved{flight.inode, flight.moved, flight.bytes_max != all_bytes};
  world_.tell(Hook::moved, [&](Check& check) { check.io_moved(io, moved, flight.completion); });
}

void Device::tell_owned(const Flight& flight, std::uint32_t slot) {
  for (const Buffer& buffer : flight.all_buffers()) {
    world_.memory().own({reinterpret_cast<std::uintptr_t>(buffer.data()), buffer.size(), slot,
                         flight.kind == IOKind::write});
  }
}

Completion Device::submit_to(InodeId inode, std::uint32_t index, IORequest& request) {
  const MemoryWatch::Pause own_stores(world_.memory());
  const NameId name = world_.name_of_io(
      request.kind, index == no_file ? std::string_view(request.path) : paths_[index], index);
  const Identity identity{name, world_.names().next_ordinal(name), EventKind::delivery};
  world_.submitted(identity);
  const SubmittedIO io = submitted_now(identity, request);
  world_.keep_submission(io, request.buffers);
  const bool timer = request.kind == IOKind::timer;
  if (!timer && world_.may(DecisionKind::refusal)) {
    constexpr IOError refusals[] = {IOError::none, IOError::try_again, IOError::busy,
                                    IOError::no_memory};
    const std::uint32_t refusal =
        retry_allowed(name)
            ? world_.decide({name, identity.ordinal, DecisionKind::refusal}, std::size(refusals))
            : 0;
    if (refusal != 0) {
      ++retries_[name].in_a_row;
      world_.io_hit(identity);
      Completion refused = pool_.refused(refusals[refusal], std::move(request.callback));
      tell_submitted(io, refused);
      tell_failed(io, refused);
      return refused;
    }
    if (!world_.may(DecisionKind::retry)) retries_[name].in_a_row = 0;
  }
  const std::uint32_t slot = take_slot();
  Flight& flight = flights_[slot];
  fill(flight, slot, inode, request);
  flight.identity = identity;
  flight.task = io.task;
  flight.operation = io.operation;
  flight.completion = pool_.make(
      std::move(request.callback), this, slot,
      request.kind == IOKind::read || request.kind == IOKind::write ? flight.size : all_bytes);
  ++in_flight_;
  Completion completion = flight.completion;
  if (world_.logging()) logged_.emplace(completion.id(), identity);
  tell_submitted(io, completion);
  if (timer) {
    timers_.push_back({world_.now() + request.delay, ++timers_armed_, slot});
    std::ranges::push_heap(timers_, Timer::later);
    return completion;
  }
  decide_outcome(flight);
  const bool differs = world_.decide({name, identity.ordinal, DecisionKind::flight}, 2) != 0;
  if ((world_.base() == Base::sync) != differs) {
    deliver(slot);
    return completion;
  }
  guard(flight, slot);
  tell_begun(flight, slot);
  const bool early = world_.decide({name, identity.ordinal, DecisionKind::early}, 2) != 0;
  Identity event = identity;
  if (early) event = {event.name, event.ordinal, EventKind::effect};
  world_.enable({event, Rank::device, slot});
  return completion;
}

void Device::guard(Flight& flight, std::uint32_t slot) {
  const bool is_read = flight.kind == IOKind::read;
  if (!world_.options().observed || (!is_read && flight.kind != IOKind::write)) return;
  // Whichever checks are on: what the machine sees there must not depend on it.
  if (is_read) poison(flight.all_buffers());
  if (world_.wants(Hook::owned_memory)) {
    flight.guarded = true;
    if (!is_read) flight.guard = digest_of_bytes(flight.all_buffers());
  }
  if (world_.memory().running()) tell_owned(flight, slot);
}

void Device::look_at_guard(const Flight& flight) {
  std::optional<std::uint64_t> first;
  if (flight.kind == IOKind::read) {
    first = first_not_poisoned(flight.all_buffers());
    if (!first) return;
  } else if (digest_of_bytes(flight.all_buffers()) == flight.guard) {
    return;
  }
  const SubmittedIO io = flight.submitted();
  world_.tell(Hook::owned_memory, [&](Check& check) { check.buffer_changed(io, first); });
}

void Device::effect(std::uint32_t slot) {
  Flight& flight = flights_[slot];
  apply(flight, slot);
  world_.enable({flight.identity, Rank::device, slot});
}

void Device::deliver(std::uint32_t slot) {
  Flight& flight = flights_[slot];
  if (!flight.effected) apply(flight, slot);
  world_.io_finished(flight.identity, flight.error, flight.moved);
  if (flight.error != IOError::none || flight.bytes_max != all_bytes) {
    world_.io_hit(flight.identity);
  }
  if (world_.memory().running()) world_.memory().disown(slot);
  if (flight.kind != IOKind::timer && world_.wants(Hook::flight)) {
    world_.tell(Hook::flight, [&](Check& check) { check.flight_ends(slot); });
  }
  if (flight.error == IOError::none) tell_moved(flight);
  // The device lets go of everything first: a callback may submit again, and use the slot.
  const Completion completion = std::exchange(flight.completion, {});
  const SubmittedIO io = flight.submitted();
  const IOError error = flight.error;
  const std::uint64_t moved = flight.moved;
  flight.buffer = {};
  flight.buffers.clear();
  free_slots_.push_back(slot);
  --in_flight_;
  if (error != IOError::none) {
    completion.fail(error);
    tell_failed(io, completion);
  } else {
    completion.finish(moved);
  }
}

Event Device::earliest_timer() const {
  if (timers_.empty()) return {};
  const std::uint32_t slot = timers_.front().slot;
  Identity identity = flights_[slot].identity;
  identity = {identity.name, identity.ordinal, EventKind::fire};
  return {identity, Rank::timer, slot};
}

void Device::release_timer(std::uint32_t slot) {
  if (timers_.front().slot == slot) {
    std::ranges::pop_heap(timers_, Timer::later);
    timers_.pop_back();
    return;
  }
  std::erase_if(timers_, [&](const Timer& timer) { return timer.slot == slot; });
  std::ranges::make_heap(timers_, Timer::later);
}

void Device::fire(std::uint32_t slot) {
  release_timer(slot);
  deliver(slot);
}

void Device::cancel(const Completion& completion, std::uint64_t token) {
  const std::uint32_t slot = static_cast<std::uint32_t>(token);
  Flight& flight = flights_[slot];
  REPRISE_ASSERT(flight.completion == completion, "a completion in flight is its slot's");
  if (flight.cancelled) return;
  flight.cancelled = true;
  // A cancel of the plan's has been told as the decision that it is.
  if (world_.logging() && !cancels_for_world_) {
    const bool is_late = flight.effected || flight.error != IOError::none;
    world_.note("asks to cancel " + world_.io_in_words(flight.identity, world_.context_name()) +
                (is_late ? ", too late" : ""));
  }
  if (flight.kind == IOKind::timer) {
    release_timer(slot);
    flight.effected = true;
    flight.error = IOError::cancelled;
    world_.enable({flight.identity, Rank::device, slot});
    return;
  }
  if (flight.effected || flight.error != IOError::none) return;  // too late
  const bool divisible =
      (flight.kind == IOKind::read || flight.kind == IOKind::write) && flight.size > 1;
  constexpr std::uint32_t answers = 4;
  std::uint32_t answer = cancel_answer_;
  if (answer == 0) {
    answer = world_.decide(
        {flight.identity.name, flight.identity.ordinal, DecisionKind::cancel_answer}, answers);
  }
  // Only what the scenario survives.
  const Faults& survived = world_.faults();
  if ((answer == 2 && !survived.short_io) || (answer == 3 && !survived.retries)) answer = 0;
  if (answer == 0) flight.error = IOError::cancelled;
  if (answer == 2 && divisible) {
    const std::uint64_t bytes = flight.kind == IOKind::read ? bytes_there(flight) : flight.size;
    flight.bytes_max = std::min(flight.bytes_max, std::max<std::uint64_t>(bytes / 2, 1));
  }
  if (answer == 3) flight.error = IOError::interrupted;
}

void Device::cancel_with(const Completion& completion, std::uint32_t answer) {
  cancel_answer_ = answer;
  cancels_for_world_ = true;
  completion.cancel();
  cancels_for_world_ = false;
  cancel_answer_ = 0;
}

Identity Device::identity_of(const Completion& completion) const {
  const std::uint64_t slot = completion.token();
  if (completion.is_group() || slot >= flights_.size()) return {};
  const Flight& flight = flights_[slot];
  return flight.completion == completion ? flight.identity : Identity{};
}

std::optional<IOKind> Device::kind_of(const Completion& completion) const {
  if (identity_of(completion).name == 0) return std::nullopt;
  return flights_[completion.token()].kind;
}

bool Device::waits_first(const Completion& completion, std::uint32_t task) {
  const std::size_t slot = completion.token();
  if (waited_by_.size() <= slot) waited_by_.resize(flights_.size());
  WaitedBy& waited_by = waited_by_[slot];
  if (waited_by.completion != completion.id()) {
    waited_by.completion = completion.id();
    waited_by.tasks.clear();
  }
  if (std::ranges::find(waited_by.tasks, task) != waited_by.tasks.end()) return false;
  waited_by.tasks.push_back(task);
  return true;
}

}  // namespace reprise
