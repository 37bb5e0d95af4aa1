// CallbackIO: the I/Os in flight of one machine that learns of their end by callbacks, and that
// reads into and writes from its own memory. See adapter.h.
//
//   io.read(file, offset, {data, size}, [=](Result<std::uint64_t> bytes) { done(arg, ...); });
//
//   IOResult<Unit> step(copier& machine, CallbackIO& io) {  // what the driver enters
//     io.begin_entry();
//     const int answer = copier_step(&machine);
//     if (answer == EAGAIN) return io.next();
//     if (answer != 0) return static_cast<IOError>(answer);
//     return Unit{};
//   }
#pragma once

#include <reprise/core/completion_pool.h>
#include <reprise/core/internal/waiter.h>
#include <reprise/core/io.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <span>

namespace reprise {

class CallbackIO {
 public:
  /// Called once, with the number of bytes moved or the error.
  using Done = std::function<void(Result<std::uint64_t> bytes)>;
  /// May a callback run before the call that submits has returned?
  enum class Calls : std::uint8_t {
    at_once,    // yes, if the I/O is done by then
    from_loop,  // no: then it runs in the next begin_entry()
  };

  explicit CallbackIO(Calls calls = Calls::at_once) : calls_(calls) {}
  CallbackIO(const CallbackIO&) = delete;
  CallbackIO& operator=(const CallbackIO&) = delete;

  /// Fills `to`, which must live until `done` has run or forget() is called. The bytes are there
  /// when `done` runs; until then, under an observer, `to` holds poison.
  Completion read(File& file, std::uint64_t offset, std::span<std::byte> to, Done done);
  /// Copies `from` at once: changes made to it while the I/O is in flight are not written.
  Completion write(File& file, std::uint64_t offset, std::span<const std::byte> from, Done done);
  /// Any other I/O, as submitted: a sync, a timer.
  Completion add(Completion io, Done done);

  /// To be called before each entry of the machine.
  void begin_entry();
  /// To be called after an entry that said "not yet". Gives a completion that finishes when any of
  /// these I/Os finishes, or has finished since the entry began. Without any I/O it never finishes:
  /// a deadlock.
  Completion next();

  /// To be called when the machine is gone or starts over: its callbacks no longer run. I/Os in
  /// flight go on, in memory of their own. The destructor does the same.
  void forget() { ios_.clear(); }
  /// How many I/Os have not called back.
  std::size_t count() const { return ios_.size(); }

 private:
  struct InFlight final : internal::Waiter {
    InFlight(CallbackIO& its_owner, Completion its_io, Done its_done)
        : owner(its_owner), io(std::move(its_io)), done(std::move(its_done)) {}
    void completion_finished(const Completion&) override { owner.call_back(*this); }

    CallbackIO& owner;
    Completion io;
    Done done;
    Buffer read;              // what a read has brought
    std::span<std::byte> to;  // where the bytes go
  };

  Completion start(Completion io, Done done, Buffer read, std::span<std::byte> to);
  void call_back(InFlight& io);

  Calls calls_;
  std::list<InFlight> ios_;
  CompletionPool pool_;
  Completion any_;                  // what next() gave when several were in flight
  bool some_has_finished_ = false;  // since the entry began
};

}  // namespace reprise
