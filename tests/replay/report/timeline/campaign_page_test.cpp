// The page of a campaign: what it says without a script, and that nothing in it becomes one.
#include <doctest/doctest.h>
#include <reprise/core/internal/open.h>
#include <reprise/replay/report/formats.h>
#include <reprise/replay/report/timeline/page.h>

#include <string>
#include <string_view>

#include "tests/replay/report/timeline/page_text.h"
#include "tests/support/campaign_reports.h"
#include "tests/support/temporary_folder.h"

namespace reprise {
namespace {

using doctest::Contains;
using tests::count;
using tests::text;

std::string page_of(const CampaignReport& report, const ReportOptions& options = {}) {
  return html_format.write(report, options);
}

TEST_CASE("campaign page: scenarios and findings and commands are there") {
  const std::string page = page_of(tests::campaign_report());
  CHECK(text(page) == Contains("<title>fuzz: 1 finding in 2 scenarios</title>"));
  CHECK(text(page) == Contains("<dt>seed</dt><dd>0x5eed</dd>"));
  CHECK(text(page) == Contains("<dt>runs</dt><dd>1463 passed, 37 failed</dd>"));
  CHECK(text(page) == Contains("incomplete: wal/checkpoint was not run"));
  CHECK(text(page) == Contains("<td>counter/bump</td><td><span class=\"bad\">finding</span></td>"
                               "<td>1000</td><td>37</td>"));
  CHECK(text(page) == Contains("<td>pager/clients</td><td><span class=\"good\">clean</span></td>"));
  CHECK(text(page) == Contains("<td>wal/checkpoint</td><td>not run</td>"));
  CHECK(text(page) == Contains("<a href=\"#f1\">double-mutation</a>"));
  CHECK(text(page) == Contains("<h3 id=\"f1\">"));
  CHECK(text(page) == Contains("<li>entry 1: `counter.value` is changed, 0 -&gt; 1</li>"));
  CHECK(text(page) == Contains("<code>reprise run counter/bump --seed 0x5eed --set clients=3"));
  CHECK(text(page) == Contains("<code>reprise show traces/double-mutation-counter-bump-9f2c.json"));
  CHECK(text(page) == Contains("<td>lost-callee</td><td>pager/clients</td>"));
  CHECK(count(page, "<h2>Goals</h2>") == 0);
  CHECK(count(page, "<h2>Coverage</h2>") == 0);
}

TEST_CASE("campaign page: goals that were never reached come first") {
  CampaignReport report;
  report.command = "sweep";
  report.goals = {{"a", "spills", true}, {"b", "wraps", false}};
  const std::string page = page_of(report);
  CHECK(text(page) == Contains("<p>1 of 2 goals were reached.</p>"));
  CHECK(page.find("<td>wraps</td><td><span class=\"bad\">never reached</span></td>") <
        page.find("<td>spills</td><td><span class=\"good\">reached</span></td>"));
}

TEST_CASE("campaign page: coverage is there with the await sites that no run came to") {
  CampaignReport report;
  report.command = "sweep";
  Coverage whole;
  whole.scenario = "pager/clients";
  whole.singles = {2304, 2304};
  Coverage cut = whole;
  cut.scenario = "wal/checkpoint";
  cut.singles.run = 7;
  cut.power_losses = {40, 3};
  report.certificates = {whole, cut};
  report.not_reached = {{"src/wal.cpp", 12, "Wal::sync", "file.sync()"}};
  const std::string page = page_of(report);
  CHECK(text(page) == Contains("<td>pager/clients</td><td><span class=\"good\">complete</span></td>"
                               "<td>0</td><td>2304 of 2304</td><td></td><td></td>"));
  CHECK(text(page) == Contains("<td>wal/checkpoint</td><td><span class=\"bad\">cut short</span>"
                               "</td><td>0</td><td>7 of 2304</td><td></td><td>3 of 40</td>"));
  CHECK(text(page) == Contains("<td>src/wal.cpp:12</td><td>Wal::sync</td><td>file.sync()</td>"));
}

TEST_CASE("campaign page: a timeline beside the trace is linked from where the page is") {
  const tests::TemporaryFolder folder;
  CampaignReport report = tests::campaign_report();
  report.findings.front().trace_path = folder / "traces/a b.json";
  CHECK(count(page_of(report, {.folder = folder.path()}), "timeline</a>") == 0);
  folder.write("traces/a b.html", "");
  CHECK(text(page_of(report, {.folder = folder.path()})) ==
        Contains("<a href=\"traces/a%20b.html\">timeline</a>"));
  CHECK(text(page_of(report, {.folder = folder / "pages"})) ==
        Contains("<a href=\"../traces/a%20b.html\">timeline</a>"));
}

TEST_CASE("campaign page: text of names and messages and files becomes no markup") {
  const tests::TemporaryFolder folder;
  const std::string bad = "</script><img src=x onerror=alert(1)>\"'&<!--sections-->";
  CampaignReport report = tests::hostile_report();
  FindingRow& row = report.findings.front();
  row.places.push_back({folder.write("bad.cpp", bad + '\n'), 1, bad, 0, bad});
  for (std::string* const field :
       {&row.check, &row.message, &row.scenario, &row.trace_path, &row.help, &row.expected,
        &report.command, &report.stopped, &report.scenarios.front().name}) {
    *field += bad;
  }
  row.evidence.push_back(bad);
  report.scenarios.front().error = bad;
  report.goals = {{bad, bad, true}};
  report.certificates.emplace_back().scenario = bad;
  report.not_reached = {{bad, 1, bad, bad}};
  const std::string page = page_of(report, {.program = bad, .run_arguments = {bad}});
  const std::string empty = page_of({});
  for (const std::string_view tag : {"<script", "</script", "<img", "<!--", "<b>"}) {
    CAPTURE(tag);
    CHECK(count(page, tag) == count(empty, tag) + (tag == "<b>" ? 2 : 0));
  }
}

TEST_CASE("campaign page: it allows no script but its own and no network") {
  const std::string page = page_of(tests::campaign_report());
  CHECK(text(page) == Contains("content=\"default-src 'none'; script-src 'sha256-"));
  CHECK(count(page, "unsafe-inline") == 0);
  CHECK(count(page, "<link") == 0);
}

TEST_CASE("campaign page: of very much the first is there and the page stays small") {
  CampaignReport report = tests::campaign_report();
  const FindingRow row = report.findings.front();
  report.findings.assign(3000, row);
  report.notes.assign(3000, report.notes.front());
  report.incomplete.assign(3000, std::string(100, 'x'));
  report.remarks = report.incomplete;
  const std::string page = page_of(report);
  CHECK(page.size() < timeline_page_bytes_max);
  CHECK(count(page, "<h3 id=\"f50\">") == 1);
  CHECK(count(page, "<h3 id=\"f51\">") == 0);
  CHECK(count(page, " more</p>") == 3);
  CHECK(count(page, "... and more</li>") == 1);
  report.findings.front().message.assign(5'000'000, 'x');
  CHECK(page_of(report).size() < timeline_page_bytes_max);
}

TEST_CASE("campaign page: one that has not ended does not look clean") {
  CampaignReport report;
  report.command = "fuzz";
  CHECK(text(page_of(report)) == Contains("<span class=\"good\">no finding in 0 scenarios"));
  report.incomplete = {"the campaign has not ended"};
  CHECK(text(page_of(report)) == Contains("<span class=\"bad\">incomplete, no finding"));
}

}  // namespace
}  // namespace reprise
