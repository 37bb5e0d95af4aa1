// Several connections change rows of one database in transactions, and the power is lost
// meanwhile. After it the database must be whole, and hold what was committed.
#pragma once

#include <reprise/engines/sqlite/engine.h>
#include <reprise/reprise.h>

#include <cstdint>

namespace reprise::sqlite {

/// What the connections ask of SQLite, and what it is told of the disk.
struct Setting {
  const char* journal = "DELETE";     // PRAGMA journal_mode
  const char* synchronous = "EXTRA";  // PRAGMA synchronous
  Claims claims = {};
  DiskRules disk = {};
  std::uint32_t clients = 2;
  std::uint32_t transactions = 2;  // of each client
  /// The database is there already, and transactions only change rows: none reads or is rolled
  /// back, and there is no checkpoint.
  bool is_plain = false;
  int page_bytes = 1024;
  int row_bytes_max = 1500;
  /// Whether what was committed must be there after a power loss. The database must be whole in any
  /// case.
  bool keeps_commits = true;
};

void run_transactions(Sim& sim, const Setting& setting);

}  // namespace reprise::sqlite
