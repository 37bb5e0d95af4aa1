#include "tests/bench/instruction_table.h"

#include <fmt/format.h>
#include <reprise/core/assert.h>
#include <reprise/replay/text/suggest.h>

#include <algorithm>
#include <cstddef>
#include <optional>

#include "tests/bench/count_text.h"

namespace reprise::bench {

namespace {

constexpr std::string_view begin_mark = "<!-- instructions -->";
constexpr std::string_view end_mark = "<!-- end of instructions -->";
constexpr std::string_view compiler_before = "quick build by ";
constexpr std::uint64_t percent_max = 3;

using Table = Expected<InstructionTable>;

std::string_view trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(' ');
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

// Where the text between the marks begins and ends.
struct Place {
  std::size_t begin = 0;
  std::size_t end = 0;
};
Expected<Place> find_place(std::string_view page) {
  const std::size_t mark = page.find(begin_mark);
  const std::size_t begin = mark + begin_mark.size();
  const std::size_t end = mark == std::string_view::npos ? mark : page.find(end_mark, begin);
  if (end == std::string_view::npos) {
    return Expected<Place>::failed(
        fmt::format("there is no table between the lines `{}` and `{}`", begin_mark, end_mark));
  }
  return Place{begin, end};
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (!trim(text.substr(0, end)).empty()) lines.push_back(trim(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

// The cells of `| a | b |`; none if it is no row of two.
std::vector<std::string_view> cells_of(std::string_view line) {
  if (std::ranges::count(line, '|') != 3 || !line.starts_with('|') || !line.ends_with('|')) {
    return {};
  }
  const std::size_t middle = line.find('|', 1);
  return {trim(line.substr(1, middle - 1)),
          trim(line.substr(middle + 1, line.size() - middle - 2))};
}

std::optional<CountedRun> row_of(std::string_view line) {
  const std::vector<std::string_view> cells = cells_of(line);
  if (cells.empty() || cells[0].empty()) return std::nullopt;
  const std::optional<std::uint64_t> instructions = number_with_commas(cells[1]);
  if (!instructions || *instructions == 0) return std::nullopt;
  return CountedRun{std::string(cells[0]), *instructions};
}

// Reads the lines between the marks, whatever fixed runs they name.
Table parse_lines(const std::vector<std::string_view>& lines) {
  constexpr std::size_t head_lines = 2;
  InstructionTable table;
  const std::size_t at = lines.empty() ? std::string_view::npos : lines[0].find(compiler_before);
  if (at != std::string_view::npos) {
    const std::string_view rest = lines[0].substr(at + compiler_before.size());
    table.compiler = trim(rest.substr(0, rest.find('|')));
  }
  if (table.compiler.empty() || lines.size() < head_lines || !lines[1].starts_with("| ---")) {
    return Table::failed(
        "the table does not begin with `| fixed run, quick build by g++ 12 | instructions per run "
        "|` and `| --- | ---: |`");
  }
  for (std::size_t i = head_lines; i < lines.size(); ++i) {
    const std::optional<CountedRun> row = row_of(lines[i]);
    if (!row) {
      return Table::failed(fmt::format(
          "a row of the table looks like `| 3x10 bare | 65,900 |`, not like `{}`", lines[i]));
    }
    table.rows.push_back(*row);
  }
  return table;
}

std::string percent(std::uint64_t difference, std::uint64_t of) {
  return fmt::format("{:.1f} %", 100 * static_cast<double>(difference) / static_cast<double>(of));
}

}  // namespace

Table parse_table(std::string_view page, const std::vector<std::string>& names) {
  const Expected<Place> place = find_place(page);
  if (!place) return Table::failed(place.error());
  const auto [begin, end] = place.value();
  Table table = parse_lines(lines_of(page.substr(begin, end - begin)));
  if (!table) return table;
  InstructionTable sorted{table.value().compiler, {}};
  for (const std::string& name : names) {
    const auto count = std::ranges::count(table.value().rows, name, &CountedRun::name);
    if (count != 1) {
      return Table::failed(fmt::format("the table has {} of the fixed run \"{}\"",
                                       count == 0 ? "no row" : "more than one row", name));
    }
    sorted.rows.push_back(*std::ranges::find(table.value().rows, name, &CountedRun::name));
  }
  for (const CountedRun& row : table.value().rows) {
    std::string wrong = unknown_name("fixed run", {row.name}, names);
    if (!wrong.empty()) return Table::failed("the table has a row too many: " + wrong);
  }
  return sorted;
}

Expected<std::string> replace_table(std::string_view page, const InstructionTable& table) {
  const Expected<Place> place = find_place(page);
  if (!place) return Expected<std::string>::failed(place.error());
  std::string text(page.substr(0, place.value().begin));
  text += fmt::format("\n| fixed run, {}{} | instructions per run |\n| --- | ---: |\n",
                      compiler_before, table.compiler);
  for (const CountedRun& row : table.rows) {
    text += fmt::format("| {} | {} |\n", row.name, with_commas(row.instructions));
  }
  return text + std::string(page.substr(place.value().end));
}

Comparison compare(const InstructionTable& table, const std::vector<CountedRun>& counts) {
  REPRISE_ASSERT(table.rows.size() == counts.size(), "what is compared has the same rows");
  Comparison comparison;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const std::uint64_t before = table.rows[i].instructions;
    const std::uint64_t now = counts[i].instructions;
    const bool has_risen = now * 100 > before * (100 + percent_max);
    const bool has_fallen = now * 100 < before * (100 - percent_max);
    if (!has_risen && !has_fallen) continue;
    comparison.has_risen = comparison.has_risen || has_risen;
    comparison.has_fallen = comparison.has_fallen || has_fallen;
    comparison.text += fmt::format("{} {} by {}: from {} instructions per run in the table to {}\n",
                                   counts[i].name, has_risen ? "rose" : "fell",
                                   percent(std::max(before, now) - std::min(before, now), before),
                                   with_commas(before), with_commas(now));
  }
  return comparison;
}

}  // namespace reprise::bench
