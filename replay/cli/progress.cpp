#include <reprise/replay/cli/progress.h>

#include <reprise/replay/cli/streams.h>
#include <reprise/replay/report/page.h>
#include <reprise/replay/text/escape.h>
#include <reprise/replay/text/units.h>

#include <fmt/format.h>

#include <algorithm>
#include <vector>

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
  return shown_seconds(left_ms) + " left";
}

std::string bar(std::uint32_t thousandths) {
  const std::uint32_t full = thousandths * bar_width / 1000;
  return fmt::format("[{:#<{}}{:.<{}}] ", "", full, "", bar_width - full);
}

std::string scenario_of(const CampaignProgress& progress) {
  if (progress.scenario_count == 1) return {};
  return fmt::format("scenario {} of {}", progress.scenario_number, progress.scenario_count);
}

// One thing that a line may say; those of the lowest weight are left out first.
struct Part {
  std::string text;
  int weight;
};

}  // namespace

std::string shown_count(std::uint64_t count) {
  if (count >= 10'000'000) return fmt::format("{}M", count / 1'000'000);
  if (count >= 10'000) return fmt::format("{}k", count / 1000);
  return std::to_string(count);
}

std::string progress_text(const CampaignProgress& progress, std::size_t columns) {
  const std::uint64_t rate = progress.runs * 1000 / (progress.milliseconds + 1);
  std::vector<Part> parts = {
      {bar(progress.thousandths), 4},
      {fmt::format("{}%", progress.thousandths / 10), 10},
      {scenario_of(progress), 5},
      {shown_count(progress.runs) + (progress.runs == 1 ? " run" : " runs"), 8},
      {shown_count(rate) + "/s", 3},
      {counted(progress.findings, "finding"), 9},
      {time_left(progress), 7},
      {progress.doing, 6},
      {escaped(progress.scenario), 2}};
  std::erase_if(parts, [](const Part& part) { return part.text.empty(); });
  for (;;) {
    std::string text;
    for (const Part& part : parts) {
      text += (text.empty() || text.ends_with(' ') ? "" : ", ") + part.text;
    }
    if (parts.size() == 1) return text.substr(0, columns);
    if (columns_of(text) <= columns) return text;
    parts.erase(std::ranges::min_element(parts, {}, &Part::weight));
  }
}

void ProgressLine::show(const CampaignProgress& progress) {
  if (kind_ == Kind::none) return;
  const std::uint64_t every_ms = kind_ == Kind::bar ? bar_every_ms : line_every_ms;
  if (progress.milliseconds < shown_ms_ + every_ms) return;
  shown_ms_ = progress.milliseconds;
  const std::string doing = progress.doing.empty() ? "" : ", " + progress.doing;
  if (kind_ == Kind::lines) {
    print_to_stderr(
        fmt::format("[{}] {}{}\n", shown_seconds(progress.milliseconds), summary(progress), doing));
    return;
  }
  // In the last column a terminal may go on to the next line.
  print_to_stderr("\r\x1b[K" + progress_text(progress, columns_of_stderr() - 1));
  is_shown_ = true;
}

void ProgressLine::clear() {
  if (!is_shown_) return;
  print_to_stderr("\r\x1b[K");
  is_shown_ = false;
}

}  // namespace reprise
