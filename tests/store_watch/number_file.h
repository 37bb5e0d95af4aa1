// What the machines of this folder share: a file of numbers that does its I/O as it should, and a
// workload that takes two steps. Everything is plain; nothing here is a Tracked.
//
//   std::uint64_t balance = RETURN_IF_IO(file.read(3));
//   RETURN_IF_IO(file.write(3, balance + 1));
#pragma once

#include <reprise/reprise.h>

#include <cstdint>
#include <cstring>
#include <utility>

namespace reprise::watched {

/// One call at a time, called until it says Done or Err; then ready for the next one.
class NumberFile {
 public:
  explicit NumberFile(File& file) : file_(&file) {}

  /// The number at `index`; 0 beyond the end of the file.
  IOResult<std::uint64_t> read(std::uint64_t index) {
    if (!pending_) {
      buffer_ = Buffer::allocate(sizeof(std::uint64_t));
      pending_ = file_->pread(index * sizeof(std::uint64_t), buffer_);
    }
    if (!pending_.finished()) IO_YIELD_ONE(pending_);
    const Completion read = std::exchange(pending_, {});
    if (!read.succeeded()) return read.get_error();
    std::uint64_t number = 0;
    if (read.result() == sizeof number) std::memcpy(&number, buffer_.data(), sizeof number);
    return number;
  }

  IOResult<Unit> write(std::uint64_t index, std::uint64_t number) {
    if (!pending_) {
      buffer_ = Buffer::allocate(sizeof number);
      std::memcpy(buffer_.data(), &number, sizeof number);
      pending_ = file_->pwrite(index * sizeof number, buffer_);
    }
    if (!pending_.finished()) IO_YIELD_ONE(pending_);
    const Completion written = std::exchange(pending_, {});
    if (!written.succeeded()) return written.get_error();
    return Unit{};
  }

  IOResult<Unit> sync() {
    if (!pending_) pending_ = file_->sync();
    if (!pending_.finished()) IO_YIELD_ONE(pending_);
    const Completion synced = std::exchange(pending_, {});
    if (!synced.succeeded()) return synced.get_error();
    return Unit{};
  }

  /// Forgets a call that was not driven to its end.
  void reset() { pending_ = {}; }

 private:
  File* file_;
  Buffer buffer_;       // of pending_
  Completion pending_;  // set from the first entry of a call to its last
};

/// Drives `machine.step()` twice, and compares `machine.shown()` at the end of equivalent runs.
template <class Machine>
void take_two_steps(Sim& sim, Machine& machine) {
  sim.task("client", [&] {
    for (int i = 0; i < 2; ++i) {
      sim.expect(sim.await([&] { return machine.step(); }).ok(), "the step is taken");
    }
  });
  sim.observe("state", [&] { return digest_of(machine.shown()); });
  sim.run();
}

/// The same, of a machine whose base begins with `NumberFile file`.
template <class Machine>
void two_steps(Sim& sim) {
  Machine machine{{NumberFile(sim.open("numbers"))}};
  take_two_steps(sim, machine);
}

}  // namespace reprise::watched
