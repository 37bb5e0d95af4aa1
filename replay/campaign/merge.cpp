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

void add_plans(Coverage::Plans& sum, const Coverage::Plans& more) {
  sum.total = std::max(sum.total, more.total);
  sum.run = std::min(sum.run + more.run, sum.total);
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
    return std::make_tuple(kept.report.incomplete.empty(), runs_of(kept.report), kept.digest);
  };
  return rank_of(a) > rank_of(b);
}

ShardUnion::Kept ShardUnion::kept(ShardResult result) {
  Kept kept;
  kept.digest = result.digest;
  kept.arguments = std::move(result.arguments);
  kept.report = std::move(result.report);
  CampaignReport& report = kept.report;
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

void ShardUnion::unite_rows(CampaignReport& report) const {
  std::map<std::size_t, ScenarioRow> rows;
  for (const auto& [index, kept] : shards_) {
    report.milliseconds += kept.report.milliseconds;
    for (const ScenarioRow& row : kept.report.scenarios) {
      ScenarioRow& sum = rows[place_of(row.name)];
      sum.name = row.name;
      sum.runs += row.runs;
      sum.failed += row.failed;
      sum.events += row.events;
      sum.milliseconds += row.milliseconds;
      sum.power_losses += row.power_losses;
      if (!row.random_until) continue;
      sum.random_until = std::min(sum.random_until.value_or(*row.random_until), *row.random_until);
    }
  }
  for (auto& [place, row] : rows) {
    if (row.random_until && shards_.size() == of_) {
      report.remarks.push_back(fmt::format("{}: every random run below number {} was made",
                                           row.name, *row.random_until));
    }
    report.scenarios.push_back(std::move(row));
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

void ShardUnion::unite_certificates(CampaignReport& report) const {
  std::map<std::size_t, Coverage> all;
  for (const auto& [index, kept] : shards_) {
    for (const Coverage& certificate : kept.report.certificates) {
      Coverage& sum = all[place_of(certificate.scenario)];
      sum.scenario = certificate.scenario;
      add_plans(sum.singles, certificate.singles);
      add_plans(sum.pairs, certificate.pairs);
      add_plans(sum.power_losses, certificate.power_losses);
      sum.crashes += certificate.crashes;
      sum.is_cut = sum.is_cut || certificate.is_cut;
    }
  }
  std::set<SiteLocation> reached;
  for (auto& [place, certificate] : all) {
    if (const auto points = points_.find(place); points != points_.end()) {
      certificate.points = points->second;
    }
    if (const auto sites = reached_.find(place); sites != reached_.end()) {
      certificate.reached.assign(sites->second.begin(), sites->second.end());
      reached.insert(sites->second.begin(), sites->second.end());
    }
    report.certificates.push_back(std::move(certificate));
  }
  // What some shard has not reached, and no other has.
  std::ranges::set_difference(not_reached_, reached, std::back_inserter(report.not_reached));
}

void ShardUnion::unite_sentences(CampaignReport& report) const {
  std::set<std::string> stopped;
  std::map<std::string, std::set<std::uint32_t>> incomplete;
  std::map<std::string, std::set<std::uint32_t>> remarks;
  for (const auto& [index, kept] : shards_) {
    stopped.insert(kept.report.stopped);
    for (const std::string& sentence : kept.report.incomplete) {
      incomplete[sentence].insert(index + 1);
    }
    for (const std::string& sentence : kept.report.remarks) remarks[sentence].insert(index + 1);
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
  report.seed = shards_.begin()->second.report.seed;
  unite_rows(report);
  unite_findings(report);
  unite_certificates(report);
  unite_sentences(report);
  return report;
}

}  // namespace reprise
