// Power: lets nodes fall and start again. Before an event it decides whether the event's node loses
// its power, or its process ends. Then nothing of the node's code is left but what its disk has
// kept, and the scenario recovers it; other nodes go on.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/sim/check/checks.h>
#include <reprise/sim/device/node.h>
#include <reprise/sim/evidence/declared.h>
#include <reprise/sim/evidence/power_losses.h>
#include <reprise/sim/operation/tasks.h>
#include <reprise/sim/surface/surfaces.h>
#include <reprise/sim/world/event_log.h>
#include <reprise/sim/world/power_switch.h>
#include <reprise/sim/world/turns.h>

#include <cstdint>
#include <functional>
#include <string>
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
    Surfaces& surfaces;
    Checks& checks;
    EventLog& log;
    Declared& declared;
    PowerLosses& losses;
    OperationDriver& driver;
    Turns& turns;
    const Findings& findings;
    const Nodes& nodes;
    std::function<Task&(Node& node, std::string_view name)> spawn;
    std::function<bool()> run_to_the_end;
  };
  explicit Power(Parts parts) : parts_(std::move(parts)) {}

  bool falls_before(const Event& event) override;
  bool falls_at_end() override;
  /// No faults from now on, not even when a recovery under way has ended.
  void be_quiet() { active_ &= ~fault_kinds; }

  // What a task of another node does to a node, in its turn.

  void kill(Node& node);
  /// The node may be down already.
  void cut_power(Node& node);
  /// REQUIRES: the node is down.
  void restart(Node& node);

 private:
  /// How often a node falls by decisions in one run, at most: while it recovers, too.
  static constexpr std::uint32_t falls_max = 3;
  enum class Fall : std::uint8_t { none, power, process };

  NodeId node_of(const Event& event) const;
  NameId name_in(const Node& node, std::string_view part) const;
  Fall decide_fall(Node& node, const Identity& at);
  /// The node falls as decided, and starts again.
  void fall(Node& node, Fall how);
  void take_down(Node& node, Fall how);
  void end_tasks(const Node& node);
  void end_everything(const Node& node);
  /// Decides what survives a power loss.
  void let_survive(Node& node);
  /// Lets the scenario's recovery run as a task.
  void begin_recovery(Node& node);
  void recover(Node& node);
  /// A recovery has begun or ended.
  void look_at_recoveries();
  /// Whether this is the node without a name, and the scenario has no other.
  bool is_alone(const Node& node) const;
  /// Begins the recovery again and again, each time from this power loss.
  void recover_often(Node& node, RecoveryBranches& branches);
  void log(const Node& node, std::string who, std::string_view what) const;

  Parts parts_;
  DecisionKinds active_ = 0;  // of the run, while a node recovers
};

}  // namespace reprise
