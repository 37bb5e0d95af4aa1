// The common end of the commands that make a campaign's report: certificates, and the exit status.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/replay/campaign/coverage.h>
#include <reprise/replay/campaign/result.h>
#include <reprise/replay/cli/options.h>

#include <string>
#include <vector>

namespace reprise {

/// What --certificate leaves for the next sweep, and what --compare has lost since the last one.
class Certificates {
 public:
  /// `options` must outlive it.
  explicit Certificates(const CommandOptions& options) : options_(options) {}

  /// Before the work begins: an error sentence if the older file cannot be read, else empty.
  std::string read();
  /// Adds what is lost to report.incomplete, and writes the file.
  void finish(CampaignReport& report) const;

 private:
  const CommandOptions& options_;
  std::vector<Coverage> older_;
};

/// The exit status of a campaign that could run.
ExitCode exit_code_of(const CampaignReport& report);

}  // namespace reprise
