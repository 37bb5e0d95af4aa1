// Power: decides whether the power is lost before an event. If it is, nothing of the code under
// test is left but what the disk has kept, and the scenario recovers.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/sim/check/checks.h>
#include <reprise/sim/device/disk/disk_device.h>
#include <reprise/sim/evidence/declared.h>
#include <reprise/sim/evidence/power_losses.h>
#include <reprise/sim/operation/tasks.h>
#include <reprise/sim/surface/parking.h>
#include <reprise/sim/world/event_log.h>
#include <reprise/sim/world/power_switch.h>
#include <reprise/sim/world/turns.h>

#include <cstdint>
#include <functional>
#include <string_view>
#include <utility>

namespace reprise {

class RecoveryBranches;

class Power final : public PowerSwitch {
 public:
  struct Parts {
    RunState& run;
    Names& names;
    Tasks& tasks;
    DeviceHost& devices;
    Parking& parking;
    Checks& checks;
    EventLog& log;
    Declared& declared;
    PowerLosses& losses;
    OperationDriver& driver;
    Turns& turns;
    const Findings& findings;
    std::function<DiskDevice&()> disk;
    std::function<Task&(std::string_view name)> spawn;
    std::function<bool()> run_to_the_end;
  };
  explicit Power(Parts parts) : parts_(std::move(parts)) {}

  bool is_lost_before(const Event& event) override;
  bool is_lost_at_end() override;
  void lose() override;
  /// No faults from now on, not even when a recovery under way has ended.
  void be_quiet() { active_ &= ~fault_kinds; }

 private:
  /// How often the power is lost in one run, at most: while the code under test recovers, too.
  static constexpr std::uint32_t losses_max = 3;

  void end_tasks();
  void end_everything();
  /// Decides what survives, and lets the scenario's recovery run as a task.
  void begin_recovery();
  void recover();
  /// Begins the recovery again and again, each time from this power loss.
  void recover_often(RecoveryBranches& branches);

  Parts parts_;
  DecisionKinds active_ = 0;  // of the run, while it recovers
};

}  // namespace reprise
