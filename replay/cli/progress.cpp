#include <reprise/replay/cli/progress.h>

#include <reprise/replay/cli/streams.h>
#include <reprise/replay/report/page.h>
#include <reprise/replay/text/escape.h>
#include <reprise/replay/text/units.h>

#include <fmt/format.h>

#include <algorithm>
#include <utility>
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

std::string scenario_of(const CampaignProgress& progress) {
  if (progress.scenario_count == 1) return {};
  return fmt::format("scenario {} of {}", progress.scenario_number, progress.scenario_count);
}

std::vector<ProgressPart> parts_of(const CampaignProgress& progress) {
  const std::uint64_t rate = progress.runs * 1000 / (progress.milliseconds + 1);
  return {{bar_text(progress.thousandths), 4},
          {fmt::format("{}%", progress.thousandths / 10), 10},
          {scenario_of(progress), 5},
          {shown_count(progress.runs) + (progress.runs == 1 ? " run" : " runs"), 8},
          {shown_count(rate) + "/s", 3},
          {counted(progress.findings, "finding"), 9},
          {time_left_text(progress.milliseconds, progress.thousandths), 7},
          {progress.doing, 6},
          {escaped(progress.scenario), 2}};
}

}  // namespace

std::string bar_text(std::uint32_t thousandths) {
  const std::uint32_t full = thousandths * bar_width / 1000;
  return fmt::format("[{:#<{}}{:.<{}}] ", "", full, "", bar_width - full);
}

std::string time_left_text(std::uint64_t milliseconds, std::uint32_t thousandths) {
  if (thousandths == 0) return {};
  return shown_seconds(milliseconds * (1000 - thousandths) / thousandths) + " left";
}

std::string shown_count(std::uint64_t count) {
  if (count >= 10'000'000) return fmt::format("{}M", count / 1'000'000);
  if (count >= 10'000) return fmt::format("{}k", count / 1000);
  return std::to_string(count);
}

std::string progress_text(const CampaignProgress& progress, std::size_t columns) {
  return fitted(parts_of(progress), columns);
}

std::string fitted(std::vector<ProgressPart> parts, std::size_t columns) {
  std::erase_if(parts, [](const ProgressPart& part) { return part.text.empty(); });
  for (;;) {
    std::string text;
    for (const ProgressPart& part : parts) {
      text += (text.empty() || text.ends_with(' ') ? "" : ", ") + part.text;
    }
    if (parts.size() == 1) return text.substr(0, columns);
    if (columns_of(text) <= columns) return text;
    parts.erase(std::ranges::min_element(parts, {}, &ProgressPart::weight));
  }
}

bool ProgressLine::is_due(std::uint64_t milliseconds) const {
  if (kind_ == Kind::none) return false;
  return milliseconds >= shown_ms_ + (kind_ == Kind::bar ? bar_every_ms : line_every_ms);
}

void ProgressLine::show(const CampaignProgress& progress) {
  if (!is_due(progress.milliseconds)) return;
  const std::string doing = progress.doing.empty() ? "" : ", " + progress.doing;
  show(progress.milliseconds, summary(progress) + doing, parts_of(progress));
}

void ProgressLine::show(std::uint64_t milliseconds, std::string line,
                        std::vector<ProgressPart> parts) {
  shown_ms_ = milliseconds;
  if (kind_ == Kind::lines) {
    print_to_stderr(fmt::format("[{}] {}\n", shown_seconds(milliseconds), line));
    return;
  }
  // In the last column a terminal may go on to the next line.
  print_to_stderr("\r\x1b[K" + fitted(std::move(parts), columns_of_stderr() - 1));
  is_shown_ = true;
}

void ProgressLine::clear() {
  if (!is_shown_) return;
  print_to_stderr("\r\x1b[K");
  is_shown_ = false;
}

}  // namespace reprise
