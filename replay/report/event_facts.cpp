#include <reprise/replay/report/event_facts.h>

#include <fmt/format.h>
#include <reprise/sim/plan/identity.h>

#include <optional>
#include <string>

namespace reprise {

namespace {

LoggedFact fact_of(const std::string& identity) {
  const std::optional<IdentityText> event = parse_identity(identity);
  if (!event || !event->kind.is_event()) return {"", identity};
  const std::string io = fmt::format("{}#{}", event->name, event->ordinal);
  switch (event->kind.event()) {
    case EventKind::delivery: return {"disk", io + " finishes"};
    case EventKind::effect: return {"disk", io + " takes effect"};
    case EventKind::fire: return {"clock", io + " fires"};
    case EventKind::turn: break;
  }
  const std::size_t slash = event->name.find('/');
  const std::string who(event->name.substr(0, slash));
  if (slash == std::string::npos) return {who, "begins"};
  return {who, "goes on after " + io.substr(slash + 1)};
}

}  // namespace

std::vector<LoggedFact> facts_of(const LoggedEvent& event) {
  return event.facts.empty() ? std::vector{fact_of(event.identity)} : event.facts;
}

}  // namespace reprise
