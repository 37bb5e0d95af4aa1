#include <reprise/replay/command_line_progress.h>
#include <reprise/replay/printable.h>
#include <reprise/replay/report_page.h>

#include <fmt/format.h>

#include <cstdio>

namespace reprise {

namespace {

constexpr std::uint64_t bar_every_ms = 100;
constexpr std::uint64_t line_every_ms = 15'000;
constexpr std::uint32_t bar_width = 20;

std::string shown_seconds(std::uint64_t ms) {
  const std::uint64_t seconds = ms / 1000;
  return fmt::format("{:02}:{:02}", seconds / 60, seconds % 60);
}

std::string summary(const CampaignProgress& progress) {
  const std::uint64_t rate = progress.runs * 1000 / (progress.milliseconds + 1);
  return fmt::format("scenario {} of {}, {} run{}, {}/s, {}", progress.scenario_number,
                     progress.scenario_count, shown_count(progress.runs),
                     progress.runs == 1 ? "" : "s", shown_count(rate),
                     counted(progress.findings, "finding"));
}

std::string time_left(const CampaignProgress& progress) {
  if (progress.thousandths == 0) return {};
  const std::uint64_t left_ms =
      progress.milliseconds * (1000 - progress.thousandths) / progress.thousandths;
  return ", " + shown_seconds(left_ms) + " left";
}

}  // namespace

std::string shown_count(std::uint64_t count) {
  if (count >= 10'000'000) return fmt::format("{}M", count / 1'000'000);
  if (count >= 10'000) return fmt::format("{}k", count / 1000);
  return std::to_string(count);
}

void ProgressLine::show(const CampaignProgress& progress) {
  if (kind_ == Kind::none) return;
  const std::uint64_t every_ms = kind_ == Kind::bar ? bar_every_ms : line_every_ms;
  if (progress.milliseconds < shown_ms_ + every_ms) return;
  shown_ms_ = progress.milliseconds;
  const std::string doing = progress.doing.empty() ? "" : ", " + progress.doing;
  if (kind_ == Kind::lines) {
    fmt::print(stderr, "[{}] {}{}\n", shown_seconds(progress.milliseconds), summary(progress),
               doing);
    return;
  }
  const std::uint32_t full = progress.thousandths * bar_width / 1000;
  fmt::print(stderr, "\r\x1b[K[{:#<{}}{:.<{}}] {:>3}%  {}{}{}  {}", "", full, "", bar_width - full,
             progress.thousandths / 10, summary(progress), time_left(progress), doing,
             printable(progress.scenario, 30));
  std::fflush(stderr);
  is_shown_ = true;
}

void ProgressLine::clear() {
  if (!is_shown_) return;
  fmt::print(stderr, "\r\x1b[K");
  std::fflush(stderr);
  is_shown_ = false;
}

}  // namespace reprise
