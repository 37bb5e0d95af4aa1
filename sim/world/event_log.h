// EventLog: what is kept of the events of a run: their digest always, and who did what in them if
// the run is logged.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/sim/logged_event.h>
#include <reprise/sim/operation/run_state.h>
#include <reprise/sim/plan/names.h>

#include <string_view>
#include <vector>

namespace reprise {

class EventLog {
 public:
  EventLog(const RunState& run, Names& names) : run_(run), names_(names) {}

  void begin_run() { events_.clear(); }
  void event_begins(const Event& event);
  /// `site`: where the task whose turn it was has yielded last, or null.
  void event_ends(const AwaitSite* site);
  /// Logs, in the event under way, what the task that has its turn does. `text` makes a sentence
  /// after the task's name.
  void note(std::string_view text);
  /// Logs what something does: a task, a device, the plan; see LoggedFact.
  void note(std::string_view who, std::string_view text, std::string_view io = {});
  std::vector<LoggedEvent> take();

 private:
  const RunState& run_;
  Names& names_;
  std::vector<LoggedEvent> events_;
};

}  // namespace reprise
