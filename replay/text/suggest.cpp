#include <reprise/replay/text/suggest.h>

#include <fmt/format.h>
#include <reprise/replay/text/escape.h>

#include <algorithm>
#include <cstddef>

namespace reprise {

namespace {

constexpr std::size_t length_max = 200;  // nobody mistypes more, and the table is quadratic

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Optimal string alignment distance: Levenshtein's, and a swap of two neighbours counts once.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);  // two rows up
  std::vector<std::size_t> above(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t other = lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1;
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + other});
      if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
          lower(a[i - 2]) == lower(b[j - 1])) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    before.swap(above);
    above.swap(row);
  }
  return above[b.size()];
}

}  // namespace

std::string did_you_mean(std::string_view wrong, const std::vector<std::string>& known) {
  if (wrong.size() > length_max) return {};
  std::size_t nearest = std::max<std::size_t>(1, wrong.size() / 3) + 1;
  std::string_view found;
  for (const std::string& candidate : known) {
    if (candidate.size() > length_max) continue;
    const std::size_t d = distance(wrong, candidate);
    // With nothing in common, one letter is no more like another than like any.
    if (d >= nearest || d >= std::max(wrong.size(), candidate.size())) continue;
    nearest = d;
    found = candidate;
  }
  return std::string(found);
}

std::string did_you_mean_phrase(std::string_view wrong, const std::vector<std::string>& known,
                                std::string_view more) {
  const std::string near = did_you_mean(wrong, known);
  if (near.empty()) return more.empty() ? std::string() : fmt::format("; {}", more);
  return fmt::format("; did you mean \"{}\"?{}{}", near, more.empty() ? "" : " ", more);
}

std::string unknown_name(std::string_view noun, const std::vector<std::string>& names,
                         const std::vector<std::string>& known) {
  for (const std::string& name : names) {
    if (std::ranges::find(known, name) != known.end()) continue;
    return fmt::format("there is no {} {}{}", noun, in_quotes(name),
                       did_you_mean_phrase(name, known));
  }
  return {};
}

}  // namespace reprise
