#include <reprise/replay/campaign/merge.h>

#include <reprise/core/assert.h>
#include <reprise/replay/text/escape.h>
#include <reprise/replay/text/units.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <tuple>
#include <vector>

namespace reprise {

namespace {

std::string differing(std::string_view name, std::string_view first, const std::string& first_path,
                      std::string_view second, const std::string& second_path) {
  return fmt::format("these are shards of different campaigns; {}: {} in {}, {} in {}", name,
                     in_quotes(first), escaped(first_path), in_quotes(second),
                     escaped(second_path));
}

std::string shards_text(const std::set<std::uint32_t>& numbers) {
  return fmt::format("shard{} {}", numbers.size() == 1 ? "" : "s", ranges_text(numbers));
}

// An order of rows, so that the choice among several depends on nothing else: the smallest plan
// that has a trace comes first.
auto rank(const FindingRow& row) {
  return std::make_tuple(row.trace_path.empty(), row.distance, row.trace_path, row.message,
                         row.check, row.seed, row.options);
}
auto rank(const NoteRow& row) {
  const Finding& note = row.note;
  return std::tie(note.message, note.check, note.evidence, note.expected, note.help, row.seed,
                  row.options);
}

// Joins two rows of one signature; `joined` gives the count.
template <class Row>
void join(Row& known, const Row& other, std::uint64_t count) {
  if (rank(other) < rank(known)) known = other;
  known.count = count;
}

// Those of one shard, seen again: the runs are the same ones.
template <class Rows>
void join_same(Rows& known, const Rows& other) {
  for (const auto& [key, row] : other) {
    const auto [place, is_new] = known.emplace(key, row);
    if (!is_new) join(place->second, row, std::max(place->second.count, row.count));
  }
}

template <class Rows>
void join_others(Rows& known, const Rows& other) {
  for (const auto& [key, row] : other) {
    const auto [place, is_new] = known.emplace(key, row);
    if (!is_new) join(place->second, row, place->second.count + row.count);
  }
}

/// The numbers that a shard has of one scenario: its row and, in a sweep, its certificate.
struct Counts {
  std::uint64_t place = 0;  // of the scenario
  ScenarioRow row = {};
  std::uint64_t random_until_after = 0;  // 1 more than the row's; 0: it has none
  std::uint64_t has_certificate = 0;
  std::uint64_t is_cut = 0;
  Coverage certificate = {};
};

template <class Numbers>
void for_each_number(Numbers& counts, auto&& what) {
  auto& row = counts.row;
  auto& certificate = counts.certificate;
  for (auto* const number :
       {&counts.place, &row.runs, &row.failed, &row.events, &row.milliseconds, &row.power_losses,
        &counts.random_until_after, &counts.has_certificate}) {
    what(*number);
  }
  if (counts.has_certificate == 0) return;
  auto& crashes = certificate.crashes;
  for (auto* const number :
       {&counts.is_cut, &certificate.singles.total, &certificate.singles.run,
        &certificate.pairs.total, &certificate.pairs.run, &certificate.power_losses.total,
        &certificate.power_losses.run, &crashes.points, &crashes.explored, &crashes.represented,
        &crashes.left_out, &crashes.nested}) {
    what(*number);
  }
}

// Seven bits in each byte, the lowest first; the last byte has no eighth bit.
void append_counts(const Counts& counts, std::string& bytes) {
  for_each_number(counts, [&](std::uint64_t number) {
    for (; number >= 0x80; number >>= 7U) bytes += static_cast<char>(number | 0x80U);
    bytes += static_cast<char>(number);
  });
}

// Takes the first of `bytes` away.
Counts take_counts(std::string_view& bytes) {
  Counts counts;
  for_each_number(counts, [&](std::uint64_t& number) {
    for (unsigned shift = 0;; shift += 7U) {
      const auto byte = static_cast<unsigned char>(bytes.front());
      bytes.remove_prefix(1);
      number |= std::uint64_t{byte & 0x7fU} << shift;
      if (byte < 0x80U) break;
    }
  });
  return counts;
}

void add_plans(Coverage::Plans& sum, const Coverage::Plans& more) {
  sum.total = std::max(sum.total, more.total);
  sum.run = std::min(sum.run + more.run, sum.total);
}

void add_row(ScenarioRow& sum, const Counts& counts) {
  sum.runs += counts.row.runs;
  sum.failed += counts.row.failed;
  sum.events += counts.row.events;
  sum.milliseconds += counts.row.milliseconds;
  sum.power_losses += counts.row.power_losses;
  if (counts.random_until_after == 0) return;
  const std::uint64_t until = counts.random_until_after - 1;
  sum.random_until = std::min(sum.random_until.value_or(until), until);
}

void add_certificate(Coverage& sum, const Counts& counts) {
  add_plans(sum.singles, counts.certificate.singles);
  add_plans(sum.pairs, counts.certificate.pairs);
  add_plans(sum.power_losses, counts.certificate.power_losses);
  sum.crashes += counts.certificate.crashes;
  sum.is_cut = sum.is_cut || counts.is_cut != 0;
}

}  // namespace

std::string ranges_text(const std::set<std::uint32_t>& numbers) {
  std::vector<std::string> parts;
  for (auto at = numbers.begin(); at != numbers.end();) {
    const std::uint32_t from = *at;
    std::uint32_t to = from;
    while (++at != numbers.end() && *at == to + 1) to = *at;
    if (to == from + 1) {
      parts.push_back(fmt::to_string(from));
      parts.push_back(fmt::to_string(to));
    } else {
      parts.push_back(to == from ? fmt::to_string(from) : fmt::format("{} to {}", from, to));
    }
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::size_t ShardUnion::place_of(const std::string& scenario) const {
  const auto found = std::ranges::find(question_.scenarios, scenario);
  return static_cast<std::size_t>(std::distance(question_.scenarios.begin(), found));
}

bool ShardUnion::is_better(const Kept& a, const Kept& b) {
  const auto rank_of = [](const Kept& kept) {
    return std::make_tuple(kept.incomplete.empty(), kept.runs, kept.digest);
  };
  return rank_of(a) > rank_of(b);
}

std::string ShardUnion::packed_counts(const CampaignReport& report) const {
  std::map<std::size_t, Counts> all;
  for (const ScenarioRow& row : report.scenarios) {
    Counts& counts = all[place_of(row.name)];
    counts.row = row;
    counts.random_until_after = row.random_until ? *row.random_until + 1 : 0;
  }
  for (const Coverage& certificate : report.certificates) {
    Counts& counts = all[place_of(certificate.scenario)];
    counts.has_certificate = 1;
    counts.is_cut = certificate.is_cut ? 1 : 0;
    counts.certificate = certificate;
  }
  std::string bytes;
  for (auto& [place, counts] : all) {
    counts.place = place;
    append_counts(counts, bytes);
  }
  bytes.shrink_to_fit();
  return bytes;
}

ShardUnion::Kept ShardUnion::kept(ShardResult result) {
  Kept kept;
  kept.digest = result.digest;
  kept.arguments = std::move(result.arguments);
  CampaignReport& report = result.report;
  kept.counts = packed_counts(report);
  kept.seed = report.seed;
  kept.stopped = std::move(report.stopped);
  kept.incomplete = std::move(report.incomplete);
  kept.remarks = std::move(report.remarks);
  kept.milliseconds = report.milliseconds;
  kept.runs = runs_of(report);
  for (FindingRow& row : std::exchange(report.findings, {})) {
    Key key{place_of(row.scenario), row.signature};
    join_same(kept.findings, Findings{{std::move(key), std::move(row)}});
  }
  for (NoteRow& row : std::exchange(report.notes, {})) {
    Key key{place_of(row.scenario), row.note.signature};
    join_same(kept.notes, Notes{{std::move(key), std::move(row)}});
  }
  for (const GoalRow& goal : std::exchange(report.goals, {})) {
    bool& reached = goals_[{place_of(goal.scenario), goal.name}];
    reached = reached || goal.reached;
  }
  for (Coverage& certificate : report.certificates) {
    const std::size_t place = place_of(certificate.scenario);
    for (const auto& [point, plans] : std::exchange(certificate.points, {})) {
      std::uint64_t& known = points_[place][point];
      known = std::max(known, plans);
    }
    for (SiteLocation& site : std::exchange(certificate.reached, {})) {
      reached_[place].insert(std::move(site));
    }
  }
  for (SiteLocation& site : std::exchange(report.not_reached, {})) {
    not_reached_.insert(std::move(site));
  }
  return kept;
}

std::optional<std::string> ShardUnion::add(ShardResult result, const std::string& path) {
  const CaseShard shard = result.report.shard.value_or(CaseShard{});
  if (of_ == 0) {
    of_ = shard.of;
    question_ = result.question;
    first_path_ = path;
  }
  if (of_ != shard.of) {
    return differing("shards", fmt::to_string(of_), first_path_, fmt::to_string(shard.of), path);
  }
  for (const QuestionPart& part : question_parts) {
    const std::string& one = question_.*part.text;
    const std::string& other = result.question.*part.text;
    if (one != other) return differing(part.name, one, first_path_, other, path);
  }
  const std::vector<std::string>& ours = question_.scenarios;
  const std::vector<std::string>& theirs = result.question.scenarios;
  const auto [one, other] = std::mismatch(ours.begin(), ours.end(), theirs.begin(), theirs.end());
  const bool is_one_over = one == ours.end();
  const bool is_other_over = other == theirs.end();
  if (!is_one_over || !is_other_over) {
    return differing("scenarios", is_one_over ? "no more" : *one, first_path_,
                     is_other_over ? "no more" : *other, path);
  }
  Kept more = kept(std::move(result));
  const auto [place, is_new] = shards_.try_emplace(shard.index, std::move(more));
  if (is_new) return std::nullopt;
  Kept& known = place->second;
  // Whichever counts, nothing that was found is lost.
  if (is_better(more, known)) std::swap(more, known);
  join_same(known.findings, more.findings);
  join_same(known.notes, more.notes);
  return std::nullopt;
}

std::string ShardUnion::missing_shards() const {
  std::set<std::uint32_t> missing;
  for (std::uint32_t i = 0; i < of_; ++i) {
    if (!shards_.contains(i)) missing.insert(missing.end(), i + 1);
  }
  if (missing.empty()) return {};
  return fmt::format("{} of {} {} missing", shards_text(missing), of_,
                     missing.size() == 1 ? "is" : "are");
}

void ShardUnion::unite_counts(CampaignReport& report) const {
  std::map<std::size_t, ScenarioRow> rows;
  std::map<std::size_t, Coverage> certificates;
  for (const auto& [index, kept] : shards_) {
    report.milliseconds += kept.milliseconds;
    for (std::string_view bytes = kept.counts; !bytes.empty();) {
      const Counts counts = take_counts(bytes);
      add_row(rows[counts.place], counts);
      if (counts.has_certificate != 0) add_certificate(certificates[counts.place], counts);
    }
  }
  for (auto& [place, row] : rows) {
    row.name = question_.scenarios[place];
    if (row.random_until && shards_.size() == of_) {
      report.remarks.push_back(fmt::format("{}: every random run below number {} was made",
                                           row.name, *row.random_until));
    }
    report.scenarios.push_back(std::move(row));
  }
  for (auto& [place, certificate] : certificates) {
    certificate.scenario = question_.scenarios[place];
    report.certificates.push_back(std::move(certificate));
  }
}

void ShardUnion::unite_findings(CampaignReport& report) const {
  Findings findings;
  Notes notes;
  for (const auto& [index, kept] : shards_) {
    join_others(findings, kept.findings);
    join_others(notes, kept.notes);
  }
  for (auto& [key, row] : findings) report.findings.push_back(std::move(row));
  for (auto& [key, row] : notes) report.notes.push_back(std::move(row));
  for (const auto& [key, reached] : goals_) {
    report.goals.push_back({question_.scenarios[key.first], key.second, reached});
  }
}

void ShardUnion::unite_sites(CampaignReport& report) const {
  std::set<SiteLocation> reached;
  for (Coverage& certificate : report.certificates) {
    const std::size_t place = place_of(certificate.scenario);
    if (const auto points = points_.find(place); points != points_.end()) {
      certificate.points = points->second;
    }
    if (const auto sites = reached_.find(place); sites != reached_.end()) {
      certificate.reached.assign(sites->second.begin(), sites->second.end());
      reached.insert(sites->second.begin(), sites->second.end());
    }
  }
  // What some shard has not reached, and no other has.
  std::ranges::set_difference(not_reached_, reached, std::back_inserter(report.not_reached));
}

void ShardUnion::unite_sentences(CampaignReport& report) const {
  std::set<std::string> stopped;
  std::map<std::string, std::set<std::uint32_t>> incomplete;
  std::map<std::string, std::set<std::uint32_t>> remarks;
  for (const auto& [index, kept] : shards_) {
    stopped.insert(kept.stopped);
    for (const std::string& sentence : kept.incomplete) {
      incomplete[sentence].insert(index + 1);
    }
    for (const std::string& sentence : kept.remarks) remarks[sentence].insert(index + 1);
  }
  report.stopped = fmt::format("{}", fmt::join(stopped, "; "));
  if (std::string missing = missing_shards(); !missing.empty()) {
    report.incomplete.push_back(std::move(missing));
  }
  for (const auto& [sentence, numbers] : incomplete) {
    report.incomplete.push_back(fmt::format("{} ({})", sentence, shards_text(numbers)));
  }
  for (const auto& [sentence, numbers] : remarks) {
    report.remarks.push_back(fmt::format("{} ({})", sentence, shards_text(numbers)));
  }
}

CampaignReport ShardUnion::report() const {
  REPRISE_ASSERT(!shards_.empty(), "there is no result to report");
  CampaignReport report;
  report.command = question_.command;
  report.seed = shards_.begin()->second.seed;
  unite_counts(report);
  unite_findings(report);
  unite_sites(report);
  unite_sentences(report);
  return report;
}

}  // namespace reprise
