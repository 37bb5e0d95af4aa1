// WorldHost: the DeviceHost of a World. It names I/Os and lets the checks and the log know what
// becomes of them.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/sim/check/checks.h>
#include <reprise/sim/device/device_host.h>
#include <reprise/sim/evidence/run_view.h>
#include <reprise/sim/evidence/submissions.h>
#include <reprise/sim/world/event_log.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace reprise {

class WorldHost final : public DeviceHost {
 public:
  struct Parts {
    RunState& run;
    Names& names;
    MemoryWatch& memory;
    DebugInfo& debug_info;
    EventLog& log;
    Checks& checks;
    RunView& view;
    SubmitPlaces& submit_places;
  };
  explicit WorldHost(const Parts& parts)
      : DeviceHost(parts.run, parts.names, parts.memory), parts_(parts) {}

  void begin_run() {
    workload_.clear();
    submissions_.begin_run();
  }
  /// The workload choices other than 0 of this run, or of the last.
  const std::vector<RecordedDecision>& workload() const { return workload_; }
  /// The submissions of this run, or of the last.
  Submissions& submissions() { return submissions_; }

  void io_hit(const Identity& io) override;
  void flight_begins(const InFlight& flight) override;
  void buffer_changed(const SubmittedIO& io, std::optional<std::uint64_t> first_byte) override;
  void flight_ends(std::uint32_t world_slot) override;
  void io_moved(const SubmittedIO& io, const MovedBytes& moved,
                const Completion& completion) override;
  void io_failed(const SubmittedIO& io, const Completion& completion) override;

 private:
  void tell_submitted(const SubmittedIO& io, const Completion& completion) override;
  bool listens_to_flights() const override;
  bool listens_to_moved_bytes() const override;
  bool listens_to_changed_buffers() const override;
  void decided(const RecordedDecision& decision, std::uint64_t key) override;
  std::uint32_t tell_begins(const SubmittedIO& io, std::span<const Buffer> buffers) override;
  void log_end(const Device& device, const Identity& io, IOError error,
               std::uint64_t bytes) override;
  void log_cancel(const Identity& io, bool is_late) override;
  NameId name_of_io(IOKind kind, std::string_view path, std::uint32_t index) override;
  std::string_view path_here(std::uint32_t index);
  /// An entry has submitted more than it may; this is the last.
  void tell_of_too_many(const Identity& io);
  void keep_submission(const SubmittedIO& io, std::uint32_t operation,
                       std::span<const Buffer> buffers);

  Parts parts_;
  std::vector<RecordedDecision> workload_;
  Submissions submissions_;
};

}  // namespace reprise
