#include <fmt/format.h>
#include <reprise/core/internal/open.h>
#include <reprise/replay/report/formats.h>
#include <reprise/replay/text/markup.h>
#include <reprise/replay/text/units.h>

#include <algorithm>
#include <cstdint>

namespace reprise {

namespace {

// A scenario with all that the report has about it.
struct JunitCase {
  std::string name;
  ScenarioRow row;
  std::vector<const FindingRow*> findings = {};
  std::vector<const NoteRow*> notes = {};
  bool is_skipped = false;
};

JunitCase& junit_case_of(std::vector<JunitCase>& cases, const std::string& name) {
  const auto found = std::ranges::find(cases, name, &JunitCase::name);
  if (found != cases.end()) return *found;
  cases.push_back({.name = name, .row = {.name = name}});
  return cases.back();
}

std::vector<JunitCase> junit_cases_of(const CampaignReport& report) {
  std::vector<JunitCase> cases;
  for (const ScenarioRow& row : report.scenarios) cases.push_back({.name = row.name, .row = row});
  for (const FindingRow& row : report.findings) {
    junit_case_of(cases, row.scenario).findings.push_back(&row);
  }
  for (const NoteRow& row : report.notes) junit_case_of(cases, row.scenario).notes.push_back(&row);
  for (const std::string& name : report.not_run) junit_case_of(cases, name).is_skipped = true;
  return cases;
}

std::string shown_seconds(std::uint64_t milliseconds) {
  return fmt::format("{}.{:03}", milliseconds / 1000, milliseconds % 1000);
}

// One element for all findings of a scenario: most readers look at the first one only.
std::string failure_element(const JunitCase& one, const ReportOptions& options) {
  const FindingRow& first = *one.findings.front();
  std::string message = fmt::format("{}: {}", first.check, first.message);
  if (one.findings.size() > 1) message += fmt::format(" (and {} more)", one.findings.size() - 1);
  std::string text;
  for (const FindingRow* const row : one.findings) text += '\n' + to_text(*row, options);
  return fmt::format("      <failure type=\"{}\" message=\"{}\">{}</failure>\n",
                     xml_attribute(first.check), xml_attribute(message), xml_text(text));
}

// What is worth knowing of a scenario and fails nothing.
std::string output_element(const JunitCase& one) {
  std::string text = fmt::format("{} of {} failed, {}\n", one.row.failed,
                                 counted(one.row.runs, "run"), counted(one.row.events, "event"));
  for (const NoteRow* const row : one.notes) {
    text += fmt::format("note[{}]: {} ({})\n", row->note.check, row->note.message,
                        counted(row->count, "run"));
  }
  return fmt::format("      <system-out>{}</system-out>\n", xml_text(text));
}

// A case has one outcome, and a finding is the one to see.
bool is_error(const JunitCase& one) { return !one.row.error.empty() && one.findings.empty(); }

std::string case_element(const JunitCase& one, const CampaignReport& report,
                         const ReportOptions& options) {
  std::string text = fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"{}\">\n",
                                 xml_attribute("reprise." + report.command),
                                 xml_attribute(one.name), shown_seconds(one.row.milliseconds));
  if (!one.findings.empty()) text += failure_element(one, options);
  if (is_error(one)) {
    text += fmt::format("      <error type=\"not run\" message=\"{}\"/>\n",
                        xml_attribute(one.row.error));
  }
  if (one.is_skipped) text += "      <skipped message=\"it was not run\"/>\n";
  if (!one.is_skipped) text += output_element(one);
  return text + "    </testcase>\n";
}

std::string property_element(std::string_view name, std::string_view value) {
  return fmt::format("      <property name=\"{}\" value=\"{}\"/>\n", name, xml_attribute(value));
}

std::string properties_element(const CampaignReport& report) {
  const std::uint64_t failed = failed_of(report);
  std::string text = "    <properties>\n";
  if (report.seed.has_value())
    text += property_element("seed", fmt::format("0x{:x}", *report.seed));
  text += property_element("runs passed", fmt::to_string(runs_of(report) - failed));
  text += property_element("runs failed", fmt::to_string(failed));
  if (!report.stopped.empty()) text += property_element("stopped because", report.stopped);
  return text + "    </properties>\n";
}

std::string troubles_element(const CampaignReport& report) {
  std::string text;
  for (const std::string& sentence : report.incomplete) text += "incomplete: " + sentence + '\n';
  for (const std::string& sentence : report.remarks) text += "note: " + sentence + '\n';
  if (text.empty()) return text;
  return fmt::format("    <system-err>{}</system-err>\n", xml_text(text));
}

}  // namespace

std::string to_junit(const CampaignReport& report, const ReportOptions& options) {
  const std::vector<JunitCase> cases = junit_cases_of(report);
  const auto failures =
      std::ranges::count_if(cases, [](const JunitCase& one) { return !one.findings.empty(); });
  const std::string counts = fmt::format("name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\"",
                                         xml_attribute("reprise " + report.command), cases.size(),
                                         failures, std::ranges::count_if(cases, is_error));
  std::string text = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuites {0} time=\"{1}\">\n"
      "  <testsuite {0} skipped=\"{2}\" time=\"{1}\">\n",
      counts, shown_seconds(report.milliseconds), report.not_run.size());
  text += properties_element(report);
  for (const JunitCase& one : cases) text += case_element(one, report, options);
  return text + troubles_element(report) + "  </testsuite>\n</testsuites>\n";
}

const ReportFormat junit_format{
    .name = "junit",
    .help = "Also writes JUnit's XML to this file: one case for each scenario",
    .write = to_junit,
    .target = ReportTarget::file,
};

}  // namespace reprise
