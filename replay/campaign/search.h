// Search: looks for findings in the cases of one scenario, shared out among worker processes. It
// says which cases showed what; an triage makes reports of them. Unless time runs out, how many
// workers there are changes neither what is found nor how many runs are counted. (Events, faults,
// goals and the counts of notes include what other workers had done by the time of the first
// finding.)
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
  bool sync = true;    // what starts from the base `sync`: its calm run and its sweep
  bool lazy = true;    // what starts from the base `lazy`
  bool sweeps = true;  // false: of the bases only the calm runs
  bool pairs = false;  // also what has distance 2, unless a plan at distance 1 is deadly
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
  /// The limit of all kinds together; the random ones give way.
  std::uint64_t runs_max = UINT64_MAX;
  std::uint32_t workers = 1;
  /// The two sweeps get up to a quarter of it each; all of it if nothing comes behind them.
  std::optional<std::uint64_t> milliseconds_max;
  /// Fills SearchResult::places and reached, which costs every run a little.
  bool surveys = false;
  /// Goes on after the first case with a finding.
  bool keep_going = false;
  WorkerOptions worker;
  /// Workers that are left at this time of worker_clock_ms() are ended in the middle of their runs.
  std::uint64_t deadline_ms = UINT64_MAX;
  /// Whether to finish the current runs, if they take no longer than a moment, and come back; may
  /// be empty.
  std::function<bool()> stopped;
  /// Called some twenty times a second; may be empty.
  std::function<void(const SearchProgress& progress)> on_progress;
};

/// Cases that showed the same.
struct Hit {
  Case first;  // the smallest
  std::uint64_t count = 0;
  std::string check;
  Finding finding;  // as seen in some case; nothing if the worker died of it
  /// How the worker ended that died of it; of an ordinary finding, nothing.
  WorkerEnd end;
};

/// Cases that were noted for the same; see Severity.
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
  std::uint64_t runs_twice = 0;  // compared with a second run of the same plan
  std::uint64_t milliseconds = 0;
  std::map<std::string, Hit, std::less<>> hits;     // by signature
  std::map<std::string, Noted, std::less<>> notes;  // by signature
  std::map<std::string, bool, std::less<>> goals;   // by name: whether any run reached it
  Options options_asked;
  /// By kind: cases that there are, and that there would be without a limit. Random ones are not
  /// counted.
  std::array<std::uint64_t, case_kind_count> sizes{};
  std::array<std::uint64_t, case_kind_count> totals{};
  // Filled by a search that surveys.
  Places places;                // that the sweeps look at, from either base
  std::set<SitePlace> reached;  // await sites
  bool is_sweep_cut = false;    // time ran out before the end of a sweep
  bool is_time_over = false;    // time ran out before the last random case
  bool is_stopped = false;      // because `stopped` said so
  /// A sentence each: what happened to workers, and is no finding.
  std::vector<std::string> remarks;
  /// A sentence each: runs that were cut off in their middle.
  std::vector<std::string> cut_off;
  /// Why there is no result, if there is none: the system gives us no processes.
  std::string failure;

  /// Which of all cases this is, in their order, counted from 1.
  std::uint64_t ordinal_of(const Case& item) const;
};

SearchResult search(const Scenario& scenario, const SearchOptions& options);

}  // namespace reprise
