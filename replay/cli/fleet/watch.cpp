#include <reprise/replay/cli/fleet/watch.h>

#include <reprise/replay/campaign/shard_result.h>
#include <reprise/replay/cli/cli.h>
#include <reprise/replay/cli/shard_progress.h>
#include <reprise/replay/cli/streams.h>
#include <reprise/replay/text/escape.h>
#include <reprise/replay/text/file.h>
#include <reprise/replay/text/units.h>
#include <reprise/replay/trace/file.h>
#include <reprise/replay/worker/clock.h>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <system_error>

namespace reprise {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t look_every_ms = 500;
// Reading a large folder takes at most one part in this many of the time.
constexpr std::uint64_t time_for_work = 10;
constexpr std::string_view log_extension = ".log";
constexpr std::string_view status_line = "exit status ";
constexpr std::uint64_t log_bytes_max = std::uint64_t{1} << 20;

std::string shard_text(const Fleet& fleet, std::uint32_t index) {
  return fmt::format("shard {} of {}", index + 1, fleet.shards);
}

std::string_view last_line(std::string_view text) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  return text.substr(text.rfind('\n') + 1);  // npos + 1 is 0
}

}  // namespace

FleetWatch::FleetWatch(const Fleet& fleet, const std::vector<CaseShard>& shards,
                       ProgressLine::Kind kind)
    : fleet_(fleet),
      line_(kind),
      is_quiet_(kind == ProgressLine::Kind::none),
      begun_ms_(worker_clock_ms()) {
  std::error_code ignored;
  for (const CaseShard& shard : shards) {
    Shard& known = shards_[shard.index];
    known.result_time = fs::last_write_time(path_of(shard.index, shard_file_extension), ignored);
    fs::remove(path_of(shard.index, shard_progress_extension), ignored);
    fs::remove(path_of(shard.index, log_extension), ignored);
  }
}

fs::path FleetWatch::path_of(std::uint32_t index, std::string_view extension) const {
  fs::path path = fs::path(fleet_.folder) / shard_file_name({index, fleet_.shards});
  return path.replace_extension(extension);
}

bool FleetWatch::is_open(const CaseShard& shard) const {
  const auto found = shards_.find(shard.index);
  return found != shards_.end() && !found->second.is_done;
}

void FleetWatch::read_result(std::uint32_t index, Shard& shard) {
  std::error_code error;
  const fs::path path = path_of(index, shard_file_extension);
  const auto time = fs::last_write_time(path, error);
  if (error || time == shard.result_time) return;
  const Expected<std::string> text = read_file_text(path.string(), trace_bytes_max);
  if (!text) return;
  const Expected<ShardResult> result = parse_shard_result(text.value());
  if (!result) return;
  shard.result_time = time;
  const CampaignReport& report = result.value().report;
  shard.has_result = true;
  shard.progress.runs = runs_of(report);
  shard.progress.findings = report.findings.size();
  if (!report.incomplete.empty()) return;
  shard.is_done = true;
  shard.is_running = false;
  shard.progress.thousandths = 1000;
  ++done_;
}

void FleetWatch::read_progress(std::uint32_t index, Shard& shard) {
  const std::string path = path_of(index, shard_progress_extension).string();
  const Expected<std::string> text = read_file_text(path, log_bytes_max);
  if (!text) return;
  const Expected<CampaignProgress> progress = parse_progress(text.value());
  if (!progress) return;
  shard.is_running = true;
  shard.progress = progress.value();
}

void FleetWatch::read_log(std::uint32_t index) {
  const Expected<std::string> text =
      read_file_text(path_of(index, log_extension).string(), log_bytes_max);
  if (!text) return;
  const std::string_view last = last_line(text.value());
  if (!last.starts_with(status_line)) return;
  int status = 0;
  std::from_chars(last.data() + status_line.size(), last.data() + last.size(), status);
  if (status != static_cast<int>(ExitCode::bad_usage) &&
      status != static_cast<int>(ExitCode::nothing_ran)) {
    return;
  }
  std::string_view said(text.value());
  said = last_line(said.substr(0, said.rfind(status_line)));
  if (said.starts_with("error: ")) said.remove_prefix(7);
  failure_ = Failure{shard_text(fleet_, index) + ": " + escaped(said), status};
}

void FleetWatch::read() {
  for (auto& [index, shard] : shards_) shard.is_running = false;
  const std::string of = fmt::format("-of-{}", fleet_.shards);
  std::error_code error;
  for (fs::directory_iterator entries(fleet_.folder, error);
       !error && entries != fs::directory_iterator(); entries.increment(error)) {
    const fs::path& path = entries->path();
    const std::string name = path.stem().string();
    std::uint32_t number = 0;
    const char* const end = name.data() + name.size();
    const auto parsed = std::from_chars(name.data(), end, number);
    if (parsed.ec != std::errc() || std::string_view(parsed.ptr, end) != of) continue;
    const auto found = shards_.find(number - 1);
    if (found == shards_.end() || found->second.is_done) continue;
    const std::string extension = path.extension().string();
    if (extension == shard_file_extension) read_result(found->first, found->second);
    if (extension == shard_progress_extension) read_progress(found->first, found->second);
    if (extension == log_extension && !failure_) read_log(found->first);
  }
}

bool FleetWatch::look() {
  const std::uint64_t now_ms = worker_clock_ms();
  if (now_ms < next_ms_) return !failure_;
  read();
  show(now_ms - begun_ms_);
  const std::uint64_t end_ms = worker_clock_ms();
  next_ms_ = end_ms + std::max(look_every_ms, (end_ms - now_ms) * time_for_work);
  return !failure_;
}

FleetWatch::Texts FleetWatch::texts(std::uint64_t passed_ms) const {
  std::size_t running = 0;
  std::size_t with_findings = 0;
  std::uint64_t runs = 0;
  std::uint64_t thousandths = 0;
  for (const auto& [index, shard] : shards_) {
    running += shard.is_running ? 1 : 0;
    with_findings += shard.progress.findings != 0 ? 1 : 0;
    runs += shard.progress.runs;
    thousandths += shard.progress.thousandths;
  }
  const std::size_t before = fleet_.shards - shards_.size();  // were done when it began
  Texts texts;
  texts.thousandths = static_cast<std::uint32_t>(thousandths / shards_.size());
  texts.done = fmt::format("{} of {} done", before + done_, counted(fleet_.shards, "shard"));
  texts.running = fmt::format("{} running", running);
  texts.runs = shown_count(runs) + (runs == 1 ? " run" : " runs");
  texts.rate = shown_count(runs * 1000 / (passed_ms + 1)) + "/s";
  texts.findings = with_findings == 0
                       ? std::string("no findings")
                       : fmt::format("findings in {}", counted(with_findings, "shard"));
  texts.left = time_left_text(passed_ms, texts.thousandths);
  return texts;
}

std::string FleetWatch::text(std::uint64_t passed_ms) const {
  const Texts said = texts(passed_ms);
  return fmt::format("{}, {}, {}, {}, {}{}{}", said.done, said.running, said.runs, said.rate,
                     said.findings, said.left.empty() ? "" : ", ", said.left);
}

void FleetWatch::show(std::uint64_t passed_ms) {
  if (!line_.is_due(passed_ms)) return;
  const Texts said = texts(passed_ms);
  line_.show(passed_ms, text(passed_ms),
             {{bar_text(said.thousandths), 4},
              {fmt::format("{}%", said.thousandths / 10), 5},
              {said.done, 10},
              {said.running, 6},
              {said.runs, 8},
              {said.rate, 3},
              {said.findings, 9},
              {said.left, 7}});
}

void FleetWatch::say(std::string_view sentence) {
  if (is_quiet_) return;
  line_.clear();
  print_to_stderr(fmt::format("fleet: {}\n", sentence));
}

void FleetWatch::lost(const CaseShard& shard, std::string_view how) {
  std::error_code ignored;
  fs::remove(path_of(shard.index, shard_progress_extension), ignored);
  say(fmt::format("{} was lost: {}", shard_text(fleet_, shard.index), escaped(how)));
}

void FleetWatch::ended(const CaseShard& shard, std::string_view how) {
  const auto found = shards_.find(shard.index);
  if (found == shards_.end() || found->second.is_told) return;
  read_result(shard.index, found->second);
  if (!failure_) read_log(shard.index);
  if (found->second.has_result || failure_) return;
  found->second.is_told = true;
  std::string where;
  std::error_code error;
  const fs::path log = path_of(shard.index, log_extension);
  if (fs::exists(log, error)) where = "; its output is in " + log.string();
  lost(shard, std::string(how) + where);
}

}  // namespace reprise
