// The messages of a search's workers to their supervisor.
#pragma once

#include <reprise/replay/campaign/cases.h>
#include <reprise/replay/worker/message.h>
#include <reprise/sim/finding.h>
#include <reprise/sim/operation/await_sites.h>

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace reprise {

inline void fields(MessageArchive& archive, Case& item) { archive(item.kind, item.number); }

struct FindingSeen {
  Case item;
  std::string check;
  std::string signature;
  std::optional<Finding> finding;  // when this worker sees the signature for the first time
};
inline void fields(MessageArchive& archive, FindingSeen& seen) {
  archive(seen.item, seen.check, seen.signature, seen.finding);
}

/// Sent when this worker sees the note for the first time.
struct NoteSeen {
  Case item;
  Finding note;
};
inline void fields(MessageArchive& archive, NoteSeen& seen) { archive(seen.item, seen.note); }

struct NoteSeenAgain {
  std::string signature;
  std::uint64_t count = 0;  // since it was last told of
};
inline void fields(MessageArchive& archive, NoteSeenAgain& seen) {
  archive(seen.signature, seen.count);
}

struct GoalSeen {
  std::string name;
  bool is_reached = false;
};
inline void fields(MessageArchive& archive, GoalSeen& goal) { archive(goal.name, goal.is_reached); }

struct OptionAsked {
  std::string name;
  std::int64_t value = 0;
};
inline void fields(MessageArchive& archive, OptionAsked& option) {
  archive(option.name, option.value);
}

/// The number of cases of a kind, and the number there would be without a limit.
struct CasesCounted {
  CaseKind kind = CaseKind::calm;
  std::uint64_t size = 0;
  std::uint64_t total = 0;
  Points points;  // that a sweep looks at, in a search that surveys
};
inline void fields(MessageArchive& archive, CasesCounted& cases) {
  archive(cases.kind, cases.size, cases.total, cases.points);
}

struct SitesReached {
  std::vector<SiteLocation> sites;
};
inline void fields(MessageArchive& archive, SitesReached& reached) { archive(reached.sites); }

/// What the power losses of a worker's cases have looked at.
struct CrashesExplored {
  CrashCounts counts;
};
inline void fields(MessageArchive& archive, CrashesExplored& explored) {
  CrashCounts& counts = explored.counts;
  archive(counts.points, counts.explored, counts.represented, counts.left_out, counts.nested);
}

/// Time ran out before the end of a sweep.
struct SweepCut {};

/// Time ran out before the last random case.
struct TimeOver {
  std::uint64_t next = 0;  // the number of the first one that was not run
};
inline void fields(MessageArchive& archive, TimeOver& over) { archive(over.next); }

using SearchMessage = std::variant<FindingSeen, NoteSeen, NoteSeenAgain, GoalSeen, OptionAsked,
                                   CasesCounted, SitesReached, CrashesExplored, SweepCut, TimeOver>;

}  // namespace reprise
