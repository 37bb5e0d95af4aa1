#include <reprise/replay/report/history.h>

#include <reprise/core/internal/open.h>

#include <fmt/format.h>
#include <reprise/replay/report/event_facts.h>
#include <reprise/replay/text/escape.h>
#include <reprise/replay/text/units.h>

#include <algorithm>
#include <functional>
#include <map>
#include <string_view>
#include <utility>

namespace reprise {

namespace {

constexpr std::size_t rows_head = 10;
constexpr std::size_t rows_tail = 30;  // the finding stands at the end
constexpr std::size_t period_max = 16;
constexpr std::size_t times_min = 3;
constexpr std::size_t steps_saved_min = 4;

// Without what counts I/Os and entries.
std::string without_ordinals(std::string_view text) {
  std::string result;
  bool is_ordinal = false;
  for (const char c : text) {
    const bool is_digit = c >= '0' && c <= '9';
    if (is_digit && (is_ordinal || result.ends_with('#') || result.ends_with("entry "))) {
      is_ordinal = true;
      continue;
    }
    is_ordinal = false;
    result += c;
  }
  return result;
}

// Each event as a number that it shares with those that tell the same.
std::vector<std::size_t> kinds_of(const std::vector<LoggedEvent>& events) {
  std::map<std::string, std::size_t, std::less<>> known;
  std::vector<std::size_t> kinds;
  for (const LoggedEvent& event : events) {
    kinds.push_back(
        known.try_emplace(without_ordinals(to_text(facts_of(event))), known.size()).first->second);
  }
  return kinds;
}

struct Repeat {
  std::size_t period = 0;
  std::size_t times = 1;

  std::size_t saved() const { return period * (times - 1); }
};

// What comes again and again from `begin` on, before `end`.
Repeat repeat_at(const std::vector<std::size_t>& kinds, std::size_t begin, std::size_t end) {
  Repeat best;
  for (std::size_t period = 1; period <= period_max && begin + 2 * period <= end; ++period) {
    std::size_t same = 0;
    while (begin + period + same < end && kinds[begin + period + same] == kinds[begin + same]) {
      ++same;
    }
    const Repeat repeat{period, 1 + same / period};
    if (repeat.times >= times_min && repeat.saved() > best.saved()) best = repeat;
  }
  return best.saved() >= steps_saved_min ? best : Repeat{};
}

}  // namespace

ReportHistory::ReportHistory(const std::vector<LoggedEvent>& events, bool whole) : whole_(whole) {
  if (!events.empty()) add_events(events);
}

void ReportHistory::add_events(const std::vector<LoggedEvent>& events) {
  const std::vector<std::size_t> kinds = kinds_of(events);
  const std::size_t last = events.size() - 1;  // it has the finding, and is told as it is
  for (std::size_t i = 0; i < events.size();) {
    const Repeat repeat = whole_ ? Repeat{} : repeat_at(kinds, i, last);
    const std::size_t end = i + std::max<std::size_t>(repeat.period, 1);
    for (; i < end; ++i) add_event(events[i], i + 1);
    if (repeat.times == 1) continue;
    const std::string what =
        repeat.period == 1 ? "the same" : fmt::format("the same {} steps", repeat.period);
    rows_.push_back({"", "", "",
                     fmt::format("... steps {} to {}: {} again, {} times", i + 1,
                                 i + repeat.saved(), what, repeat.times - 1)});
    i += repeat.saved();
  }
}

// One row for each fact.
void ReportHistory::add_event(const LoggedEvent& event, std::size_t number) {
  Row row{fmt::to_string(number), shown_time(event.time_ns), {}, {}};
  std::string who_before;
  for (const LoggedFact& fact : facts_of(event)) {
    const std::string who = escaped(fact.who);
    if (who != who_before) row.who = who;
    who_before = who;
    row.what = escaped(fact.predicate());
    rows_.push_back(std::exchange(row, {}));
    if (first_io_.empty()) first_io_ = escaped(fact.io);
  }
}

std::string ReportHistory::line(const Row& row, std::size_t who_width) {
  return fmt::format("    {:>5}  {:>8}  {}{:{}}  {}", row.step, row.time, row.who, "",
                     who_width - columns_of(row.who), row.what);
}

void ReportHistory::write(ReportPage& page) const {
  const bool is_all = whole_ || rows_.size() <= rows_head + rows_tail + 1;
  const std::size_t left_out = is_all ? 0 : rows_.size() - rows_head - rows_tail;
  const auto is_shown = [&](std::size_t i) {
    return is_all || i < rows_head || i >= rows_head + left_out;
  };
  std::size_t who_width = std::string_view("who").size();
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (is_shown(i)) who_width = std::max(who_width, columns_of(rows_[i].who));
  }
  page.line(line({"step", "time", "who", "what"}, who_width));
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (!is_shown(i)) {
      page.line(line({"", "", "", fmt::format("... {} more lines", left_out)}, who_width));
      i += left_out - 1;
      continue;
    }
    const std::string row = line(rows_[i], who_width);
    page.line(i + 1 == rows_.size() ? page.paint(TextStyle::strong, row) : row);
  }
}

}  // namespace reprise
