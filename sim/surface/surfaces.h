// Surfaces: answers calls by which code under test asks the C library or the system, instead of the
// world, for time, sleep, random bytes or its process. The answers come from the world, so that the
// run stays a function of its plan. Each kind of call is reported once per run, with its line: as a
// note, or as an error where the world has no answer (threads). docs/DETERMINISM.md has the table
// of what is covered.
//
// The replaced functions are in the *_hooks.cpp of this folder, which reprise::watch links in the
// place of the C library's. To cover another function, add it there.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/core/time.h>
#include <reprise/sim/answering.h>
#include <reprise/sim/surface/descriptors.h>
#include <reprise/sim/surface/parking.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace reprise {

namespace internal {
class DeviceHost;
class RunView;
}  // namespace internal
struct ShownLocation;

/// A call that code under test has made.
struct SurfaceCall {
  const char* function = "";         // "time"
  const void* returns_to = nullptr;  // in the caller
  const char* argument = "";         // if it is worth showing
};

class Surfaces {
 public:
  enum class Kind : std::uint8_t {
    time,         // the clock: the world's
    sleep,        // blocks the loop: only the world's clock goes on
    chance,       // random bytes: a decision of the plan
    sequence,     // rand() and the like: the same as in a new process
    process,      // the process's identity: the same in every run
    machine,      // its name and the number of processors: the same everywhere
    environment,  // the same in every run
    thread,       // refused
    signal,       // after a real time: refused
    wait,         // for a socket, where nothing else can run meanwhile: refused
  };

  Surfaces(const RunView& run, DeviceHost& host)
      : run_(run), host_(host), parking_(run, host), descriptors_(run, host) {}
  Surfaces(const Surfaces&) = delete;
  Surfaces& operator=(const Surfaces&) = delete;

  // For the world.

  void begin_run();
  /// The node falls: nothing on it holds or waits for anything.
  void forget(NodeId node);
  /// The run ends.
  void forget_all();
  /// Whether the code has asked for time or random bytes: equivalent schedules may then have
  /// different outcomes.
  bool has_answered() const;

  /// Where foreign code waits for locks.
  Parking& parking() { return parking_; }
  /// The sockets of the code under test.
  Descriptors& descriptors() { return descriptors_; }

  // For the hooks. Each keeps errno.

  /// Time since 1970, since the machine started, and of the processor; each by the clock of the
  /// node that the code runs on.
  std::uint64_t wall_clock_ns(const SurfaceCall& call);
  std::uint64_t steady_clock_ns(const SurfaceCall& call);
  std::uint64_t processor_clock_ns(const SurfaceCall& call);
  void sleep(const SurfaceCall& call, std::uint64_t ns);
  /// Sleeps until the wall clock, or the steady clock, shows `ns`.
  void sleep_until_wall(const SurfaceCall& call, std::uint64_t ns);
  void sleep_until_steady(const SurfaceCall& call, std::uint64_t ns);
  /// When the wall clock, or the steady clock, shows `ns`.
  Instant instant_of_wall(std::uint64_t ns) const;
  static Instant instant_of_steady(std::uint64_t ns);
  /// When `ns` have passed, by the clock of the node that the code runs on; whether they have.
  Instant instant_in(std::uint64_t ns) const;
  bool is_over(Instant instant) const;
  void fill(const SurfaceCall& call, std::span<std::byte> bytes);
  /// The name of the node that the code runs on; "localhost" if it has none.
  std::string_view host_name() const;
  /// True once per run, before the first number of a sequence: the C library's state is still that
  /// of an earlier run.
  bool begins_sequence(const SurfaceCall& call);
  /// Only reports the call.
  void asks(Kind kind, const SurfaceCall& call);
  /// Only reports the call, and only if the calling line is the user's own: the harness and its
  /// libraries make such calls too.
  void asks_directly(Kind kind, const SurfaceCall& call);
  /// Reports a call that the world has no answer for, and tells whether to refuse it.
  bool refuses(Kind kind, const SurfaceCall& call);

 private:
  bool is_first(Kind kind);
  void tell(Kind kind, const SurfaceCall& call);
  ShownLocation place_of(const SurfaceCall& call);
  /// The node's clock is read, and goes on a little.
  void read_clock(const SurfaceCall& call);

  const RunView& run_;
  DeviceHost& host_;
  Parking parking_;
  Descriptors descriptors_;
  std::uint32_t told_ = 0;  // a bit for each kind
  std::uint32_t salt_ = 0;
  std::uint64_t event_ = 0;     // the event in which the clock was last read
  std::uint64_t readings_ = 0;  // readings in that event
};

}  // namespace reprise
