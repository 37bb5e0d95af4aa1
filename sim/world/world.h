// World: everything that is simulated in one run. It begins and ends the run; its parts do the
// rest: the loop lets events happen, the driver drives operations, the devices do I/O, the checks
// watch. A world is reset in place between the runs of a campaign.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/sim/check/checks.h>
#include <reprise/sim/device/node.h>
#include <reprise/sim/evidence/declared.h>
#include <reprise/sim/evidence/resource_holders.h>
#include <reprise/sim/evidence/run_view.h>
#include <reprise/sim/surface/surfaces.h>
#include <reprise/sim/world/event_log.h>
#include <reprise/sim/world/event_loop.h>
#include <reprise/sim/world/operation_driver.h>
#include <reprise/sim/world/outcomes.h>
#include <reprise/sim/world/power.h>
#include <reprise/sim/world/turns.h>
#include <reprise/sim/world/world_host.h>
#include <reprise/sim/world/world_observer.h>

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

namespace reprise::internal {

class World final : private AtTheEnd {
 public:
  /// The parts that outlive a world that was left in the middle of a run.
  struct Lasting {
    Names names;
    DebugInfo debug_info;
  };

  explicit World(Lasting& lasting);
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  ~World() override;

  // A run, in this order. For the Runner.

  /// `scenario` is its name.
  void begin_run(std::string_view scenario, Strategy& strategy, const RunOptions& options);
  /// Called after the scenario's body has returned or thrown.
  void end_run(RunResult& result);
  /// Ends a run whose body was left on its fiber, with everything that it called; see
  /// leave_run_if_stopped(). This world can do no more. The scenario's objects are not destroyed,
  /// so the world must not be destroyed either.
  void end_left_run(RunResult& result);
  /// The fiber that the body runs on; null: it runs on the caller's stack.
  void set_run_fiber(Fiber* run) { run_fiber_ = run; }

  // What the scenario says; see sim.h.

  /// A task on this node, whose name is in front of the task's.
  Task& spawn(const Node& node, std::string_view name);
  void run_events();
  void survives(const Faults& faults);
  void quiet();
  void reset_globals(void (*reset)());
  void recovers(Node& node, std::function<void()> recovery, const DiskRules& disk);
  std::int64_t option(std::string_view name, std::int64_t otherwise);
  void reached(std::string_view goal);
  /// Must be called after something was added to what is declared.
  void claims_have_changed();

  // What happens.

  /// Reports that `where` threw, as a finding of `crash`.
  void report_exception(std::string_view where, std::exception_ptr failure);
  /// If the run has a finding and its own fiber, ends the run at once and does not return, because
  /// the code under test would do something undefined next.
  void leave_run_if_stopped();
  /// The task that has its turn has finished a completion, in a logged run: who waits for it may
  /// have been given something with it.
  void note_woken(const Completion& completion);

  // The parts.

  RunState& run() { return run_; }
  RunView& view() { return view_; }
  /// The node of this name, which is made at the first call. The first one has none.
  Node& node(std::string_view name = {});
  /// The node whose task has its turn; else the first.
  Node& node_here() { return *nodes_[host_.node_here()]; }
  Power& power() { return power_; }
  WorldHost& host() { return host_; }
  OperationDriver& driver() { return driver_; }
  Turns& turns() { return turns_; }
  Checks& checks() { return checks_; }
  EventLog& log() { return log_; }
  /// MemoryWatch::held() of the last run, when everything was gone. Empty unless the run came to
  /// its end, with all tasks done and no power lost, and has no finding.
  const std::vector<AllocatedBlock>& held() const { return held_; }
  WorldObserver& observer() { return observer_; }
  DebugInfo& debug_info() { return debug_info_; }
  MemoryWatch& memory() { return memory_; }
  Surfaces& surfaces() { return surfaces_; }

 private:
  void enter_once_more(Task& task, Check& check) override;
  std::vector<MemoryBlock> stacks_in_use() const override;

  void begin_events();
  void select_checks();
  /// Which kinds of decisions the faults that are survived allow.
  void choose_active();
  /// What `--set` makes of them.
  DiskRules rules_of(DiskRules rules);
  void keep_goals(RunResult& result) const;
  void take_result(RunResult& result);

  Names& names_;
  DebugInfo& debug_info_;
  RunState run_;
  Tasks tasks_;
  Declared declared_;
  SubmitPlaces submit_places_;
  PowerLosses power_losses_;
  Options options_asked_;
  std::vector<AllocatedBlock> held_;
  bool all_is_done_ = false;        // the run came to its end, and nobody was left in the middle
  std::vector<void (*)()> resets_;  // of globals, in this run

  WorldObserver observer_;
  MemoryWatch memory_;
  Surfaces surfaces_;
  Findings findings_;
  EventLog log_;
  WorldHost host_;
  Nodes nodes_;
  RunView view_;
  ResourceHolders holders_;
  Checks checks_;
  Outcomes outcomes_;
  EventLoop loop_;
  OperationDriver driver_;
  Turns turns_;
  Power power_;

  std::unique_ptr<Strategy> after_the_end_;  // decides after the end of a run, unrecorded
  Fiber* run_fiber_ = nullptr;
  std::uintptr_t scenario_frame_ = 0;  // on the stack of the run fiber
};

}  // namespace reprise::internal
