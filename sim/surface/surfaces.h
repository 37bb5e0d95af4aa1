// Surfaces: answers what code under test asks of the C library and the system instead of the world:
// time, sleep, chance, its process. The answers are the world's, so that the run stays a function
// of its plan, and each kind of question is told once a run, with its line: a note, or an error
// where the world cannot answer (threads). docs/DETERMINISM.md has the table of what is covered.
//
// The functions that ask here are in the *_hooks.cpp of this folder, which are linked by
// reprise::watch and take the place of the C library's. To cover another function, add it there.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/core/time.h>

#include <cstddef>
#include <cstdint>
#include <span>

namespace reprise {

namespace internal {
class World;
}
struct ShownPlace;

/// A call that code under test has made.
struct SurfaceCall {
  const char* function = "";         // "time"
  const void* returns_to = nullptr;  // in the caller
  const char* argument = "";         // if it is worth showing
};

class Surfaces {
 public:
  enum class Kind : std::uint8_t {
    time,         // the clock: gets the world's
    sleep,        // blocks the loop: the world's clock goes on, and nothing else runs
    chance,       // random bytes: a decision of the plan
    sequence,     // rand() and the like: as in a new process
    process,      // who am I: the same in every run
    machine,      // how many processors: the same everywhere
    environment,  // gets what is there
    thread,       // cannot be had
    signal,       // after a real time: cannot be had
  };

  /// While one lives, calls of this thread are answered by `surfaces`; null: by the system, since
  /// the harness itself is at work.
  class Answering {
   public:
    explicit Answering(Surfaces* surfaces);
    Answering(const Answering&) = delete;
    Answering& operator=(const Answering&) = delete;
    ~Answering();

   private:
    Surfaces* was_;
  };

  explicit Surfaces(World& world) : world_(world) {}
  Surfaces(const Surfaces&) = delete;
  Surfaces& operator=(const Surfaces&) = delete;

  // For the world.

  void begin_run();
  /// Whether time or chance was asked for: then equivalent schedules may come out differently.
  bool has_answered() const;

  // For the hooks. Each keeps errno.

  /// Since 1970, since the machine began, and of processor time.
  std::uint64_t wall_clock_ns(const SurfaceCall& call);
  std::uint64_t steady_clock_ns(const SurfaceCall& call);
  std::uint64_t processor_clock_ns(const SurfaceCall& call);
  void sleep(const SurfaceCall& call, std::uint64_t ns);
  /// Until the wall clock, or the steady one, shows that time.
  void sleep_until_wall(const SurfaceCall& call, std::uint64_t ns);
  void sleep_until_steady(const SurfaceCall& call, std::uint64_t ns);
  void fill(const SurfaceCall& call, std::span<std::byte> bytes);
  /// True once a run, before the first number of a sequence: the C library's state is another
  /// run's.
  bool begins_sequence(const SurfaceCall& call);
  /// Only tells.
  void asks(Kind kind, const SurfaceCall& call);
  /// Only tells, and only if the line that calls is the user's own: the harness and its libraries
  /// ask, too.
  void asks_directly(Kind kind, const SurfaceCall& call);
  /// Whether something that the world cannot have is to be refused, after it was told.
  bool refuses(Kind kind, const SurfaceCall& call);

 private:
  bool is_first(Kind kind);
  void tell(Kind kind, const SurfaceCall& call);
  ShownPlace place_of(const SurfaceCall& call);
  std::uint64_t reading_ns(const SurfaceCall& call);

  World& world_;
  std::uint32_t told_ = 0;  // a bit for each kind
  std::uint32_t salt_ = 0;
  std::uint64_t event_ = 0;     // in which the clock was read last
  std::uint64_t readings_ = 0;  // in that event
};

namespace internal {
/// Who answers this thread's calls now, or null: a function of the C library has no parameter to
/// find it by.
extern constinit thread_local Surfaces* surfaces;
/// True; in reprise::watch, so that whoever has watched code has the hooks, too.
extern const bool answers_time;
extern const bool answers_chance;
extern const bool answers_threads;
extern const bool answers_processes;
}  // namespace internal

}  // namespace reprise
