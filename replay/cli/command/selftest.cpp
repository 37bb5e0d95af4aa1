// selftest: are the planted bugs found, and how soon?
#include <reprise/replay/campaign/selftest.h>
#include <reprise/replay/cli/commands.h>
#include <reprise/replay/cli/interrupt.h>
#include <reprise/replay/json/writer.h>
#include <reprise/replay/report/page.h>
#include <reprise/replay/text/escape.h>
#include <reprise/replay/text/suggest.h>
#include <reprise/replay/text/terminal_style.h>
#include <reprise/replay/text/units.h>
#include <reprise/sim/store_watch/memory_watch.h>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace reprise {

namespace {

std::string to_text(const std::optional<std::uint64_t>& first) {
  return first ? std::to_string(*first) : "never";
}

std::string random_in_words(const PairResult& pair, std::uint64_t runs) {
  if (!pair.random) return "";
  const std::string median =
      pair.random->median ? std::to_string(*pair.random->median) : fmt::format("> {}", runs);
  return fmt::format("{} {}", median, pair.random->strategy->name);
}

// The named check first, if it found something.
std::string finders_of(const PairResult& pair) {
  std::string text = pair.found > 0 ? pair.check : std::string();
  for (const auto& [check, count] : pair.found_by_others) {
    text += (text.empty() ? "" : ", ") + check;
  }
  return text;
}

std::string row_of(const PairResult& pair, std::size_t width, std::uint64_t runs,
                   const TerminalStyle& paint) {
  std::string notes;
  if (!pair.failure.empty()) notes += "; " + pair.failure;
  if (pair.found == 0) notes += fmt::format("; {} does not find it", pair.check);
  for (const auto& [check, count] : pair.found_by_others) {
    notes += fmt::format("; {} in {}", check, count);
  }
  for (const std::string& signature : pair.mended_findings) {
    notes += "; mended: " + escaped(signature);
  }
  if (!notes.empty()) notes = "  " + notes.substr(2);
  return fmt::format(
      "{}  {:<{}}  {:<20}  {:>6} of {:<6}  {:<16}  {:>6} {:<7}{}\n",
      pair.passed() ? paint(TextStyle::good, "ok  ") : paint(TextStyle::error, "FAIL"), pair.pair,
      width, pair.check, to_text(pair.first_plan), pair.plans, random_in_words(pair, runs),
      pair.mended_runs, pair.mended_findings.empty() ? "clean" : "flagged", notes);
}

std::string markdown_row_of(const PairResult& pair, std::uint64_t runs) {
  const std::string mended =
      pair.mended_findings.empty() ? std::to_string(pair.mended_runs) : std::string("**flagged**");
  const std::string sweep =
      pair.first_plan ? fmt::format("{} of {}", *pair.first_plan, pair.plans) : "no";
  const std::string finders = finders_of(pair);
  return fmt::format("| `{}` | {} | {} | {} | {} |\n", pair.pair,
                     finders.empty() ? "**none**" : finders, sweep, random_in_words(pair, runs),
                     mended);
}

std::string selftest_as_json(const std::vector<PairResult>& pairs, const CommandOptions& options) {
  JsonWriter json;
  json.begin_object()
      .field("format", "reprise-selftest/1")
      .field("seed", fmt::format("{:#x}", options.search.cases.seed));
  json.key("pairs").begin_list();
  for (const PairResult& pair : pairs) {
    json.begin_object().field("pair", pair.pair).field("check", pair.check);
    json.key("passed").boolean(pair.passed());
    if (pair.first_found) json.field("first_found", *pair.first_found);
    json.field("plans", pair.plans);
    if (pair.first_plan) json.field("first_plan", *pair.first_plan);
    if (pair.random) {
      json.key("random").begin_object(JsonWriter::Layout::line);
      json.field("strategy", pair.random->strategy->name).field("found", pair.random->found);
      if (pair.random->median) json.field("median", *pair.random->median);
      json.end();
    }
    json.field("found", pair.found).field("runs", pair.runs);
    json.field("mended_runs", pair.mended_runs).field("mended_findings", pair.mended_findings);
    json.key("found_by_others").begin_object();
    for (const auto& [check, count] : pair.found_by_others) json.field(check, count);
    json.end();
    if (!pair.failure.empty()) json.field("failure", pair.failure);
    json.end();
  }
  json.end().end();
  return std::move(json).written();
}

SelftestOptions selftest_options(const CommandOptions& options) {
  SelftestOptions selftest;
  selftest.runs = options.budget.seeds.value_or(selftest.runs);
  selftest.campaigns = options.campaigns;
  selftest.is_watched = MemoryWatch::has_watched_code();
  selftest.search = options.search;
  selftest.search.worker.silent = true;
  return selftest;
}

// The pairs that the arguments name; a complaint and nothing if one names none.
std::vector<std::string> choose_pairs(const CommandOptions& options, ExitCode& exit) {
  std::vector<std::string> all = match_pairs("*");
  if (options.arguments.empty()) return all;
  std::vector<std::string> chosen;
  for (const std::string& pattern : options.arguments) {
    const std::vector<std::string> pairs = match_pairs(pattern);
    if (pairs.empty()) {
      const bool is_pattern = pattern.find_first_of("*?") != std::string::npos;
      complain(fmt::format("there is no canary pair {}{}", in_quotes(pattern),
                           did_you_mean_phrase(pattern, all)));
      exit = is_pattern ? ExitCode::nothing_ran : ExitCode::bad_usage;
      return {};
    }
    for (const std::string& pair : pairs) {
      if (std::ranges::find(chosen, pair) == chosen.end()) chosen.push_back(pair);
    }
  }
  return chosen;
}

ExitCode test_pairs(const CommandOptions& options) {
  ExitCode exit = ExitCode::clean;
  const std::vector<std::string> names = choose_pairs(options, exit);
  if (exit != ExitCode::clean) return exit;
  if (names.empty()) {
    complain("there are no canary pairs");
    return ExitCode::nothing_ran;
  }
  const SelftestOptions selftest = selftest_options(options);
  std::size_t width = std::string_view("pair").size();
  for (const std::string& name : names) width = std::max(width, name.size());
  if (options.markdown) {
    print(
        "| pair | found by | plan of the sweep | random runs | mended twin survives |\n"
        "| --- | --- | --- | --- | --- |\n");
  } else if (!options.json()) {
    print(fmt::format("      {:<{}}  {:<20}  {:<16}  {:<16}  {}\n", "pair", width, "check",
                      "plan of the sweep", "random runs", "mended"));
  }
  std::vector<PairResult> pairs;
  std::size_t passed = 0;
  std::size_t swept = 0;
  for (const std::string& name : names) {
    if (is_interrupted()) break;
    pairs.push_back(selftest_pair(name, selftest));
    const PairResult& pair = pairs.back();
    if (pair.passed()) ++passed;
    if (pair.first_plan) ++swept;
    if (options.json()) continue;
    print(options.markdown ? markdown_row_of(pair, selftest.runs)
                           : row_of(pair, width, selftest.runs, TerminalStyle(options.color)));
  }
  if (options.json()) {
    print(selftest_as_json(pairs, options));
  } else if (!options.markdown) {
    print(
        fmt::format("\n{} found by a sweep, one difference from a calm run; random runs: the "
                    "median of {} of up to "
                    "{} runs, seed {:#x}\n{} passed, {} failed\n",
                    swept, counted(selftest.campaigns, "campaign"), selftest.runs,
                    options.search.cases.seed, passed, pairs.size() - passed));
  }
  if (is_interrupted()) return ExitCode::incomplete;
  return passed == pairs.size() ? ExitCode::clean : ExitCode::findings;
}

}  // namespace

const Command selftest_command{
    .name = "selftest",
    .argument = "PAIR",
    .needs_argument = false,
    .summary = "Verifies that planted bugs are found, and mended twins are clean",
    .examples = "  reprise selftest\n  reprise selftest 'reentry/*' --seeds 5000\n",
    .groups = {seed_group, seeds_group, jobs_group, strategy_group, campaigns_group, limits_group,
               files_group},
    .traits = {.has_fixed_seed = true, .file_scenarios = FileScenarios::pairs},
    .json_schema = "selftest",
    .run = test_pairs,
};

}  // namespace reprise
