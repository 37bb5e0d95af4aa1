#include <reprise/replay/cli/conclusion.h>

#include <reprise/replay/text/file.h>
#include <reprise/replay/trace/file.h>
#include <reprise/sim/check_names.h>

#include <algorithm>
#include <utility>

namespace reprise {

std::string Certificates::read() {
  if (options_.compare.empty()) return {};
  Expected<std::string> text = read_file_text(options_.compare, trace_bytes_max);
  if (!text) return text.error();
  Expected<std::vector<Coverage>> parsed = parse_certificates(text.value());
  if (!parsed) return options_.compare + ": " + parsed.error();
  older_ = std::move(parsed).value();
  return {};
}

void Certificates::finish(CampaignReport& report) const {
  for (const std::string& lost : no_longer_covered(older_, report.certificates)) {
    report.incomplete.push_back(lost);
  }
  if (options_.certificate.empty()) return;
  if (auto wrong = write_file_text(options_.certificate, to_json(report.certificates))) {
    report.incomplete.push_back("the certificate was not written: " + *wrong);
  }
}

ExitCode exit_code_of(const CampaignReport& report) {
  const auto is_determinism = [](const FindingRow& row) {
    return row.check == check_name::determinism;
  };
  if (std::ranges::any_of(report.findings, is_determinism)) return ExitCode::not_deterministic;
  if (!report.findings.empty()) return ExitCode::findings;
  if (!report.incomplete.empty()) return ExitCode::incomplete;
  // There may be more shards than cases.
  const bool may_be_empty = report.shard && report.shard->of > 1;
  return runs_of(report) == 0 && !may_be_empty ? ExitCode::nothing_ran : ExitCode::clean;
}

}  // namespace reprise
