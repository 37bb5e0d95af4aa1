// Reports of campaigns, for tests of what reports are written as.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/replay/campaign/result.h>

#include <string>

namespace reprise::tests {

/// One finding with everything that a finding has, a clean scenario with a note, one that was not
/// run, and a budget that was hit.
inline CampaignReport campaign_report() {
  CampaignReport report;
  report.command = "fuzz";
  report.seed = 0x5eed;
  report.scenarios = {{"counter/bump", 1000, 37, 51'234, 1250},
                      {"pager/clients", 500, 0, 9000, 80}};
  report.findings = {
      {.scenario = "counter/bump",
       .check = "double-mutation",
       .signature = "double-mutation counter.value bump",
       .message = "`counter.value` was changed twice by one operation",
       .trace_path = "traces/double-mutation-counter-bump-9f2c.json",
       .seed = 0x5eed,
       .distance = 1,
       .count = 37,
       .options = {{"clients", 3}},
       .places = {{"src/counter.cpp", 17, "0 -> 1 (entry 1)", 5, "Counter::bump"},
                  {"src/counter.cpp", 18, "yielded here, and came back", 5}},
       .evidence = {"entry 1: `counter.value` is changed, 0 -> 1",
                    "entry 2: `counter.value` is changed, 1 -> 2"},
       .expected = "what is changed before an await is changed once",
       .help = "move the change behind the yield",
       .history = {
           {"client#1/turn",
            {{"client", "begins an operation (entry 1)"}, {"client", "submits", "read(counter)#1"}},
            0,
            1,
            nullptr,
            "src/counter.cpp",
            18},
           {"client/read(counter)#1/delivery", {{"disk", "8 bytes"}}, 1250, 2},
           {"client/read(counter)#1/turn", {}, 1251, 3}}}};
  NoteRow note{.scenario = "pager/clients", .note = {}, .count = 12};
  note.note.check = "lost-callee";
  note.note.signature = "lost-callee fetch";
  note.note.message = "`fetch` yielded and was not called again";
  note.note.places = {{"src/pager.cpp", 40, "here"}};
  note.note.severity = Severity::note;
  report.notes = {note};
  report.stopped = "the time is over";
  report.not_run = {"wal/checkpoint"};
  report.incomplete = {"wal/checkpoint was not run"};
  report.milliseconds = 1330;
  return report;
}

/// Text that tries to be something else in every format that there is.
inline std::string hostile_text() {
  return std::string(
             "]]> & <b>\"'%0A::error::x,y`|\\ {0} [a](b) \x1b[31m\r\n\t\x01\xff \xef\xbf\xbf") +
         '\0' + "end";
}

/// campaign_report() with hostile_text() everywhere.
inline CampaignReport hostile_report() {
  const std::string text = hostile_text();
  CampaignReport report = campaign_report();
  report.command += text;
  report.stopped = text;
  report.incomplete = report.not_run = report.remarks = {text};
  for (ScenarioRow& row : report.scenarios) row.name += text;
  FindingRow& finding = report.findings.front();
  finding.scenario = report.scenarios.front().name;
  for (std::string* const field : {&finding.check, &finding.signature, &finding.message,
                                   &finding.trace_path, &finding.expected, &finding.help}) {
    *field += text;
  }
  finding.evidence = {text};
  finding.options = {{text, 1}};
  for (ShownLocation& place : finding.places) {
    place.file += text;
    place.note += text;
    place.function += text;
  }
  finding.history.front().facts = {{text, text, text}};
  finding.history.front().file += text;
  finding.history.back().identity = text;
  NoteRow& note = report.notes.front();
  note.scenario = report.scenarios.back().name;
  note.note.check += text;
  note.note.message += text;
  note.note.places = finding.places;
  return report;
}

}  // namespace reprise::tests
