// Annotations and job summaries for GitHub Actions.
#include <doctest/doctest.h>
#include <reprise/replay/report/report.h>
#include <reprise/replay/report/source_excerpt.h>
#include <reprise/replay/text/markup.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "tests/support/campaign_reports.h"
#include "tests/support/captured.h"
#include "tests/support/command_line.h"
#include "tests/support/golden.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/trouble.h"

namespace reprise {
namespace {

using doctest::Contains;
using tests::Captured;
using tests::Registered;
using tests::TemporaryFolder;
using tests::text;

std::vector<std::string> lines_of_text(const std::string& all) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < all.size();) {
    const std::size_t end = all.find('\n', at);
    REQUIRE(end != std::string::npos);
    lines.push_back(all.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

std::ptrdiff_t count_of(const std::vector<std::string>& lines, const std::string& start) {
  return std::ranges::count_if(lines,
                               [&](const std::string& line) { return line.starts_with(start); });
}

TEST_CASE("github: annotations name the place and the finding and the way on") {
  CHECK(to_github_annotations(tests::campaign_report()) ==
        "::error file=src/counter.cpp,line=17,title=double-mutation in counter/bump::"
        "`counter.value` was changed twice by one operation%0A"
        "scenario counter/bump; seen in 37 runs%0A"
        "Replay: reprise replay traces/double-mutation-counter-bump-9f2c.json%0A"
        "Again: reprise run counter/bump --seed 0x5eed --set clients=3%0A"
        "Explain: reprise explain double-mutation\n"
        "::warning title=incomplete::wal/checkpoint was not run\n"
        "::notice file=src/pager.cpp,line=40,title=note%3A lost-callee in pager/clients::"
        "`fetch` yielded and was not called again%0AA note fails nothing.\n");
}

TEST_CASE("github: one bug in several scenarios is one annotation") {
  CampaignReport report = tests::campaign_report();
  report.findings.push_back(report.findings.front());
  report.findings.back().scenario = "counter/other";
  report.findings.push_back(report.findings.front());
  report.findings.back().places.front().line = 99;
  const std::string annotations = to_github_annotations(report);
  CHECK(count_of(lines_of_text(annotations), "::error ") == 2);
  CHECK(text(annotations) ==
        Contains("scenario counter/bump, also in counter/other; seen in 74 runs%0A"));
  CHECK(text(to_github_summary(report)) == Contains("## Reprise fuzz: 2 findings\n"));
}

TEST_CASE("github: what is more than GitHub shows is counted in the last annotation") {
  CampaignReport report = tests::campaign_report();
  for (int i = 0; i < 46; ++i) {
    report.findings.push_back(report.findings.front());
    report.findings.back().signature += std::to_string(i);
  }
  const std::vector<std::string> lines = lines_of_text(to_github_annotations(report));
  CHECK(count_of(lines, "::error ") == 10);
  CHECK(lines[9] ==
        "::error title=Reprise::38 more findings are in the log and in the job's summary");
}

TEST_CASE("github: whatever names and messages contain stays in its annotation") {
  const std::string all = to_github_annotations(tests::hostile_report());
  const std::vector<std::string> lines = lines_of_text(all);
  CHECK(lines.size() == 3);
  for (const std::string& line : lines) {
    const bool is_known = line.starts_with("::error ") || line.starts_with("::warning ") ||
                          line.starts_with("::notice ");
    CHECK(is_known);
    // GitHub reads properties up to the first `::`, and splits them at commas.
    const std::size_t end = line.find("::", 2);
    REQUIRE(end != std::string::npos);
    const std::string properties = line.substr(0, end);
    CHECK(std::ranges::count(properties, ',') == std::ranges::count(properties, '=') - 1);
  }
  CHECK(all.find_first_of(std::string("\r\x1b\x01\xff\0", 5)) == std::string::npos);
  CHECK(text(lines[0]) == Contains("'%250A%3A%3Aerror%3A%3Ax%2Cy`"));  // in the title
  CHECK(text(lines[0]) == Contains("'%250A::error::x,y`"));            // in the message
}

TEST_CASE("github: a summary is written as a person would want to read it") {
  tests::compare_with_golden("github-summary", to_github_summary(tests::campaign_report()));
}

TEST_CASE("github: nothing in a summary ends a table or a block or becomes an element") {
  CampaignReport report = tests::hostile_report();
  report.findings.front().evidence = {"```", "````` ok", "</details><script>"};
  const std::string summary = to_github_summary(report);
  CHECK(text(summary) == Contains("\n``````text\n"));
  bool is_code = false;
  for (const std::string& line : lines_of_text(summary)) {
    CAPTURE(line);
    if (line.starts_with("``````")) is_code = !is_code;
    if (is_code) continue;
    CHECK(line.find(" <b>") == std::string::npos);
    CHECK(line.find(" [a](") == std::string::npos);
    if (!line.starts_with("| ")) continue;
    std::size_t bars = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (line[i] == '\\') {
        ++i;
      } else if (line[i] == '|') {
        ++bars;
      }
    }
    CHECK(bars == 4);
  }
  CHECK_FALSE(is_code);
}

TEST_CASE("github: a summary stays below what GitHub takes") {
  CampaignReport report = tests::campaign_report();
  report.findings.front().evidence.assign(2000, std::string(60, 'x'));
  for (int i = 0; i < 100; ++i) {
    report.findings.push_back(report.findings.front());
    report.findings.back().signature += std::to_string(i);
  }
  report.notes.assign(100'000, report.notes.front());
  const std::string summary = to_github_summary(report);
  CHECK(summary.size() < 1'000'000);
  CHECK(text(summary) == Contains(" more findings in the log."));
}

TEST_CASE("markdown: quoted code stays code and all else is text") {
  CHECK(markdown_text("`a_b` is *not* <b>") == "`a_b` is \\*not\\* \\<b\\>");
  CHECK(markdown_text("odd ` tick") == "odd \\` tick");
  CHECK(markdown_text("`a|b`") == "\\`a\\|b\\`");
  CHECK(markdown_text("a\nb") == "a\\\\nb");
}

TEST_CASE("github: paths are relative to the root of the tree if they are below it") {
  const TemporaryFolder folder;
  folder.write("tree/src/a.cpp", "int a;\n");
  CHECK(path_below(folder / "tree", folder / "tree/src/a.cpp") == "src/a.cpp");
  CHECK(path_below(folder / "tree", folder / "tree/src/../src/a.cpp") == "src/a.cpp");
  CHECK(path_below(folder / "other", folder / "tree/src/a.cpp") == folder / "tree/src/a.cpp");
  CHECK(path_below("", "src/none.cpp") == "src/none.cpp");
}

TEST_CASE("github: a step's output and the summary of its job have the finding") {
  const Registered wrong("wrong/invariant", tests::invariant_toy);
  const TemporaryFolder folder;
  const std::string page = folder.write("summary.md", "from another step\n");
  const auto fuzz = [&](const std::string& summary) {
    return tests::capture([&] {
      ::setenv("GITHUB_STEP_SUMMARY", summary.c_str(), 1);
      return tests::command_line({"fuzz", "wrong/invariant", "--seed", "1", "--seeds", "300", "-q",
                                  "--github", "--json", "--out", folder / "traces"});
    });
  };
  const Captured found = fuzz(page);
  CHECK(found.exit == 1);
  CHECK(found.out.starts_with("{\n"));
  CHECK(text(found.err) == Contains("::error "));
  CHECK(text(found.err) == Contains("title=invariant in wrong/invariant::"));
  const std::string summary = TemporaryFolder::read(page);
  CHECK(summary.starts_with("from another step\n## Reprise fuzz: 1 finding\n"));
  CHECK(text(summary) == Contains("Replay   reprise replay "));
  const Captured unwritten = fuzz(folder / "none/summary.md");
  CHECK(unwritten.exit == 1);
  CHECK(text(unwritten.out) == Contains("a report was not written: GITHUB_STEP_SUMMARY names "));
}

}  // namespace
}  // namespace reprise
