// Settings under which a power loss does harm, each beside one under which it does not. What SQLite
// promises is in its documentation of PRAGMA synchronous, and of the SQLITE_IOCAP flags.
#include "scenarios/sqlite/workload.h"

namespace reprise::sqlite {
namespace {

constexpr int powersafe = SQLITE_IOCAP_POWERSAFE_OVERWRITE;

template <const Setting& setting>
void run(Sim& sim) {
  run_transactions(sim, setting);
}

/// A rollback journal, which counts until its removal is durable.
constexpr Setting extra;
constexpr Setting wal{.journal = "WAL", .synchronous = "FULL"};

constexpr Setting off{.synchronous = "OFF"};
CANARY("sqlite/synchronous-off", "durability", run<off>, run<extra>);

/// FULL does not sync the folder after the journal is gone: it may come back, and undo the commit.
constexpr Setting full{.synchronous = "FULL"};
CANARY("sqlite/journal-comes-back", "durability", run<full>, run<extra>);

constexpr Setting wal_normal{.journal = "WAL", .synchronous = "NORMAL"};
CANARY("sqlite/wal-without-sync", "durability", run<wal_normal>, run<wal>);

constexpr Setting no_journal{.journal = "OFF", .keeps_commits = false};
constexpr Setting no_promise{.keeps_commits = false};
CANARY("sqlite/no-journal", "invariant", run<no_journal>, run<no_promise>);

/// A VFS whose syncs do nothing.
constexpr Setting lying{.claims = {.syncs = false}};
CANARY("sqlite/sync-that-lies", "durability", run<lying>, run<extra>);

/// Writes that arrive in order need no sync between the journal and the database.
constexpr Setting sequential{.claims = {.characteristics = powersafe | SQLITE_IOCAP_SEQUENTIAL}};
constexpr Setting ordered{.claims = {.characteristics = powersafe | SQLITE_IOCAP_SEQUENTIAL},
                          .disk = {.device = DiskClass::ordered}};
CANARY("sqlite/sequential", "invariant", run<sequential>, run<ordered>);

/// A torn sector takes with it the end of the transaction before, if that ends within it.
constexpr Setting overwrites{.journal = "WAL",
                             .synchronous = "FULL",
                             .disk = {.device = DiskClass::ordered, .tears = true},
                             .clients = 1,
                             .transactions = 6,
                             .is_plain = true,
                             .row_bytes_max = 50};
constexpr Setting pads{.journal = "WAL",
                       .synchronous = "FULL",
                       .claims = {.characteristics = 0, .sector_bytes = 512},
                       .disk = {.device = DiskClass::ordered, .tears = true},
                       .clients = 1,
                       .transactions = 6,
                       .is_plain = true,
                       .row_bytes_max = 50};
CANARY("sqlite/powersafe-overwrite", "durability", run<overwrites>, run<pads>);

/// A torn sector of four pages destroys pages that no journal has.
constexpr DiskRules large{.device = DiskClass::nvme, .atomic = 4096, .tears = true};
constexpr Setting small_sector{.claims = {.characteristics = 0, .sector_bytes = 512},
                               .disk = large};
constexpr Setting true_sector{.claims = {.characteristics = 0}, .disk = large};
CANARY("sqlite/sector-size", "invariant", run<small_sector>, run<true_sector>);

}  // namespace
}  // namespace reprise::sqlite
