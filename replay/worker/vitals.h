// The vital signs of worker processes, and the verdicts on them. Whether a worker hangs is decided
// by its processor time and its time asleep, never by the wall clock alone, because a good run may
// take long on a busy machine.
#pragma once

#include <cstdint>
#include <optional>

namespace reprise {

struct VitalSigns {
  std::uint64_t heartbeats = 0;
  std::uint64_t processor_ms = 0;
  std::uint64_t memory_bytes = 0;  // resident and private
  /// As /proc has it: R runs or wants to, S sleeps, D waits for a disk, T is stopped, t is held by
  /// a debugger.
  char state = 'R';
};

/// Reads the vital signs of the process `pid`, except for `heartbeats`; nothing if the system does
/// not tell.
std::optional<VitalSigns> vital_signs_of(int pid);

/// Judges one worker by a series of vital signs.
class Watchdog {
 public:
  enum class Verdict : std::uint8_t {
    fine,
    computes,     // it computes for too long without a heartbeat
    sleeps,       // it sleeps for too long without a heartbeat
    is_stopped,   // it has been stopped for too long
    is_too_large  // it uses too much memory
  };

  Watchdog(std::uint64_t silent_ms_max, std::uint64_t memory_bytes_max)
      : silent_ms_max_(silent_ms_max), memory_bytes_max_(memory_bytes_max) {}

  /// `passed_ms` is the time since the last look.
  Verdict look(const VitalSigns& signs, std::uint64_t passed_ms);

  /// The processor time and time asleep since the last heartbeat.
  std::uint64_t silent_ms() const { return computed_ms() + asleep_ms_; }
  std::uint64_t stopped_ms() const { return stopped_ms_; }
  std::uint64_t memory_bytes() const { return last_.memory_bytes; }

 private:
  std::uint64_t computed_ms() const { return last_.processor_ms - processor_ms_at_beat_; }

  std::uint64_t silent_ms_max_;
  std::uint64_t memory_bytes_max_;
  VitalSigns last_;
  std::uint64_t processor_ms_at_beat_ = 0;
  std::uint64_t asleep_ms_ = 0;
  std::uint64_t stopped_ms_ = 0;
};

/// A memory limit for each of `workers` processes that keeps the machine from running out of
/// memory, and that correct code rarely reaches.
std::uint64_t default_memory_bytes_max(std::uint32_t workers);

}  // namespace reprise
