// Clients write to one LevelDB database, whose compactions run beside them, and the power is lost
// meanwhile. After it the database must open, and hold what was acknowledged.
#pragma once

#include "scenarios/leveldb/database.h"

#include <reprise/reprise.h>

#include <cstdint>

namespace reprise::level_db {

/// What the clients ask of LevelDB, and what the disk does.
struct Setting {
  bool syncs = true;  // WriteOptions::sync
  Opening opening = {};
  /// As ext4, XFS and Btrfs do, which LevelDB counts on.
  DiskRules disk = {.syncs_names = true};
  std::uint32_t clients = 2;
  std::uint32_t writes = 6;  // of each client
  std::int64_t value_bytes_max = 3'000;
  /// Whether what was acknowledged must be there after a power loss. Batches must be whole in any
  /// case.
  bool keeps_writes = true;
};

void run_writes(Sim& sim, const Setting& setting);

/// One client that loads rows in their order, of which each `sync_every`th is written with sync.
struct Loading {
  DiskRules disk = {.syncs_names = true};
  std::uint32_t rows = 20;
  std::uint32_t sync_every = 4;  // 0: none
  std::int64_t value_bytes = 9'000;
  /// All rows up to the last one that was written with sync must be there.
  bool keeps_synced = true;
  /// No row may be there if one before it is not.
  bool has_no_holes = false;
};

void run_loading(Sim& sim, const Loading& loading);

}  // namespace reprise::level_db
