// ShardResult: what one shard of a campaign did, as a file. `reprise merge` joins the files of all
// shards (merge.h).
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/replay/campaign/campaign.h>
#include <reprise/replay/campaign/result.h>
#include <reprise/replay/text/expected.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace reprise {

/// What decides which cases a campaign has and what they show, in words. The shards of one campaign
/// agree in all of it.
struct CampaignQuestion {
  std::string build;
  std::string command;
  std::string seed;
  std::string budget;
  std::string cases;
  std::string strategy;
  std::string profile;
  std::string options;
  std::string checks;
  std::vector<std::string> scenarios;  // in the order of the campaign
};
/// Its texts by name, as files and error sentences have them.
struct QuestionPart {
  std::string_view name;
  std::string CampaignQuestion::*text;
};
inline constexpr std::array question_parts = {QuestionPart{"build", &CampaignQuestion::build},
                                              QuestionPart{"command", &CampaignQuestion::command},
                                              QuestionPart{"seed", &CampaignQuestion::seed},
                                              QuestionPart{"budget", &CampaignQuestion::budget},
                                              QuestionPart{"cases", &CampaignQuestion::cases},
                                              QuestionPart{"strategy", &CampaignQuestion::strategy},
                                              QuestionPart{"profile", &CampaignQuestion::profile},
                                              QuestionPart{"options", &CampaignQuestion::options},
                                              QuestionPart{"checks", &CampaignQuestion::checks}};

CampaignQuestion question_of(const std::vector<const Scenario*>& scenarios,
                             const CampaignOptions& options);

/// The arguments that the commands in a report need; see ReportOptions.
struct CommandArguments {
  std::vector<std::string> run;
  std::vector<std::string> check;
  std::vector<std::string> files;
  std::vector<std::string> file_options;
  std::vector<std::string> compiler_flags;
};

struct ShardResult {
  CampaignQuestion question;
  CommandArguments arguments;
  /// With its shard. Paths of traces are names in the folder of the result's file.
  CampaignReport report;
  std::uint64_t digest = 0;  // of the text that it was parsed from
};

/// `2-of-8.shard`; not `.json`, so that a folder of traces may hold it.
std::string shard_file_name(const CaseShard& shard);
inline constexpr std::string_view shard_file_extension = ".shard";

/// One JSON object, `"format": "reprise-shard/1"`. Left out are the steps of findings and, beyond
/// the first shards, the points of the certificates.
std::string to_json(const ShardResult& result);
/// Reads the output of to_json(). Everything is validated.
Expected<ShardResult> parse_shard_result(std::string_view json);

}  // namespace reprise
