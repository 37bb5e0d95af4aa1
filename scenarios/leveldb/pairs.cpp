// Settings under which a power loss does harm, each beside one under which it does not. What
// LevelDB promises is in the comments of its options.h and in its documentation.
#include "scenarios/leveldb/workload.h"

namespace reprise::level_db {
namespace {

template <const Setting& setting>
void run(Sim& sim) {
  run_writes(sim, setting);
}
template <const Loading& loading>
void load(Sim& sim) {
  run_loading(sim, loading);
}

constexpr Setting safe;

constexpr Setting no_sync{.syncs = false};
CANARY("leveldb/sync-off", "durability", run<no_sync>, run<safe>);

/// The log to which LevelDB switches is synced, but its name is only with the next manifest.
constexpr Setting strict_names{.disk = {.syncs_names = false}};
CANARY("leveldb/strict-names", "durability", run<strict_names>, run<safe>);

/// With paranoid_checks, the torn end of a log counts as damage, and the database does not open.
constexpr Setting paranoid{.opening = {.is_paranoid = true}};
CANARY("leveldb/paranoid", "invariant", run<paranoid>, run<safe>);

/// A log and a manifest grow behind records that are durable, in the sector of the last of them.
constexpr Setting torn{.disk = {.syncs_names = true, .tears = true}};
CANARY("leveldb/torn-sector", "durability", run<torn>, run<safe>);

/// The log before a switch is never synced: later rows are durable, and its own are not.
constexpr Loading every_fourth;
constexpr Loading every_row{.sync_every = 1};
CANARY("leveldb/bulk-load-sync", "invariant", load<every_fourth>, load<every_row>);

}  // namespace
}  // namespace reprise::level_db
