#include <fmt/format.h>
#include <reprise/core/internal/open.h>
#include <reprise/replay/json/writer.h>
#include <reprise/replay/report/formats.h>

namespace reprise {

namespace {

using Layout = JsonWriter::Layout;

void write_scenarios(JsonWriter& json, const std::vector<ScenarioRow>& scenarios) {
  json.key("scenarios").begin_list();
  for (const ScenarioRow& row : scenarios) {
    json.begin_object(Layout::line).field("name", row.name).field("runs", row.runs);
    json.field("failed", row.failed).field("events", row.events);
    if (row.power_losses != 0) json.field("power_losses", row.power_losses);
    json.end();
  }
  json.end();
}

void write_findings(JsonWriter& json, const std::vector<FindingRow>& findings) {
  json.key("findings").begin_list();
  for (const FindingRow& row : findings) {
    json.begin_object().field("scenario", row.scenario).field("check", row.check);
    json.field("signature", row.signature).field("message", row.message);
    if (!row.trace_path.empty()) json.field("trace", row.trace_path);
    if (row.seed.has_value()) json.field("seed", fmt::format("0x{:x}", *row.seed));
    json.field("distance", row.distance).field("count", row.count).end();
  }
  json.end();
}

void write_notes(JsonWriter& json, const std::vector<NoteRow>& notes) {
  json.key("notes").begin_list();
  for (const NoteRow& row : notes) {
    json.begin_object().field("scenario", row.scenario).field("check", row.note.check);
    json.field("signature", row.note.signature).field("message", row.note.message);
    json.field("count", row.count).end();
  }
  json.end();
}

void write_goals(JsonWriter& json, const std::vector<GoalRow>& goals) {
  json.key("goals").begin_list();
  for (const GoalRow& goal : goals) {
    json.begin_object(Layout::line).field("scenario", goal.scenario).field("name", goal.name);
    json.key("reached").boolean(goal.reached).end();
  }
  json.end();
}

void write_coverage(JsonWriter& json, const CampaignReport& report) {
  json.key("certificates").begin_list();
  for (const Coverage& certificate : report.certificates) {
    json.begin_object(Layout::line).field("scenario", certificate.scenario);
    json.key("complete").boolean(certificate.is_complete());
    json.field("places", certificate.points.size());
    json.field("plans", certificate.singles.run + certificate.pairs.run).end();
  }
  json.end().key("not_reached").begin_list();
  for (const SiteLocation& site : report.not_reached) {
    json.begin_object(Layout::line).field("file", site.file).field("function", site.function);
    json.field("expression", site.expression).end();
  }
  json.end();
}

void write_machine(JsonWriter& json, const CampaignReport& report) {
  json.key("machine").begin_object();
  json.field("build", build_text()).field("milliseconds", report.milliseconds);
  json.field("remarks", report.remarks).key("scenarios").begin_list();
  for (const ScenarioRow& row : report.scenarios) {
    json.begin_object(Layout::line).field("name", row.name);
    json.field("milliseconds", row.milliseconds).end();
  }
  json.end().end();
}

}  // namespace

std::string to_json(const CampaignReport& report) {
  JsonWriter json;
  json.begin_object().field("format", report_format).field("command", report.command);
  if (report.seed.has_value()) json.field("seed", fmt::format("0x{:x}", *report.seed));
  if (report.shard) {
    json.key("shard").begin_object(Layout::line);
    json.field("number", std::uint64_t{report.shard->index} + 1);
    json.field("of", std::uint64_t{report.shard->of}).end();
  }
  const std::uint64_t failed = failed_of(report);
  json.field("passed", runs_of(report) - failed).field("failed", failed);
  json.field("stopped", report.stopped).field("incomplete", report.incomplete);
  write_scenarios(json, report.scenarios);
  write_findings(json, report.findings);
  write_notes(json, report.notes);
  write_goals(json, report.goals);
  if (!report.certificates.empty()) write_coverage(json, report);
  write_machine(json, report);
  return std::move(json.end()).written();
}

const ReportFormat json_format{
    .name = "json",
    .help = "Prints the result as JSON on stdout, and nothing else",
    .write = [](const CampaignReport& report, const ReportOptions&) { return to_json(report); },
};

}  // namespace reprise
