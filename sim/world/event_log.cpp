#include <reprise/sim/world/event_log.h>

#include <reprise/sim/operation/task.h>
#include <reprise/sim/plan/identity.h>

#include <utility>

namespace reprise {

void EventLog::event_begins(const Event& event) {
  events_.push_back({to_string(names_, event.identity), {}, run_.now.ns, 0});
}

void EventLog::event_ends(const AwaitSite* site) {
  LoggedEvent& event = events_.back();
  event.site = site;
  if (site != nullptr) {
    event.file = site->file;
    event.line = site->line;
  }
  event.time_ns = run_.now.ns;
  event.digest = run_.digest;
}

void EventLog::note(std::string_view text) { note(names_.text(context_name(run_, names_)), text); }

void EventLog::note(std::string_view who, std::string_view text, std::string_view io) {
  if (!events_.empty()) events_.back().facts.push_back(logged_fact(who, text, io));
}

std::vector<LoggedEvent> EventLog::take() { return std::exchange(events_, {}); }

}  // namespace reprise
