#include <reprise/replay/report/timeline/timeline.h>

#include <fmt/format.h>
#include <reprise/replay/json/writer.h>
#include <reprise/replay/text/units.h>

namespace reprise {

namespace {

using Layout = JsonWriter::Layout;

void write_optional(JsonWriter& json, std::string_view name,
                    const std::optional<std::size_t>& moment) {
  if (moment) json.field(name, *moment);
}

void write_flag(JsonWriter& json, std::string_view name, bool value) {
  if (value) json.key(name).boolean(true);
}

void write_lanes(JsonWriter& json, const Timeline& timeline) {
  json.key("lanes").begin_list();
  for (const TimelineLane& lane : timeline.lanes) {
    json.begin_object(Layout::line).field("kind", to_string(lane.kind));
    json.field("name", lane.name).end();
  }
  json.end();
}

void write_events(JsonWriter& json, const Timeline& timeline) {
  std::vector<std::size_t> moments(timeline.events.size());
  for (const TimelineMoment& moment : timeline.moments) ++moments[moment.event];
  json.key("events").begin_list();
  for (std::size_t i = 0; i < timeline.events.size(); ++i) {
    const TimelineEvent& event = timeline.events[i];
    json.begin_object(Layout::line).field("number", event.number).field("id", event.identity);
    json.field("time_ns", fmt::to_string(event.time_ns)).field("time", shown_time(event.time_ns));
    json.field("moments", moments[i]);
    if (!event.place.empty()) json.field("place", event.place);
    json.end();
  }
  json.end();
}

void write_entries(JsonWriter& json, const Timeline& timeline) {
  json.key("entries").begin_list();
  for (const TimelineEntry& entry : timeline.entries) {
    json.begin_object(Layout::line).field("lane", entry.lane).field("first", entry.first);
    json.field("last", entry.last).field("operation", entry.operation);
    json.field("entry", entry.entry).field("state", entry.state).field("end", entry.end);
    write_flag(json, "final", entry.is_final);
    json.end();
  }
  json.end().key("waits").begin_list();
  for (const TimelineWait& wait : timeline.waits) {
    json.begin_object(Layout::line).field("lane", wait.lane).field("first", wait.first);
    json.field("last", wait.last).field("for", wait.awaited).end();
  }
  json.end();
}

void write_ios(JsonWriter& json, const Timeline& timeline) {
  json.key("ios").begin_list();
  for (const TimelineIo& io : timeline.ios) {
    json.begin_object(Layout::line).field("name", io.name).field("lane", io.lane);
    json.field("task_lane", io.task_lane).field("submit", io.submit);
    write_optional(json, "effect", io.effect);
    write_optional(json, "delivery", io.delivery);
    write_optional(json, "re_entry", io.re_entry);
    if (!io.outcome.empty()) json.field("outcome", io.outcome);
    write_flag(json, "failed", io.is_failed);
    json.end();
  }
  json.end();
}

void write_marks(JsonWriter& json, const Timeline& timeline) {
  json.key("stores").begin_list();
  for (const TimelineStore& store : timeline.stores) {
    json.begin_object(Layout::line).field("lane", store.lane).field("moment", store.moment);
    json.field("entry", store.entry).field("text", store.text);
    write_flag(json, "clashes", store.clashes);
    json.end();
  }
  json.end().key("decisions").begin_list();
  for (const TimelineDecision& decision : timeline.decisions) {
    json.begin_object(Layout::line).field("lane", decision.lane);
    json.field("moment", decision.moment).field("text", decision.text);
    write_flag(json, "fault", decision.is_fault);
    json.end();
  }
  json.end();
}

}  // namespace

std::string_view to_string(LaneKind kind) {
  switch (kind) {
    case LaneKind::task: return "task";
    case LaneKind::world: return "world";
    case LaneKind::clock: return "clock";
    case LaneKind::file: return "file";
  }
  return "";
}

std::string to_json(const Timeline& timeline) {
  JsonWriter json;
  json.begin_object().field("format", "reprise-timeline/1");
  json.field("failure", timeline.failure).field("events_before", timeline.events_before);
  write_lanes(json, timeline);
  write_events(json, timeline);
  write_entries(json, timeline);
  write_ios(json, timeline);
  write_marks(json, timeline);
  return std::move(json.end()).written();
}

}  // namespace reprise
