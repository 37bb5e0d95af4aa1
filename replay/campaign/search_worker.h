// The worker's side of a search: runs a share of the cases and tells the supervisor what it saw,
// in the messages of search_message.h.
#pragma once

#include <reprise/replay/campaign/search.h>
#include <reprise/replay/worker/worker.h>

#include <array>
#include <cstddef>
#include <cstdint>

namespace reprise {

/// Stands in place of a case's number while the sweep is made from a run of its base.
inline constexpr std::uint64_t preparing = (std::uint64_t{1} << 56) - 1;

/// The indexes of WorkerPage's counters. The last counter is the packed case from which a
/// replacement of this worker would continue; 0: no case was begun.
namespace search_counter {
enum SearchCounter : std::size_t {
  runs,
  failed,
  events,
  faults,
  power_losses,
  runs_twice,
  next_case
};
}  // namespace search_counter

inline constexpr std::array case_kinds = {
    CaseKind::calm,       CaseKind::sweep_sync,   CaseKind::sweep_lazy,   CaseKind::pairs_sync,
    CaseKind::pairs_lazy, CaseKind::crashes_sync, CaseKind::crashes_lazy, CaseKind::random};
inline std::size_t index_of(CaseKind kind) { return static_cast<std::size_t>(kind); }

std::uint64_t calm_count(const CaseMix& mix);

/// A worker's part of its shard's cases: every `of`-th of all, from `index` on.
struct SearchShare {
  std::uint32_t index = 0;
  std::uint32_t of = 1;
  Case from;
  /// The bases whose calm run is deadly: neither that run nor the base's sweep is run again.
  bool skip_sync = false;
  bool skip_lazy = false;
  bool skip_pairs = false;  // a plan at distance 1 is deadly
  std::uint64_t begun_ms = 0;
};

/// Runs in a worker. It stops before the case in the page's `stop_before`.
void search_share(const Scenario& scenario, const SearchOptions& options, const SearchShare& share,
                  WorkerPort& port);

}  // namespace reprise
