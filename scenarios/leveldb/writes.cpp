// LevelDB under the settings for which its documentation promises that a power loss does no harm,
// and beside each of them one for which it does not.
#include "scenarios/leveldb/workload.h"

#include <cstdint>

namespace reprise::level_db {
namespace {

/// `--set sync=`, `reuse-logs=` and so on choose among the settings; the table of docs/DISK.md is
/// made with it.
SCENARIO("leveldb/writes") {
  Setting setting;
  setting.syncs = sim.option("sync", 1) != 0;
  setting.opening.reuses_logs = sim.option("reuse-logs", 0) != 0;
  setting.opening.is_paranoid = sim.option("paranoid", 0) != 0;
  setting.keeps_writes = sim.option("keeps-writes", 1) != 0;
  setting.clients = static_cast<std::uint32_t>(sim.option("clients", setting.clients));
  setting.writes = static_cast<std::uint32_t>(sim.option("writes", setting.writes));
  setting.value_bytes_max = sim.option("bytes", setting.value_bytes_max);
  run_writes(sim, setting);
}

/// `--set sync-every=N` makes every Nth write synchronous, for which the documentation has a use:
/// after a crash a load begins again "just after the last synchronous write finished by the
/// previous run".
SCENARIO("leveldb/bulk-load") {
  Loading loading;
  loading.rows = static_cast<std::uint32_t>(sim.option("rows", loading.rows));
  loading.sync_every = static_cast<std::uint32_t>(sim.option("sync-every", 1));
  loading.value_bytes = sim.option("bytes", loading.value_bytes);
  loading.keeps_synced = sim.option("keeps-synced", 1) != 0;
  loading.has_no_holes = sim.option("no-holes", 0) != 0;
  run_loading(sim, loading);
}

}  // namespace
}  // namespace reprise::level_db
