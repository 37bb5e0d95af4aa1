// list, explain and selftest: what there is, and whether it does what it is for.
#include <reprise/replay/command_line_commands.h>
#include <reprise/replay/command_line_progress.h>
#include <reprise/replay/command_line_signals.h>
#include <reprise/replay/explain.h>
#include <reprise/replay/json_writer.h>
#include <reprise/replay/paint.h>
#include <reprise/replay/printable.h>
#include <reprise/replay/report_page.h>
#include <reprise/replay/selftest.h>
#include <reprise/replay/suggest.h>
#include <reprise/replay/trace.h>

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace reprise {

namespace {

std::string list_as_json(const std::vector<const Scenario*>& all) {
  JsonWriter json;
  json.begin_object().field("format", "reprise-list/1").key("scenarios").begin_list();
  for (const Scenario* const scenario : all) {
    json.begin_object(JsonWriter::Layout::line).field("name", scenario->name);
    json.key("canary").boolean(scenario->canary).field("finds", scenario->finds).end();
  }
  json.end().end();
  return std::move(json).written();
}

std::string list_as_text(const std::vector<const Scenario*>& all) {
  std::size_t width = 0;
  for (const Scenario* const scenario : all) width = std::max(width, scenario->name.size());
  std::string text;
  std::size_t canaries = 0;
  for (const Scenario* const scenario : all) {
    std::string note;
    if (scenario->broken()) note = "canary: found by " + scenario->finds;
    if (scenario->canary && !scenario->broken()) note = "canary: clean";
    if (scenario->canary) ++canaries;
    text += note.empty() ? scenario->name + '\n'
                         : fmt::format("{:<{}}  {}\n", scenario->name, width, note);
  }
  return text +
         fmt::format("{}, {} of them in canary pairs\n", counted(all.size(), "scenario"), canaries);
}

std::string explained_list(const std::string& program) {
  std::string text = "Checks:\n";
  for (const std::string& check : check_names()) {
    text += fmt::format("  {:<22} {}\n", check, summary_of(check));
  }
  text += "\nTopics:\n";
  for (const std::string& topic : explained_topics()) {
    text += fmt::format("  {:<22} {}\n", topic, summary_of(topic));
  }
  return text + fmt::format("\n`{} explain NAME` says more.\n", program);
}

// What `explain` knows: the checks, then the topics.
std::vector<std::string> explained_names() {
  std::vector<std::string> names = check_names();
  for (std::string& topic : explained_topics()) names.push_back(std::move(topic));
  return names;
}

std::string explanations_as_json(const std::vector<std::string>& checks) {
  JsonWriter json;
  json.begin_object().field("format", "reprise-explain/1").key("checks").begin_list();
  for (const std::string& check : checks) {
    json.begin_object().field("check", check).field("summary", summary_of(check));
    json.field("text", explanation_of(check)).end();
  }
  json.end().end();
  return std::move(json).written();
}

// --- selftest ---

std::string row_of(const PairResult& pair, std::size_t width, const Paint& paint) {
  std::string notes;
  if (!pair.failure.empty()) notes += "; " + pair.failure;
  for (const auto& [check, count] : pair.found_by_others) {
    notes += fmt::format("; {} in {}", check, count);
  }
  for (const std::string& signature : pair.mended_findings) {
    notes += "; mended: " + printable(signature);
  }
  if (!notes.empty()) notes = "  " + notes.substr(2);
  const std::string first =
      pair.first_found ? "run " + std::to_string(*pair.first_found) : std::string("never");
  return fmt::format("{}  {:<{}}  {:<20}  {:>9}  {:>6} of {:<6}  {:<8}{}\n",
                     pair.passed() ? paint(Ink::good, "ok  ") : paint(Ink::error, "FAIL"),
                     pair.pair, width, pair.check, first, pair.found, pair.runs,
                     pair.mended_findings.empty() ? "clean" : "flagged", notes);
}

std::string selftest_as_json(const std::vector<PairResult>& pairs, const CommandOptions& options) {
  JsonWriter json;
  json.begin_object()
      .field("format", "reprise-selftest/1")
      .field("seed", fmt::format("{:#x}", options.seed));
  json.key("pairs").begin_list();
  for (const PairResult& pair : pairs) {
    json.begin_object().field("pair", pair.pair).field("check", pair.check);
    json.key("passed").boolean(pair.passed());
    if (pair.first_found) json.field("first_found", *pair.first_found);
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
  selftest.runs = options.seeds.value_or(selftest.runs);
  selftest.cases.seed = options.seed;
  selftest.cases.strategy = options.strategy;
  selftest.cases.profile = options.profile;
  selftest.workers = options.jobs;
  selftest.worker.hang_ms = options.hang_milliseconds;
  selftest.stopped = is_interrupted;
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

}  // namespace

ExitCode list_command(const CommandOptions& options) {
  std::vector<const Scenario*> all;
  if (options.arguments.empty()) {
    for (const Scenario& scenario : scenarios()) all.push_back(&scenario);
  } else {
    ChosenScenarios chosen = choose_scenarios(options);
    if (chosen.exit != ExitCode::clean) return chosen.exit;
    all = std::move(chosen.scenarios);
  }
  print(options.json ? list_as_json(all) : list_as_text(all));
  return ExitCode::clean;
}

ExitCode explain_command(const CommandOptions& options) {
  for (const std::string& name : options.arguments) {
    if (!explanation_of(name).empty()) continue;
    complain(
        fmt::format("there is no check and no topic {}{}", in_quotes(name),
                    did_you_mean_phrase(name, explained_names(),
                                        fmt::format("`{} explain` lists them", options.program))));
    return ExitCode::bad_usage;
  }
  std::vector<std::string> names;
  for (const std::string& word : options.arguments) names.emplace_back(explained_page(word));
  if (options.json) {
    print(explanations_as_json(names.empty() ? explained_names() : names));
    return ExitCode::clean;
  }
  if (names.empty()) print(explained_list(options.program));
  const Paint paint(options.color);
  for (const std::string& name : names) {
    print(fmt::format("{}{}: {}\n\n{}", name == names.front() ? "" : "\n", paint(Ink::strong, name),
                      summary_of(name), explanation_of(name)));
  }
  return ExitCode::clean;
}

ExitCode selftest_command(const CommandOptions& options) {
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
  if (!options.json) {
    print(fmt::format("      {:<{}}  {:<20}  {:>9}  {:>6}    {:<6}  {}\n", "pair", width, "check",
                      "first", "found", "runs", "mended"));
  }
  std::vector<PairResult> pairs;
  std::size_t passed = 0;
  for (const std::string& name : names) {
    if (is_interrupted()) break;
    pairs.push_back(selftest_pair(name, selftest));
    if (pairs.back().passed()) ++passed;
    if (!options.json) print(row_of(pairs.back(), width, Paint(options.color)));
  }
  if (options.json) {
    print(selftest_as_json(pairs, options));
  } else {
    print(fmt::format("\n{} of each half, seed {:#x}\n{} passed, {} failed\n",
                      counted(selftest.runs, "run"), options.seed, passed, pairs.size() - passed));
  }
  if (is_interrupted()) return ExitCode::incomplete;
  return passed == pairs.size() ? ExitCode::clean : ExitCode::findings;
}

}  // namespace reprise
