// SQLite under the settings for which its documentation promises that a power loss does no harm,
// and beside each of them one for which it does not.
#include "scenarios/sqlite/workload.h"

#include <array>
#include <cstddef>

namespace reprise::sqlite {
namespace {

constexpr std::array<const char*, 6> journals{"DELETE", "TRUNCATE", "PERSIST",
                                              "WAL",    "MEMORY",   "OFF"};
constexpr std::array<const char*, 4> levels{"OFF", "NORMAL", "FULL", "EXTRA"};

/// `--set journal=`, `synchronous=` and so on choose among the settings; the table of docs/DISK.md
/// is made with it.
SCENARIO("sqlite/transactions") {
  const auto option = [&](std::string_view name, std::size_t otherwise, std::size_t count) {
    const std::int64_t value = sim.option(name, static_cast<std::int64_t>(otherwise));
    return static_cast<std::size_t>(value) % count;
  };
  Setting setting;
  setting.journal = journals[option("journal", 0, journals.size())];
  setting.synchronous = levels[option("synchronous", 3, levels.size())];
  setting.keeps_commits = sim.option("keeps-commits", 1) != 0;
  setting.clients = static_cast<std::uint32_t>(sim.option("clients", setting.clients));
  setting.page_bytes = static_cast<int>(sim.option("page", setting.page_bytes));
  setting.claims.characteristics =
      static_cast<int>(sim.option("claims", setting.claims.characteristics));
  setting.claims.sector_bytes = static_cast<int>(sim.option("sector", setting.claims.sector_bytes));
  setting.claims.syncs = sim.option("syncs", 1) != 0;
  run_transactions(sim, setting);
}

}  // namespace
}  // namespace reprise::sqlite
