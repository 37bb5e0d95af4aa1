// Search: looks for findings in the cases of one scenario, which are shared out among worker
// processes. It says which cases showed what; a triage makes reports of them. Unless time runs out,
// the number of workers changes neither the findings nor the number of runs. (Events, faults, goals
// and the counts of notes include what other workers had done by the time of the first finding.)
#pragma once

#include <reprise/replay/campaign/cases.h>
#include <reprise/replay/worker/worker.h>
#include <reprise/sim/finding.h>
#include <reprise/sim/operation/await_sites.h>

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace reprise {

/// Which cases are run.
struct CaseMix {
  bool sync = true;      // the cases of the base `sync`: its calm run and its sweep
  bool lazy = true;      // the cases of the base `lazy`
  bool sweeps = true;    // false: only the calm runs of the bases
  bool pairs = false;    // also plans at distance 2, unless one at distance 1 is deadly
  bool crashes = false;  // also every power loss, and all that it may leave
  std::uint64_t random_max = 0;
};

struct SearchProgress {
  std::uint64_t runs = 0;
  std::uint64_t runs_expected = 0;  // 0: not known
  std::uint64_t milliseconds = 0;
  std::uint64_t findings = 0;      // distinct ones
  bool is_worker_stopped = false;  // by SIGSTOP or the like
};

struct SearchOptions {
  CaseOptions cases;
  CaseMix mix;
  /// The cases that this search runs; the workers share these out among themselves.
  CaseShard shard;
  /// The limit for all kinds together, in all shards; random cases are left out first.
  std::uint64_t runs_max = UINT64_MAX;
  std::uint32_t workers = 1;
  /// The time budget. Each of the two sweeps gets up to a quarter of it; the sweeps get all of it
  /// if nothing comes after them.
  std::optional<std::uint64_t> milliseconds_max;
  /// Whether to fill SearchResult::points and reached, which costs every run a little.
  bool surveys = false;
  /// Whether to go on after the first case with a finding.
  bool keep_going = false;
  WorkerOptions worker;
  /// Workers that still run at this time of worker_clock_ms() are ended in the middle of their
  /// runs.
  std::uint64_t deadline_ms = UINT64_MAX;
  /// Says whether to stop: the search then lets current runs finish, if they do so shortly, and
  /// returns. May be empty.
  std::function<bool()> stopped;
  /// Called some twenty times a second; may be empty.
  std::function<void(const SearchProgress& progress)> on_progress;
};

/// The cases that showed the same finding.
struct Hit {
  Case first;  // the smallest
  std::uint64_t count = 0;
  std::string check;
  Finding finding;  // as some case showed it; nothing if the worker died
  /// How the worker ended, if it died; nothing for an ordinary finding.
  WorkerEnd end;
};

/// The cases that showed the same note; see Severity.
struct Noted {
  Case first;  // the smallest
  std::uint64_t count = 0;
  Finding note;  // as seen in it
};

struct SearchResult {
  std::uint64_t runs = 0;
  std::uint64_t failed = 0;  // of these
  std::uint64_t events = 0;
  std::uint64_t faults = 0;
  std::uint64_t power_losses = 0;
  std::uint64_t runs_twice = 0;  // those compared with a second run of the same plan
  std::uint64_t milliseconds = 0;
  std::map<std::string, Hit, std::less<>> hits;     // by signature
  std::map<std::string, Noted, std::less<>> notes;  // by signature
  std::map<std::string, bool, std::less<>> goals;   // by name: whether any run reached it
  Options options_asked;
  CaseShard shard;  // that was searched
  /// By kind: the number of cases, and the number there would be without a limit; of calm ones
  /// those of this shard, of others those of all shards. Random cases are not counted.
  std::array<std::uint64_t, case_kind_count> sizes{};
  std::array<std::uint64_t, case_kind_count> totals{};
  // Filled by a search that surveys.
  Points points;                   // that the sweeps of both bases cover
  std::set<SiteLocation> reached;  // await sites
  CrashCounts crashes;
  bool is_sweep_cut = false;  // time ran out before the end of a sweep
  bool is_time_over = false;  // time ran out before the last random case
  /// Every random case of this shard below this number was run before the time ran out; nothing if
  /// it did not.
  std::optional<std::uint64_t> random_until;
  bool is_stopped = false;  // because `stopped` said so
  /// Incidents of workers that are not findings, one sentence each.
  std::vector<std::string> remarks;
  /// Runs that were cut off in the middle, one sentence each.
  std::vector<std::string> cut_off;
  /// Why there is no result: the system refused to create processes. Empty if there is one.
  std::string failure;

  /// The position of a case in the order of the shard's cases, counted from 1.
  std::uint64_t ordinal_of(const Case& item) const;
};

SearchResult search(const Scenario& scenario, const SearchOptions& options);

}  // namespace reprise
