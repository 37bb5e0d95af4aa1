#include <reprise/replay/report/timeline/perfetto.h>

#include <fmt/format.h>
#include <reprise/replay/json/writer.h>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace reprise {

namespace {

using Layout = JsonWriter::Layout;

// One of `traceEvents`, with the fields that the format asks for.
struct PerfettoEvent {
  std::string_view phase;
  std::size_t moment = 0;
  std::size_t lane = 0;
  std::string name = {};
  std::string_view category = {};
  std::optional<std::uint64_t> duration = {};  // in microseconds, of an `X`
  std::optional<std::uint64_t> id = {};        // that pairs `b` with `e`, and `s` with `f`
  std::string detail = {};
};

class PerfettoWriter {
 public:
  explicit PerfettoWriter(const Timeline& timeline) : timeline_(timeline) {
    for (const TimelineEntry& entry : timeline.entries) add(entry);
    for (const TimelineWait& wait : timeline.waits) add(wait);
    for (std::size_t i = 0; i < timeline.ios.size(); ++i) add(timeline.ios[i], i + 1);
    for (const TimelineStore& store : timeline.stores) {
      events_.push_back({"i", store.moment, store.lane, store.text,
                         store.clashes ? "store that clashes" : "store"});
    }
    for (const TimelineDecision& decision : timeline.decisions) {
      events_.push_back({"i", decision.moment, decision.lane, decision.text,
                         decision.is_fault ? "fault" : "decision"});
    }
    // In the order of time; of one time, in the order that they were added in.
    std::ranges::stable_sort(events_, {}, &PerfettoEvent::moment);
  }

  std::string text() const {
    JsonWriter json;
    json.begin_object().field("displayTimeUnit", "ns").key("traceEvents").begin_list();
    for (std::size_t lane = 0; lane < timeline_.lanes.size(); ++lane) write_lane(json, lane);
    for (const PerfettoEvent& event : events_) write(json, event);
    json.end().end();
    return std::move(json).written();
  }

 private:
  void add(const TimelineEntry& entry) {
    events_.push_back({"X", entry.first, entry.lane, fmt::format("entry {}", entry.entry), "entry",
                       entry.last - entry.first + 1, std::nullopt,
                       fmt::format("entered at {}; {}", entry.state, entry.end)});
  }

  void add(const TimelineWait& wait) {
    if (wait.last <= wait.first + 1) return;
    events_.push_back({"X", wait.first + 1, wait.lane, "waits for " + wait.awaited, "wait",
                       wait.last - wait.first - 1});
  }

  void add(const TimelineIo& io, std::uint64_t id) {
    const std::size_t end = io.delivery.value_or(timeline_.moments.size() - 1);
    const std::string outcome = io.delivery ? io.outcome : "still in flight";
    events_.push_back({"b", io.submit, io.lane, io.name, "io", std::nullopt, id});
    events_.push_back({"e", end, io.lane, io.name, "io", std::nullopt, id, outcome});
    if (!io.re_entry) return;
    // A flow goes from slice to slice: from the entry that submitted to the one that goes on.
    events_.push_back({"s", io.submit, io.task_lane, io.name, "flow", std::nullopt, id});
    events_.push_back({"f", *io.re_entry, io.task_lane, io.name, "flow", std::nullopt, id});
  }

  void write_lane(JsonWriter& json, std::size_t lane) const {
    json.begin_object(Layout::line).field("ph", "M").field("name", "thread_name");
    json.field("pid", 1).field("tid", lane + 1).key("args").begin_object();
    json.field("name", fmt::format("{} {}", to_string(timeline_.lanes[lane].kind),
                                   timeline_.lanes[lane].name));
    json.end().end();
  }

  void write(JsonWriter& json, const PerfettoEvent& event) const {
    const TimelineEvent& happens = timeline_.events[timeline_.moments[event.moment].event];
    json.begin_object(Layout::line).field("ph", event.phase).field("ts", event.moment);
    if (event.duration) json.field("dur", *event.duration);
    json.field("pid", 1).field("tid", event.lane + 1).field("cat", event.category);
    json.field("name", event.name);
    if (event.id) json.field("id", fmt::to_string(*event.id));
    if (event.phase == "f") json.field("bp", "e");
    if (event.phase == "i") json.field("s", "t");
    json.key("args").begin_object().field("event", happens.number);
    json.field("time_ns", fmt::to_string(happens.time_ns));
    if (!event.detail.empty()) json.field("detail", event.detail);
    json.end().end();
  }

  const Timeline& timeline_;
  std::vector<PerfettoEvent> events_;
};

}  // namespace

std::string to_perfetto(const Timeline& timeline) { return PerfettoWriter(timeline).text(); }

}  // namespace reprise
