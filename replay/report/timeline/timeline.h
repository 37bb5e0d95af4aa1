// Timeline: a run's events as a picture needs them: lanes, and on them entries, waits, I/Os, stores
// and faults. It is read from the words of the facts, so it can be made from a full trace as well.
//
//   Timeline timeline = timeline_of(report.history, report.finding);
//   std::string json = to_json(last_events(std::move(timeline), 10'000, 1'000'000));
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/sim/finding.h>
#include <reprise/sim/logged_event.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reprise {

enum class LaneKind : std::uint8_t { task, world, clock, file };
std::string_view to_string(LaneKind kind);

struct TimelineLane {
  LaneKind kind = LaneKind::task;
  std::string name;
};

/// One fact. Everything on the timeline begins and ends at moments, by their index.
struct TimelineMoment {
  std::size_t event = 0;  // index into Timeline::events
  std::string who;
  std::string what;
};

struct TimelineEvent {
  std::uint64_t number = 0;  // in the run, from 1; as `--break-at` takes it
  std::string identity;
  std::uint64_t time_ns = 0;
  std::string place = {};  // `src/pager.cpp:88`, where its task has yielded last; empty: not known
};

/// One entry of a machine. `first` and `last` are inclusive here and below.
struct TimelineEntry {
  std::size_t lane = 0;
  std::size_t first = 0;
  std::size_t last = 0;
  std::uint64_t operation = 0;  // counted per task, from 1
  std::uint64_t entry = 0;
  std::string state;  // where the machine stood when it was entered: `start`, or an await site
  std::string end;    // how the entry ended: `yields at ...`, `Done`, `Err EIO`
  bool is_final = false;
};

/// From a yield to the next entry.
struct TimelineWait {
  std::size_t lane = 0;
  std::size_t first = 0;
  std::size_t last = 0;
  std::string awaited;
};

struct TimelineIo {
  std::string name;  // `client/read(db)#1`
  std::size_t lane = 0;
  std::size_t task_lane = 0;
  std::size_t submit = 0;
  std::optional<std::size_t> effect = {};
  std::optional<std::size_t> delivery = {};  // or the fall of its node
  std::optional<std::size_t> re_entry = {};  // of the machine that waited for it
  std::string outcome = {};                  // `4 bytes`, `EIO`
  bool is_failed = false;
};

struct TimelineStore {
  std::size_t lane = 0;
  std::size_t moment = 0;
  std::uint64_t entry = 0;  // 0: made outside of entries
  std::string text;         // "`value` (+=): 0 -> 1"
  bool clashes = false;     // one of the stores that the finding is about
};

/// A decision that is not calm, or the fall of a node that one has led to.
struct TimelineDecision {
  std::size_t lane = 0;
  std::size_t moment = 0;
  std::string text;
  bool is_fault = false;
};

struct Timeline {
  std::vector<TimelineLane> lanes;  // tasks, the world, clocks, files; by first appearance
  std::vector<TimelineEvent> events;
  std::vector<TimelineMoment> moments;
  std::vector<TimelineEntry> entries;
  std::vector<TimelineWait> waits;
  std::vector<TimelineIo> ios;
  std::vector<TimelineStore> stores;
  std::vector<TimelineDecision> decisions;
  std::uint64_t events_before = 0;  // of the run, that are not shown
  std::string failure;              // the finding's check; empty: the run has no finding
};

/// The stores that clash are those that a double mutation's evidence names.
Timeline timeline_of(const std::vector<LoggedEvent>& events, const Finding& finding);

/// Only the last events, at most `events_max`, whose moments have together at most `bytes_max`
/// bytes of text, at least one; a run ends where it fails. What began before them begins with them.
Timeline last_events(Timeline timeline, std::size_t events_max, std::size_t bytes_max);

/// One JSON object, `"format": "reprise-timeline/1"`; docs/TIMELINE.md describes it. The words of
/// the moments are not in it: who shows the timeline has them in a table.
std::string to_json(const Timeline& timeline);

}  // namespace reprise
