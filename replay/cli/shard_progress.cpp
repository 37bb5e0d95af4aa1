#include <reprise/replay/cli/shard_progress.h>

#include <reprise/replay/campaign/shard_result.h>
#include <reprise/replay/json/json.h>
#include <reprise/replay/json/reader.h>
#include <reprise/replay/json/writer.h>
#include <reprise/replay/text/file.h>

#include <fmt/format.h>

#include <filesystem>
#include <system_error>
#include <utility>

namespace reprise {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view progress_format = "reprise-progress/1";
constexpr std::uint64_t write_every_ms = 2000;

}  // namespace

std::string shard_progress_name(const CaseShard& shard) {
  return fs::path(shard_file_name(shard)).stem().string() + std::string(shard_progress_extension);
}

std::string to_json(const CampaignProgress& progress) {
  JsonWriter json;
  json.begin_object(JsonWriter::Layout::line).field("format", progress_format);
  json.field("scenario", progress.scenario).field("runs", progress.runs);
  json.field("findings", progress.findings).field("milliseconds", progress.milliseconds);
  json.field("thousandths", std::uint64_t{progress.thousandths});
  return std::move(json.end()).written();
}

Expected<CampaignProgress> parse_progress(std::string_view json) {
  using Result = Expected<CampaignProgress>;
  const Expected<JsonValue> parsed = parse_json(json);
  if (!parsed) return Result::failed(parsed.error());
  constexpr std::uint64_t numbers_max = std::uint64_t{1} << 53;
  JsonReader reader;
  const JsonPlace root{&parsed.value(), ""};
  reader.object(root, {"format", "scenario", "runs", "findings", "milliseconds", "thousandths"});
  const auto number = [&](std::string_view name, std::uint64_t max) {
    return reader.number(reader.need(root, name, "a number"), max);
  };
  if (reader.text(reader.need(root, "format", "a text"), "a text") != progress_format) {
    reader.fail("format", fmt::format("expected \"{}\"", progress_format));
  }
  CampaignProgress progress;
  progress.scenario = reader.text(reader.need(root, "scenario", "a text"), "a text");
  progress.runs = number("runs", numbers_max);
  progress.findings = number("findings", numbers_max);
  progress.milliseconds = number("milliseconds", numbers_max);
  progress.thousandths = static_cast<std::uint32_t>(number("thousandths", 1000));
  if (!reader.ok()) return Result::failed(reader.error());
  return progress;
}

ShardProgress::ShardProgress(const std::string& folder, const CaseShard& shard)
    : path_((fs::path(folder) / shard_progress_name(shard)).string()) {
  write_file_text(path_, to_json(CampaignProgress{}));
}

ShardProgress::~ShardProgress() {
  std::error_code ignored;
  fs::remove(path_, ignored);
}

void ShardProgress::show(const CampaignProgress& progress) {
  if (progress.milliseconds < next_ms_) return;
  next_ms_ = progress.milliseconds + write_every_ms;
  write_file_text(path_, to_json(progress));
}

}  // namespace reprise
