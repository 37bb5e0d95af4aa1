#include <reprise/replay/report/timeline/timeline.h>

#include <fmt/format.h>
#include <reprise/replay/report/event_facts.h>
#include <reprise/replay/report/timeline/fact_words.h>
#include <reprise/replay/report/timeline/lanes.h>
#include <reprise/sim/check_names.h>
#include <reprise/sim/plan/identity.h>

#include <algorithm>
#include <map>
#include <utility>

namespace reprise {

namespace {

// What is known of a task while its facts are read.
struct TaskState {
  std::string node;
  std::uint64_t operation = 0;
  std::optional<std::size_t> entry;  // that is under way
  std::optional<std::size_t> wait;   // that is under way
  std::optional<std::size_t> awaited_io;
  std::optional<std::size_t> delivered_io;  // since the last entry; the last one
  std::string state = "start";
};

std::string place_of(const LoggedEvent& event) {
  return event.file.empty() ? std::string() : fmt::format("{}:{}", event.file, event.line);
}

class TimelineBuilder {
 public:
  Timeline build(const std::vector<LoggedEvent>& events, const Finding& finding) && {
    timeline_.failure = finding.check;
    for (const LoggedEvent& event : events) add_event(event);
    if (timeline_.moments.empty()) return std::move(timeline_);
    for (auto& [lane, task] : tasks_) close(task, timeline_.moments.size() - 1);
    if (finding.check == check_name::double_mutation) mark_clash(finding.evidence);
    lanes_.sort(timeline_);
    return std::move(timeline_);
  }

 private:
  std::size_t now() const { return timeline_.moments.size() - 1; }

  void add_event(const LoggedEvent& event) {
    const std::size_t index = timeline_.events.size();
    timeline_.events.push_back({index + 1, event.identity, event.time_ns, place_of(event)});
    const std::optional<IdentityText> identity = parse_identity(event.identity);
    const bool is_event = identity && identity->kind.is_event();
    turn_of_.reset();
    if (is_event && identity->kind.event() == EventKind::turn) {
      turn_of_ = lanes_.task(identity->name.substr(0, identity->name.find('/')));
    }
    for (const LoggedFact& fact : facts_of(event)) {
      timeline_.moments.push_back({index, fact.who, fact.predicate()});
      add_fact(fact);
    }
    if (is_event && identity->kind.event() == EventKind::effect) {
      io_named(fmt::format("{}#{}", identity->name, identity->ordinal)).effect = now();
    }
  }

  void add_fact(const LoggedFact& fact) {
    if (fact.who == "plan") return add_decision(fact.what);
    if (const std::optional<IoEndWords> end = io_end_in(fact.what)) return add_io_end(*end);
    if (fact.what.ends_with(effect_words)) return;
    if (const std::optional<std::string> node = fallen_node_in(fact)) return fall(fact, *node);
    if (fact.who.empty() && !fact.io.empty()) return submit(lanes_.world("scenario"), fact.io);
    // A device may say something of itself.
    const bool is_task = lanes_.find_task(fact.who) || !fact.io.empty() || entry_in(fact.what);
    if (is_task) add_task_fact(fact);
  }

  void add_task_fact(const LoggedFact& fact) {
    const std::size_t lane = lanes_.task(fact.who);
    TaskState& task = tasks_[lane];
    task.node = node_of(fact.who);
    if (const std::optional<std::uint64_t> entry = entry_in(fact.what)) {
      begin_entry(lane, task, *entry);
    } else if (const std::optional<YieldWords> yields = yield_in(fact.what)) {
      yield(lane, task, fact, *yields);
    } else if (const std::optional<std::string> end = operation_end_in(fact.what)) {
      end_operation(task, *end);
    } else if (!fact.io.empty()) {
      submit(lane, full_io_name(fact.who, fact.io));
    } else if (const std::optional<std::string> store = store_in(fact.what)) {
      const std::uint64_t number = task.entry ? timeline_.entries[*task.entry].entry : 0;
      timeline_.stores.push_back({lane, now(), number, *store, false});
    }
  }

  // All that was under way on the node ends.
  void fall(const LoggedFact& fact, const std::string& node) {
    const std::size_t world = lanes_.world(fact.who);
    timeline_.decisions.push_back({world, now(), fact.who + ' ' + fact.what, true});
    for (auto& [lane, task] : tasks_) {
      if (task.node == node) close(task, now());
    }
    for (TimelineIo& io : timeline_.ios) {
      if (io.delivery || node_of(io.name) != node) continue;
      io.delivery = now();
      io.outcome = fact.who + ' ' + fact.what;
      io.is_failed = true;
    }
  }

  void begin_entry(std::size_t lane, TaskState& task, std::uint64_t entry) {
    close(task, now());
    if (entry == 1) {
      ++task.operation;
      task.state = "start";
      task.awaited_io.reset();
      task.delivered_io.reset();
    }
    task.entry = timeline_.entries.size();
    timeline_.entries.push_back(
        {lane, now(), now(), task.operation, entry, task.state, "the run ends here", false});
    if (entry > 1) re_enter(task);
  }

  // The I/O that was waited for; else, for a group and the like, the task's last to be delivered.
  void re_enter(TaskState& task) {
    const std::optional<std::size_t> io = task.awaited_io ? task.awaited_io : task.delivered_io;
    if (io && timeline_.ios[*io].delivery) timeline_.ios[*io].re_entry = now();
    task.awaited_io.reset();
    task.delivered_io.reset();
  }

  void yield(std::size_t lane, TaskState& task, const LoggedFact& fact, const YieldWords& yields) {
    if (task.entry) {
      TimelineEntry& entry = timeline_.entries[*task.entry];
      entry.last = now();
      entry.end = fact.what;
      task.entry.reset();
    }
    task.state = yields.site.empty() ? "an explicit yield" : yields.site;
    task.wait = timeline_.waits.size();
    timeline_.waits.push_back({lane, now(), now(), yields.awaited});
    const auto io = io_indices_.find(full_io_name(fact.who, yields.awaited));
    if (io != io_indices_.end()) task.awaited_io = io->second;
  }

  void end_operation(TaskState& task, const std::string& how) {
    if (task.entry) {
      TimelineEntry& entry = timeline_.entries[*task.entry];
      entry.end = how;
      entry.is_final = true;
    }
    close(task, now());
    task.state = "start";
  }

  void close(TaskState& task, std::size_t at) {
    if (task.entry) timeline_.entries[*task.entry].last = at;
    if (task.wait) timeline_.waits[*task.wait].last = at;
    task.entry.reset();
    task.wait.reset();
  }

  void submit(std::size_t lane, const std::string& name) {
    io_indices_.insert_or_assign(name, timeline_.ios.size());
    timeline_.ios.push_back(
        {.name = name, .lane = lanes_.of_io(name), .task_lane = lane, .submit = now()});
  }

  // One that was not submitted in a logged event has been in flight from the beginning.
  TimelineIo& io_named(const std::string& name) {
    const auto known = io_indices_.find(name);
    if (known != io_indices_.end()) return timeline_.ios[known->second];
    submit(lanes_.task(name.substr(0, name.find('/'))), name);
    timeline_.ios.back().submit = 0;
    return timeline_.ios.back();
  }

  void add_io_end(const IoEndWords& end) {
    TimelineIo& io = io_named(end.io);
    io.delivery = now();
    io.outcome = end.outcome;
    io.is_failed = end.is_failed;
    tasks_[io.task_lane].delivered_io = io_indices_.at(end.io);
  }

  void add_decision(const std::string& what) {
    const DecisionWords words = decision_in(what);
    std::size_t lane = turn_of_.value_or(0);
    const auto io = io_indices_.find(words.point);
    if (io != io_indices_.end()) {
      lane = timeline_.ios[io->second].lane;
    } else if (const auto task = lanes_.find_task(words.point.substr(0, words.point.find('/')))) {
      lane = *task;
    } else if (!turn_of_) {
      lane = lanes_.world("plan");
    }
    timeline_.decisions.push_back({lane, now(), what, words.is_fault});
  }

  // The evidence has the task, and a line for each of the two entries. A store that the log does
  // not have, as of memory that the store watch saw, is put at the entry's beginning.
  void mark_clash(const std::vector<std::string>& evidence) {
    std::optional<std::size_t> lane;
    for (const std::string& line : evidence) {
      if (const std::optional<std::string> task = task_in(line)) lane = lanes_.find_task(*task);
      const std::optional<EntryWords> store = evidence_store_in(line);
      if (lane && store) mark_store(*lane, *store);
    }
  }

  void mark_store(std::size_t lane, const EntryWords& evidence) {
    const auto entry = std::find_if(timeline_.entries.rbegin(), timeline_.entries.rend(),
                                    [&](const TimelineEntry& each) {
                                      return each.lane == lane && each.entry == evidence.entry;
                                    });
    if (entry == timeline_.entries.rend()) return;
    for (TimelineStore& store : timeline_.stores) {
      const bool is_in =
          store.lane == lane && store.moment >= entry->first && store.moment <= entry->last;
      if (!is_in || !is_same_store(store.text, evidence.what)) continue;
      store.clashes = true;
      return;
    }
    timeline_.stores.push_back({lane, entry->first, evidence.entry, evidence.what, true});
  }

  Timeline timeline_;
  TimelineLanes lanes_;
  std::map<std::size_t, TaskState> tasks_;  // by lane
  std::map<std::string, std::size_t, std::less<>> io_indices_;
  std::optional<std::size_t> turn_of_;  // the lane of the task whose turn the event is
};

// Moves what lies on moments from `first` on to the beginning, and drops what ends before.
template <class Span>
void cut_spans(std::vector<Span>& spans, std::size_t first) {
  std::erase_if(spans, [&](const Span& span) { return span.last < first; });
  for (Span& span : spans) {
    span.first = std::max(span.first, first) - first;
    span.last -= first;
  }
}

template <class Point>
void cut_points(std::vector<Point>& points, std::size_t first) {
  std::erase_if(points, [&](const Point& point) { return point.moment < first; });
  for (Point& point : points) point.moment -= first;
}

void cut_ios(std::vector<TimelineIo>& ios, std::size_t first) {
  std::erase_if(ios, [&](const TimelineIo& io) {
    return io.delivery && std::max(*io.delivery, io.re_entry.value_or(0)) < first;
  });
  const auto moved = [&](std::optional<std::size_t>& moment) {
    if (moment) moment = std::max(*moment, first) - first;
  };
  for (TimelineIo& io : ios) {
    io.submit = std::max(io.submit, first) - first;
    moved(io.effect);
    moved(io.delivery);
    moved(io.re_entry);
  }
}

}  // namespace

Timeline timeline_of(const std::vector<LoggedEvent>& events, const Finding& finding) {
  return TimelineBuilder().build(events, finding);
}

Timeline last_events(Timeline timeline, std::size_t events_max, std::size_t bytes_max) {
  constexpr std::size_t row_bytes = 100;  // of what stands around a moment's words
  if (timeline.moments.empty()) return timeline;
  std::size_t first = timeline.moments.size() - 1;
  for (std::size_t bytes = 0; first > 0; --first) {
    const TimelineMoment& moment = timeline.moments[first - 1];
    bytes += moment.who.size() + moment.what.size() + row_bytes;
    if (timeline.events.size() - moment.event > events_max || bytes > bytes_max) break;
  }
  if (first == 0) return timeline;
  const std::size_t first_event = timeline.moments[first].event;
  timeline.events_before = first_event;
  timeline.events.erase(timeline.events.begin(),
                        timeline.events.begin() + static_cast<std::ptrdiff_t>(first_event));
  timeline.moments.erase(timeline.moments.begin(),
                         timeline.moments.begin() + static_cast<std::ptrdiff_t>(first));
  for (TimelineMoment& moment : timeline.moments) moment.event -= first_event;
  cut_spans(timeline.entries, first);
  cut_spans(timeline.waits, first);
  cut_points(timeline.stores, first);
  cut_points(timeline.decisions, first);
  cut_ios(timeline.ios, first);
  return timeline;
}

}  // namespace reprise
