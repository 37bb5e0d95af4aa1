#include <reprise/replay/campaign/shard_result.h>

#include <reprise/replay/campaign/coverage_json.h>
#include <reprise/replay/json/json.h>
#include <reprise/replay/json/reader.h>
#include <reprise/replay/json/writer.h>
#include <reprise/replay/text/escape.h>
#include <reprise/sim/plan/names.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace reprise {

namespace {

constexpr std::string_view shard_format = "reprise-shard/1";
using ShardLayout = JsonWriter::Layout;

std::string budget_text(const CampaignOptions& options) {
  std::string text = fmt::format("{} random runs", options.search.mix.random_max);
  if (options.is_random_max_asked) text += ", all of them";
  if (options.milliseconds_max) text += fmt::format(", {} ms", *options.milliseconds_max);
  if (options.scenario_milliseconds_max) {
    text += fmt::format(", {} ms each", *options.scenario_milliseconds_max);
  }
  return text;
}

std::string cases_text(const SearchOptions& search) {
  const CaseMix& mix = search.mix;
  const CaseOptions& cases = search.cases;
  std::vector<std::string> parts;
  if (mix.sync) parts.emplace_back("sync");
  if (mix.lazy) parts.emplace_back("lazy");
  if (mix.sweeps) parts.push_back(fmt::format("sweeps of {}", cases.sweep_max));
  if (mix.pairs) parts.push_back(fmt::format("pairs of {}", cases.pairs_max));
  if (mix.crashes) {
    const CrashLimits& limits = cases.crash_limits;
    parts.push_back(fmt::format("{} power losses, {} states of each, {} cut off{}",
                                cases.crashes_max, limits.states_max, limits.nested_max,
                                limits.prunes ? "" : ", none left out"));
  }
  if (cases.is_isolated) parts.emplace_back("each run in a process of its own");
  if (search.keep_going) parts.emplace_back("beyond the first finding");
  return fmt::format("{}", fmt::join(parts, ", "));
}

// Two profiles from files may have one name.
std::string profile_text(const Profile& profile) {
  std::string rates = fmt::format("{}", profile.latency_bits);
  for (const Rate& rate : profile.rates) {
    rates += fmt::format(" {}/{}", rate.numerator, rate.denominator);
  }
  return fmt::format("{} {:016x}", profile.name, hash_of_name(rates));
}

std::string options_text(const Options& options) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : options) parts.push_back(fmt::format("{}={}", name, value));
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string checks_text(const CheckSet& checks) {
  std::vector<std::string> parts;
  for (const std::string& name : checks.off) parts.push_back("no " + name);
  for (const std::string& name : checks.errors) parts.push_back("errors of " + name);
  for (const std::string& name : checks.benign) parts.push_back("benign " + name);
  return fmt::format("{}", fmt::join(parts, ", "));
}

// All shards have the same points of the calm runs. Of many shards the first ones tell them, so
// that a merge need not read them thousands of times; and one that was cut off, which others may
// have been before it.
bool tells_points(const CampaignReport& report) {
  constexpr std::uint32_t tellers = 8;
  return report.shard.value_or(CaseShard{}).index < tellers || !report.incomplete.empty();
}

void write_settings(JsonWriter& json, const Options& options) {
  json.key("options").begin_object(ShardLayout::line);
  for (const auto& [name, value] : options) json.field(name, fmt::to_string(value));
  json.end();
}

void write_question(JsonWriter& json, const CampaignQuestion& question) {
  json.key("question").begin_object();
  for (const QuestionPart& part : question_parts) json.field(part.name, question.*part.text);
  json.field("scenarios", question.scenarios).end();
}

void write_arguments(JsonWriter& json, const CommandArguments& arguments) {
  json.key("arguments").begin_object(ShardLayout::line);
  json.field("run", arguments.run).field("check", arguments.check);
  json.field("files", arguments.files).field("file_options", arguments.file_options);
  json.field("compiler_flags", arguments.compiler_flags).end();
}

void write_finding(JsonWriter& json, const Finding& finding) {
  json.field("check", finding.check).field("signature", finding.signature);
  json.field("message", finding.message).field("evidence", finding.evidence);
  json.field("expected", finding.expected).field("help", finding.help);
  json.key("places").begin_list();
  for (const ShownLocation& place : finding.places) {
    json.begin_object(ShardLayout::line)
        .field("file", place.file)
        .field("function", place.function);
    json.field("line", static_cast<std::uint64_t>(place.line));
    json.field("column", static_cast<std::uint64_t>(place.column)).field("note", place.note).end();
  }
  json.end();
}

void write_rows(JsonWriter& json, const CampaignReport& report) {
  json.key("scenarios").begin_list();
  for (const ScenarioRow& row : report.scenarios) {
    json.begin_object(ShardLayout::line).field("scenario", row.name).field("runs", row.runs);
    json.field("failed", row.failed).field("events", row.events);
    json.field("milliseconds", row.milliseconds).field("power_losses", row.power_losses);
    if (row.random_until) json.field("random_until", *row.random_until);
    json.end();
  }
  json.end().key("findings").begin_list();
  for (const FindingRow& row : report.findings) {
    json.begin_object().field("scenario", row.scenario);
    write_finding(json, finding_of(row));
    if (!row.trace_path.empty()) json.field("trace", row.trace_path);
    if (row.seed) json.field("seed", fmt::format("0x{:x}", *row.seed));
    json.field("distance", row.distance).field("count", row.count);
    write_settings(json, row.options);
    json.end();
  }
  json.end().key("notes").begin_list();
  for (const NoteRow& row : report.notes) {
    json.begin_object().field("scenario", row.scenario);
    write_finding(json, row.note);
    json.field("count", row.count);
    if (row.seed) json.field("seed", fmt::format("0x{:x}", *row.seed));
    write_settings(json, row.options);
    json.end();
  }
  json.end().key("goals").begin_list();
  for (const GoalRow& goal : report.goals) {
    json.begin_object(ShardLayout::line).field("scenario", goal.scenario).field("name", goal.name);
    json.key("reached").boolean(goal.reached).end();
  }
  json.end();
}

class ShardReading {
 public:
  explicit ShardReading(const JsonValue& value) : root_{&value, ""} {}

  Expected<ShardResult> result() {
    reader_.object(root_, {"format", "shard", "of", "seed", "question", "arguments", "stopped",
                           "incomplete", "remarks", "milliseconds", "scenarios", "findings",
                           "notes", "goals", "certificates", "not_reached"});
    const std::string format = text(root_, "format");
    if (reader_.ok() && format != shard_format) {
      reader_.fail("format", fmt::format("expected \"{}\"", shard_format));
    }
    ShardResult result;
    result.question = question(need(root_, "question", "an object"));
    result.arguments = arguments(need(root_, "arguments", "an object"));
    known_ = result.question.scenarios;
    CampaignReport& report = result.report;
    report.shard = shard();
    report.seed = seed(root_);
    report.command = result.question.command;
    report.stopped = text(root_, "stopped");
    report.incomplete = texts(root_, "incomplete");
    report.remarks = texts(root_, "remarks");
    report.milliseconds = number(root_, "milliseconds");
    for (const JsonPlace& each : list("scenarios")) report.scenarios.push_back(row(each));
    for (const JsonPlace& each : list("findings")) report.findings.push_back(finding(each));
    for (const JsonPlace& each : list("notes")) report.notes.push_back(note(each));
    for (const JsonPlace& each : list("goals")) report.goals.push_back(goal(each));
    for (const JsonPlace& each : list("certificates")) {
      report.certificates.push_back(read_certificate(reader_, each));
      check_scenario(each, report.certificates.back().scenario);
    }
    for (const JsonPlace& each : list("not_reached")) {
      report.not_reached.push_back(read_site(reader_, each));
    }
    if (!reader_.ok()) return Expected<ShardResult>::failed(reader_.error());
    return result;
  }

 private:
  static constexpr std::uint64_t numbers_max = std::uint64_t{1} << 53;

  JsonPlace need(const JsonPlace& object, std::string_view name, std::string_view expected) {
    return reader_.need(object, name, expected);
  }
  std::string text(const JsonPlace& object, std::string_view name) {
    return reader_.text(need(object, name, "a text"), "a text");
  }
  std::uint64_t number(const JsonPlace& object, std::string_view name,
                       std::uint64_t max = numbers_max) {
    return reader_.number(need(object, name, "a number"), max);
  }
  std::vector<JsonPlace> list(std::string_view name) {
    return reader_.list(need(root_, name, "a list"), "a list");
  }
  std::vector<std::string> texts(const JsonPlace& object, std::string_view name) {
    std::vector<std::string> all;
    for (const JsonPlace& each : reader_.list(need(object, name, "a list"), "a list")) {
      all.push_back(reader_.text(each, "a text"));
    }
    return all;
  }
  std::optional<std::uint64_t> seed(const JsonPlace& object) {
    const JsonPlace place = reader_.field(object, "seed");
    return place ? std::optional(reader_.unsigned_text(place)) : std::nullopt;
  }

  CaseShard shard() {
    const auto of = static_cast<std::uint32_t>(number(root_, "of", shards_max));
    const auto shard = static_cast<std::uint32_t>(number(root_, "shard", shards_max));
    if (reader_.ok() && (shard < 1 || shard > of)) {
      reader_.fail("shard", fmt::format("expected a number from 1 to {}, found {}", of, shard));
    }
    return {shard == 0 ? 0 : shard - 1, of};
  }

  CampaignQuestion question(const JsonPlace& place) {
    reader_.object(place, {"build", "command", "seed", "budget", "cases", "strategy", "profile",
                           "options", "checks", "scenarios"});
    CampaignQuestion question;
    for (const QuestionPart& part : question_parts) question.*part.text = text(place, part.name);
    question.scenarios = texts(place, "scenarios");
    if (reader_.ok() && question.command != "fuzz" && question.command != "sweep") {
      reader_.wrong(reader_.field(place, "command"), "\"fuzz\" or \"sweep\"");
    }
    return question;
  }

  CommandArguments arguments(const JsonPlace& place) {
    reader_.object(place, {"run", "check", "files", "file_options", "compiler_flags"});
    return {texts(place, "run"), texts(place, "check"), texts(place, "files"),
            texts(place, "file_options"), texts(place, "compiler_flags")};
  }

  void check_scenario(const JsonPlace& place, const std::string& name) {
    if (!reader_.ok() || std::ranges::find(known_, name) != known_.end()) return;
    reader_.fail(place.path,
                 fmt::format("{} is not among the scenarios of the question", in_quotes(name)));
  }
  std::string scenario(const JsonPlace& place) {
    std::string name = text(place, "scenario");
    check_scenario(place, name);
    return name;
  }

  // A name in the folder of the file, and no way out of it.
  std::string trace(const JsonPlace& place) {
    std::string name = reader_.text(place, "the name of a file");
    const bool is_name = std::ranges::all_of(name, [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             c == '_' || c == '.' || c == '-';
    });
    if (place && reader_.ok() && (name.empty() || name.front() == '.' || !is_name)) {
      reader_.wrong(place, "the name of a file");
    }
    return name;
  }

  Options options(const JsonPlace& object) {
    const JsonPlace place = need(object, "options", "an object");
    Options options;
    if (!place) return options;
    if (place.value->kind != JsonValue::Kind::object) {
      reader_.wrong(place, "an object");
      return options;
    }
    for (std::size_t i = 0; i < place.value->keys.size(); ++i) {
      const std::string& name = place.value->keys[i];
      const JsonPlace each{&place.value->items[i],
                           fmt::format("{}.{}", place.path, escaped(name, 60))};
      options[name] = reader_.signed_text(each);
    }
    return options;
  }

  ScenarioRow row(const JsonPlace& place) {
    reader_.object(place, {"scenario", "runs", "failed", "events", "milliseconds", "power_losses",
                           "random_until"});
    ScenarioRow row;
    row.name = scenario(place);
    row.runs = number(place, "runs");
    row.failed = number(place, "failed");
    row.events = number(place, "events");
    row.milliseconds = number(place, "milliseconds");
    row.power_losses = number(place, "power_losses");
    if (const JsonPlace until = reader_.field(place, "random_until")) {
      row.random_until = reader_.number(until, numbers_max);
    }
    return row;
  }

  ShownLocation shown_location(const JsonPlace& place) {
    constexpr std::uint64_t lines_max = 1'000'000'000;
    reader_.object(place, {"file", "function", "line", "column", "note"});
    ShownLocation shown;
    shown.file = text(place, "file");
    shown.function = text(place, "function");
    shown.line = static_cast<int>(number(place, "line", lines_max));
    shown.column = static_cast<int>(number(place, "column", lines_max));
    shown.note = text(place, "note");
    return shown;
  }

  Finding finding_at(const JsonPlace& place) {
    Finding finding;
    finding.check = text(place, "check");
    finding.signature = text(place, "signature");
    finding.message = text(place, "message");
    finding.evidence = texts(place, "evidence");
    finding.expected = text(place, "expected");
    finding.help = text(place, "help");
    for (const JsonPlace& each : reader_.list(need(place, "places", "a list"), "a list")) {
      finding.places.push_back(shown_location(each));
    }
    return finding;
  }

  FindingRow finding(const JsonPlace& place) {
    reader_.object(place, {"scenario", "check", "signature", "message", "evidence", "expected",
                           "help", "places", "trace", "seed", "distance", "count", "options"});
    Finding finding = finding_at(place);
    FindingRow row;
    row.scenario = scenario(place);
    row.check = std::move(finding.check);
    row.signature = std::move(finding.signature);
    row.message = std::move(finding.message);
    row.evidence = std::move(finding.evidence);
    row.expected = std::move(finding.expected);
    row.help = std::move(finding.help);
    row.places = std::move(finding.places);
    if (const JsonPlace name = reader_.field(place, "trace")) row.trace_path = trace(name);
    row.seed = seed(place);
    row.distance = number(place, "distance");
    row.count = number(place, "count");
    row.options = options(place);
    return row;
  }

  NoteRow note(const JsonPlace& place) {
    reader_.object(place, {"scenario", "check", "signature", "message", "evidence", "expected",
                           "help", "places", "count", "seed", "options"});
    NoteRow row;
    row.scenario = scenario(place);
    row.note = finding_at(place);
    row.note.severity = Severity::note;
    row.count = number(place, "count");
    row.seed = seed(place);
    row.options = options(place);
    return row;
  }

  GoalRow goal(const JsonPlace& place) {
    reader_.object(place, {"scenario", "name", "reached"});
    GoalRow row;
    row.scenario = scenario(place);
    row.name = text(place, "name");
    row.reached = reader_.boolean(need(place, "reached", "true or false"));
    return row;
  }

  JsonReader reader_;
  JsonPlace root_;
  std::vector<std::string> known_;  // scenarios
};

}  // namespace

CampaignQuestion question_of(const std::vector<const Scenario*>& scenarios,
                             const CampaignOptions& options) {
  const SearchOptions& search = options.search;
  const bool has_random = search.mix.random_max > 0;
  CampaignQuestion question;
  question.build = build_text();
  question.command = options.command;
  question.seed = has_random || search.mix.pairs || search.mix.crashes
                      ? fmt::format("0x{:x}", search.cases.seed)
                      : std::string("none");
  question.budget = budget_text(options);
  question.cases = cases_text(search);
  question.strategy =
      search.cases.strategy == nullptr ? portfolio_name : search.cases.strategy->name;
  question.profile = profile_text(search.cases.profile);
  question.options = options_text(search.cases.run.options);
  question.checks = checks_text(search.cases.run.checks);
  for (const Scenario* const scenario : scenarios) question.scenarios.push_back(scenario->name);
  return question;
}

std::string shard_file_name(const CaseShard& shard) {
  return fmt::format("{}-of-{}{}", shard.index + 1, shard.of, shard_file_extension);
}

std::string to_json(const ShardResult& result) {
  const CampaignReport& report = result.report;
  const CaseShard shard = report.shard.value_or(CaseShard{});
  JsonWriter json;
  json.begin_object().field("format", shard_format);
  json.field("shard", std::uint64_t{shard.index} + 1).field("of", std::uint64_t{shard.of});
  if (report.seed) json.field("seed", fmt::format("0x{:x}", *report.seed));
  write_question(json, result.question);
  write_arguments(json, result.arguments);
  json.field("stopped", report.stopped).field("incomplete", report.incomplete);
  json.field("remarks", report.remarks).field("milliseconds", report.milliseconds);
  write_rows(json, report);
  json.key("certificates").begin_list();
  for (Coverage certificate : report.certificates) {
    if (!tells_points(report)) certificate.points.clear();
    write_certificate(json, certificate);
  }
  json.end().key("not_reached").begin_list();
  for (const SiteLocation& site : report.not_reached) write_site(json, site);
  return std::move(json.end().end()).written();
}

Expected<ShardResult> parse_shard_result(std::string_view json) {
  const Expected<JsonValue> parsed = parse_json(json);
  if (!parsed) return Expected<ShardResult>::failed(parsed.error());
  Expected<ShardResult> result = ShardReading(parsed.value()).result();
  if (result) result.value().digest = hash_of_name(json);
  return result;
}

}  // namespace reprise
