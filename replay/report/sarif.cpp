#include <fmt/format.h>
#include <reprise/core/internal/open.h>
#include <reprise/replay/json/writer.h>
#include <reprise/replay/report/commands.h>
#include <reprise/replay/report/formats.h>
#include <reprise/replay/report/source_excerpt.h>
#include <reprise/replay/text/escape.h>
#include <reprise/replay/text/markup.h>
#include <reprise/replay/text/units.h>
#include <reprise/replay/trace/build_info.h>
#include <reprise/sim/plan/names.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <utility>

namespace reprise {

namespace {

constexpr std::size_t steps_max = 1000;  // as many as GitHub shows

// A message in plain text: SARIF takes braces for the places of arguments, and `[a](b)` for a link.
std::string sarif_message(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    for (const char c : escaped(text.substr(at, end - at))) {
      if (c == '(' && out.ends_with(']')) out += ' ';
      out += c;
      if (c == '{' || c == '}') out += c;
    }
    if (end < text.size()) out += '\n';
    at = end + 1;
  }
  return out;
}

// What a finding and a note have in common.
struct SarifResult {
  std::string check;
  std::string level;  // "error", "note"
  std::string scenario;
  std::string signature;
  std::string message;
  std::uint64_t count = 1;
  const std::vector<ShownLocation>* places = nullptr;
  const std::vector<LoggedEvent>* history = nullptr;  // null: not known
};

std::string sarif_text(const FindingRow& row, const ReportOptions& options) {
  std::string text = row.message;
  if (!row.expected.empty()) text += "\nExpected: " + row.expected;
  if (!row.help.empty()) text += "\nHelp: " + row.help;
  text += "\nScenario: " + row.scenario;
  for (const auto& [label, command] : commands_of(row, options)) {
    text += fmt::format("\n{}: {}", label, command);
  }
  return text;
}

std::vector<SarifResult> sarif_results(const CampaignReport& report, const ReportOptions& options) {
  std::vector<SarifResult> results;
  for (const FindingRow& row : report.findings) {
    results.push_back({row.check, "error", row.scenario, row.signature, sarif_text(row, options),
                       row.count, &row.places, &row.history});
  }
  for (const NoteRow& row : report.notes) {
    results.push_back({row.note.check, "note", row.scenario, row.note.signature,
                       row.note.message + "\nScenario: " + row.scenario, row.count,
                       &row.note.places, nullptr});
  }
  return results;
}

// The same for the same bug in the same scenario, wherever its lines are.
std::string fingerprint_of(const SarifResult& result) {
  return fmt::format("{:016x}", hash_of_name(fmt::format("{}\n{}\n{}", result.check,
                                                         result.scenario, result.signature)));
}

// Where in the code each event belongs: a turn to the await that it has yielded at last, what
// happens to an I/O to the turn that has submitted it. A file is empty if that is not known.
std::vector<ShownLocation> places_of(const std::vector<LoggedEvent>& history) {
  std::vector<ShownLocation> places;
  std::map<std::string, ShownLocation> submits;  // by `client/read(db)#1/`
  for (const LoggedEvent& event : history) {
    ShownLocation place{.file = event.file, .line = event.line, .note = {}};
    for (const LoggedFact& fact : event.facts) {
      if (!fact.io.empty() && !place.file.empty()) {
        submits.insert_or_assign(fact.who + '/' + fact.io + '/', place);
      }
    }
    const std::size_t kind = event.identity.rfind('/') + 1;  // npos + 1 is 0
    const auto submit = submits.find(event.identity.substr(0, kind));
    if (place.file.empty() && submit != submits.end()) place = submit->second;
    places.push_back(std::move(place));
  }
  return places;
}

class SarifLog {
 public:
  SarifLog(const CampaignReport& report, const ReportOptions& options)
      : report_(report), options_(options), results_(sarif_results(report, options)) {
    for (const SarifResult& result : results_) {
      if (std::ranges::find(checks_, result.check) == checks_.end()) {
        checks_.push_back(result.check);
      }
    }
  }

  std::string text() && {
    json_.begin_object();
    json_.field("$schema",
                "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
                "sarif-schema-2.1.0.json");
    json_.field("version", "2.1.0").key("runs").begin_list().begin_object();
    tool();
    invocation();
    json_.key("automationDetails").begin_object();
    json_.field("id", fmt::format("reprise/{}/", report_.command)).end();
    json_.key("results").begin_list();
    for (const SarifResult& result : results_) write(result);
    json_.end().end().end();
    return std::move(json_.end()).written();
  }

 private:
  void message(std::string_view name, std::string_view text) {
    json_.key(name).begin_object().field("text", sarif_message(text)).end();
  }

  void tool() {
    json_.key("tool").begin_object().key("driver").begin_object();
    json_.field("name", "Reprise").field("semanticVersion", build_info().version);
    json_.key("rules").begin_list();
    for (const std::string& check : checks_) {
      json_.begin_object().field("id", check);
      message("shortDescription", check);
      message("fullDescription", fmt::format("A finding of Reprise's check {}.", check));
      message("help", fmt::format("{} explain {}", shell_argument(options_.program),
                                  shell_argument(check)));
      json_.end();
    }
    json_.end().end().end();
  }

  void invocation() {
    json_.key("invocations").begin_list().begin_object();
    json_.key("executionSuccessful").boolean(report_.incomplete.empty());
    json_.key("toolExecutionNotifications").begin_list();
    for (const std::string& sentence : report_.incomplete) {
      json_.begin_object().field("level", "warning");
      message("message", "incomplete: " + sentence);
      json_.end();
    }
    json_.end().end().end();
  }

  void write(const SarifResult& result) {
    const auto rule = std::ranges::find(checks_, result.check) - checks_.begin();
    json_.begin_object().field("ruleId", result.check);
    json_.field("ruleIndex", static_cast<std::uint64_t>(rule)).field("level", result.level);
    message("message", result.message);
    json_.field("occurrenceCount", result.count);
    json_.key("partialFingerprints").begin_object();
    json_.field("repriseSignature/v1", fingerprint_of(result)).end();
    json_.key("locations").begin_list().begin_object();
    place(first_place(result));
    logical("logicalLocations", result.scenario, "scenario");
    json_.end().end();
    related(*result.places);
    if (result.history != nullptr && !result.history->empty()) steps(result);
    json_.end();
  }

  static const ShownLocation* first_place(const SarifResult& result) {
    return result.places->empty() ? nullptr : &result.places->front();
  }

  void logical(std::string_view key, std::string_view name, std::string_view kind) {
    json_.key(key).begin_list().begin_object().field("fullyQualifiedName", escaped(name));
    json_.field("kind", kind).end().end();
  }

  const std::string& uri_of(const std::string& file) {
    std::string& uri = uris_[file];
    if (uri.empty()) uri = uri_of_path(path_below(options_.source_root, file));
    return uri;
  }

  void place(const ShownLocation* where) {
    if (where == nullptr) return;
    json_.key("physicalLocation").begin_object();
    json_.key("artifactLocation").begin_object().field("uri", uri_of(where->file)).end();
    if (where->line > 0) {
      json_.key("region").begin_object();
      json_.field("startLine", static_cast<std::uint64_t>(where->line)).end();
    }
    json_.end();
  }

  // All places with their notes.
  void related(const std::vector<ShownLocation>& places) {
    if (places.empty()) return;
    json_.key("relatedLocations").begin_list();
    for (std::size_t i = 0; i < places.size(); ++i) {
      json_.begin_object().field("id", std::uint64_t{i});
      place(&places[i]);
      if (!places[i].function.empty()) logical("logicalLocations", places[i].function, "function");
      if (!places[i].note.empty()) message("message", places[i].note);
      json_.end();
    }
    json_.end();
  }

  // The smallest run. Viewers show a step by its line, so a step without one has the finding's.
  void steps(const SarifResult& result) {
    const std::vector<LoggedEvent>& history = *result.history;
    const std::size_t begin = history.size() - std::min(history.size(), steps_max);
    json_.key("codeFlows").begin_list().begin_object();
    message("message", begin == 0
                           ? "The smallest run that shows it, step by step."
                           : fmt::format("The last {} of {} of the smallest run that shows it.",
                                         steps_max, counted(history.size(), "step")));
    json_.key("threadFlows").begin_list().begin_object().key("locations").begin_list();
    const std::vector<ShownLocation> places = places_of(history);
    for (std::size_t i = begin; i < history.size(); ++i) {
      const LoggedEvent& event = history[i];
      const bool is_last = i + 1 == history.size();
      json_.begin_object().field("executionOrder", std::uint64_t{i + 1});
      json_.field("importance", is_last ? "essential" : "important");
      json_.key("location").begin_object();
      const bool is_own = !is_last && !places[i].file.empty();
      place(is_own ? &places[i] : first_place(result));
      const std::string what = event.facts.empty() ? event.identity : to_text(event.facts);
      message("message", fmt::format("{}  {}", shown_time(event.time_ns), what));
      json_.end().end();
    }
    json_.end().end().end().end().end();
  }

  const CampaignReport& report_;
  const ReportOptions& options_;
  std::vector<SarifResult> results_;
  std::vector<std::string> checks_;          // in the order of first use
  std::map<std::string, std::string> uris_;  // by file
  JsonWriter json_;
};

}  // namespace

std::string to_sarif(const CampaignReport& report, const ReportOptions& options) {
  return SarifLog(report, options).text();
}

const ReportFormat sarif_format{
    .name = "sarif",
    .help = "Also writes SARIF 2.1.0 to this file, for code scanning",
    .write = to_sarif,
    .target = ReportTarget::file,
};

}  // namespace reprise
