// The HTML page: what it holds without a script, and that nothing in it becomes one.
#include <doctest/doctest.h>
#include <reprise/replay/report/timeline/page.h>

#include <nlohmann/json.hpp>

#include <cstddef>
#include <string>
#include <string_view>

#include "tests/replay/golden/machines.h"
#include "tests/replay/report/timeline/logged_run.h"
#include "tests/replay/report/timeline/page_text.h"
#include "tests/support/temporary_folder.h"

namespace reprise {
namespace {

using doctest::Contains;
using tests::count;
using tests::text;

// The JSON in the page.
nlohmann::json data_of(const std::string& page, const std::string& id = "data") {
  const std::string opening = "<script type=\"application/json\" id=\"" + id + "\">";
  const std::size_t begin = page.find(opening) + opening.size();
  return nlohmann::json::parse(page.substr(begin, page.find("</script>", begin) - begin));
}

FindingReport double_mutation() {
  return tests::logged_run("golden/double", golden::double_mutation,
                           {.base = Base::lazy, .decisions = {}, .order = {}});
}

TEST_CASE("page: the finding and its places and all events are there without a script") {
  FindingReport report = double_mutation();
  report.trace_path = "traces/double.json";
  const std::string page = timeline_page(report);
  CHECK(text(page) == Contains("error[double-mutation]</span> `value` was changed twice"));
  CHECK(text(page) == Contains("34 |     value += 1;\n    |     ^^^^^^^^^^^ 0 -&gt; 1 (entry 1)"));
  CHECK(text(page) == Contains("<li>entry 1: `value` +=, 0 -&gt; 1</li>"));
  CHECK(text(page) == Contains("reprise replay traces/double.json --break-at 3"));
  CHECK(text(page) == Contains("<tr id=\"e2\"><td>2</td><td>1ns</td><td>disk</td>"
                               "<td>client/read(counter)#1 has finished: 0 bytes</td></tr>"));
  CHECK(text(page) == Contains("<tr><td></td><td></td><td>client</td>"
                               "<td>changes `value` (+=): 1 -&gt; 2</td></tr>"));
  CHECK(count(page, "class=\"window\"") == 0);
}

TEST_CASE("page: its data has a moment for each row of the table") {
  const std::string page = timeline_page(double_mutation());
  const nlohmann::json data = data_of(page);
  CHECK(data["format"] == "reprise-timeline/1");
  CHECK(data["failure"] == "double-mutation");
  std::size_t moments = 0;
  for (const nlohmann::json& event : data["events"]) moments += event["moments"].get<std::size_t>();
  CHECK(moments == count(page, "<tr") - 1);
  CHECK(data["ios"][0]["re_entry"] == 5);
}

TEST_CASE("page: it allows no script but its own and no network") {
  const std::string page = timeline_page(double_mutation());
  CHECK(text(page) == Contains("content=\"default-src 'none'; script-src 'sha256-"));
  CHECK(count(page, "unsafe-inline") == 0);
  CHECK(count(page, " src=") == 0);
  CHECK(count(page, "<link") == 0);
}

TEST_CASE("page: text of a trace or a source file becomes neither markup nor script") {
  const std::string bad = "</script><img src=x onerror=alert(1)>\"'&<!--data-->";
  const tests::TemporaryFolder folder;
  FindingReport report;
  report.finding.check = bad;
  report.finding.message = bad;
  report.finding.evidence = {bad};
  report.finding.expected = report.finding.help = bad;
  report.finding.places.push_back({folder.write("bad.cpp", bad + '\n'), 1, bad, 0, bad});
  report.trace.scenario = report.trace.strategy = report.trace.build = bad;
  report.trace.options[bad] = 1;
  report.trace.seed = 1;
  report.trace.plan.decisions.push_back({bad, 1});
  report.trace.plan.order.push_back(bad);
  report.trace_path = bad;
  report.history.push_back({bad, {{bad, bad}, {bad, "submits", bad}, {"plan", bad}}});
  report.history.push_back({"a#1/turn", {{bad, "begins " + bad + " (entry 1)"}}});
  report.history.back().file = report.finding.places.front().file;
  report.history.back().line = 1;
  report.history.push_back(report.history.back());
  report.history.back().file = bad;
  report.original = OriginalRun{report.trace.plan, report.history};
  const std::string page =
      timeline_page(report, {.run_arguments = {bad}, .check_arguments = {bad}, .files = {bad}});
  FindingReport nothing;
  nothing.original = OriginalRun{};
  const std::string empty = timeline_page(nothing);
  for (const std::string_view tag : {"<script", "</script", "<img", "<!--"}) {
    CAPTURE(tag);
    CHECK(count(page, tag) == count(empty, tag));
  }
  for (const char* const id : {"data", "original-data"}) {
    CHECK(data_of(page, id)["events"][0]["id"] == bad);
  }
}

// The double mutation, with a longer run that it was made of.
FindingReport made_smaller() {
  FindingReport report = double_mutation();
  report.original = OriginalRun{report.trace.plan, report.history};
  report.original->plan.decisions = {{"client/read(counter)#1/error", 1}};
  report.original->history.insert(report.original->history.begin(),
                                  {"guest#1/turn", {{"guest", "begins an operation (entry 1)"}}});
  return report;
}

TEST_CASE("page: it has the run before it was made smaller as well") {
  const std::string page = timeline_page(made_smaller());
  CHECK(text(page) == Contains("<dt>made smaller</dt><dd>from 1 difference to 0</dd>"));
  CHECK(text(page) == Contains("<code>client/read(counter)#1/error</code>"));
  CHECK(text(page) == Contains("<tr id=\"e1\"><td>1</td><td>0</td><td>client</td>"));
  CHECK(text(page) == Contains("<tr id=\"o1\"><td>1</td><td>0</td><td>guest</td>"));
  const nlohmann::json data = data_of(page, "original-data");
  CHECK(data["format"] == "reprise-timeline/1");
  CHECK(data["events"].size() == data_of(page)["events"].size() + 1);
  CHECK(count(timeline_page(double_mutation()), "original-data\">") == 0);
}

TEST_CASE("page: two long runs share the room and both end where they fail") {
  FindingReport report = made_smaller();
  for (std::vector<LoggedEvent>* const run : {&report.history, &report.original->history}) {
    run->clear();
    for (int i = 1; i <= 20'000; ++i) {
      run->push_back({"guest#" + std::to_string(i) + "/turn",
                      {{"guest", "begins an operation (entry 1) " + std::string(100, 'x')}}});
    }
  }
  const std::string page = timeline_page(report);
  CHECK(page.size() < timeline_page_bytes_max);
  CHECK(count(page, "class=\"window\"") == 2);
  for (const char* const row : {"<tr id=\"e20000\">", "<tr id=\"o20000\">"}) {
    CHECK(text(page) == Contains(row));
  }
}

TEST_CASE("page: an event has the place where its task yields and the lines around it") {
  const std::string page = timeline_page(double_mutation());
  const std::string place = data_of(page)["events"][0]["place"];
  CHECK(text(place) == Contains("tests/replay/golden/machines.h:"));
  CHECK(!data_of(page)["events"][1].contains("place"));
  CHECK(text(page) ==
        Contains(("and waits for read(counter)#1 <span class=\"place\">" + place + "</span></td>")
                     .c_str()));
  const std::string source = data_of(page, "sources")[place];
  CHECK(text(source) == Contains("IO_YIELD_ONE(pending);\n    |     ^^^"));
}

TEST_CASE("page: the commands to go on with are those that the run needs") {
  FindingReport report = double_mutation();
  report.trace_path = "traces/double.json";
  report.trace.seed = 0x5eed;
  report.trace.options = {{"clients", 3}};
  ReportOptions options{.run_arguments = {"--profile", "chaos"}, .check_arguments = {}};
  const std::string page = timeline_page(report, options);
  for (const char* const command :
       {"<code>reprise promote traces/double.json</code>",
        "<code>reprise run golden/double --seed 0x5eed --set clients=3 --profile chaos</code>",
        "<code>reprise explain double-mutation</code>"}) {
    CHECK(text(page) == Contains(command));
  }
  CHECK(text(page) == Contains("<dt>option</dt><dd>clients=3</dd>"));
  CHECK(text(page) == Contains("<dt>arguments</dt><dd>--profile chaos</dd>"));
  CHECK(count(page, "reprise shrink") == 0);  // there is nothing to make smaller
  report.trace.plan.order = {"a#1/turn", "b#1/turn", "c#1/turn"};
  CHECK(text(timeline_page(report, options)) ==
        Contains("<code>reprise shrink traces/double.json</code>"));
}

TEST_CASE("page: a long run is shown up to its failure and the page says so") {
  FindingReport report;
  report.finding.check = "livelock";
  for (int i = 1; i <= 20'000; ++i) {
    report.history.push_back({"guest#" + std::to_string(i) + "/turn",
                              {{"guest", "begins an operation (entry 1)"},
                               {"guest", "yields, only to let others run"}}});
  }
  const std::string page = timeline_page(report);
  CHECK(page.size() < timeline_page_bytes_max);
  CHECK(text(page) == Contains("The run has 20000 events. These are the last "));
  CHECK(text(page) == Contains("<tr id=\"e20000\">"));
  CHECK(count(page, "<tr id=\"e1\">") == 0);
}

TEST_CASE("page: a run without a finding and without events says so") {
  const std::string page = timeline_page({});
  CHECK(text(page) == Contains("<h1>No finding</h1>"));
  CHECK(text(page) == Contains("The events of this run are not known"));
}

}  // namespace
}  // namespace reprise
