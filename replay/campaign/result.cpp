#include <reprise/replay/campaign/result.h>

#include <reprise/core/internal/open.h>

namespace reprise {

std::uint64_t runs_of(const CampaignReport& report) {
  std::uint64_t runs = 0;
  for (const ScenarioRow& row : report.scenarios) runs += row.runs;
  return runs;
}

std::uint64_t failed_of(const CampaignReport& report) {
  std::uint64_t failed = 0;
  for (const ScenarioRow& row : report.scenarios) failed += std::min(row.failed, row.runs);
  return failed;
}

Finding finding_of(const FindingRow& row) {
  return {.check = row.check,
          .signature = row.signature,
          .message = row.message,
          .evidence = row.evidence,
          .expected = row.expected,
          .help = row.help,
          .places = row.places};
}

}  // namespace reprise
