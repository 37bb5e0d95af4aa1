// What `show` draws, and what it refuses to.
#include <doctest/doctest.h>
#include <reprise/replay/trace/file.h>

#include <string>
#include <vector>

#include "tests/support/captured.h"
#include "tests/support/command_line.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/trouble.h"

namespace reprise {

namespace {

using doctest::Contains;
using tests::Captured;
using tests::Registered;
using tests::TemporaryFolder;
using tests::text;

struct Bench {
  Registered scenario{"wrong/counter", tests::double_mutation_toy};
  TemporaryFolder folder;
  std::string trace;

  Bench() {
    CHECK(run({"sweep", "wrong/counter", "--out", folder / "traces"}).exit == 1);
    const Expected<std::vector<std::string>> paths = trace_paths(folder / "traces");
    REQUIRE(paths.ok());
    REQUIRE(paths.value().size() == 1);
    trace = paths.value().front();
  }

  Captured run(std::vector<std::string> arguments) const { return tests::run_reprise(arguments); }
};

}  // namespace

TEST_CASE("show: a timeline is made of a trace that has no events") {
  const Bench bench;
  const std::string html = bench.folder / "page.html";
  const std::string chrome = bench.folder / "chrome.json";
  const Captured shown = bench.run({"show", bench.trace, "--html", html, "--perfetto", chrome});
  CHECK(shown.exit == 0);
  CHECK(text(shown.out) == Contains("page.html was written"));
  const std::string page = TemporaryFolder::read(html);
  CHECK(text(page) == Contains("error[double-mutation]"));
  CHECK(text(page) == Contains("begins an operation (entry 1)"));
  CHECK(text(page) == Contains("reprise replay "));
  CHECK(text(TemporaryFolder::read(chrome)) == Contains("\"traceEvents\""));
}

TEST_CASE("show: a timeline that cannot be made is one sentence and exit status 2") {
  const Bench bench;
  const std::string html = bench.folder / "page.html";
  const Captured json = bench.run({"show", bench.trace, "--html", html, "--json"});
  CHECK(json.exit == 2);
  CHECK(text(json.err) == Contains("--html and --perfetto exclude --json"));
  const Captured two = bench.run({"show", bench.trace, bench.trace, "--html", html});
  CHECK(two.exit == 2);
  CHECK(text(two.err) == Contains("--html and --perfetto take one trace"));
  const Captured place =
      bench.run({"show", bench.trace, "--html", bench.folder / "none/page.html"});
  CHECK(place.exit == 2);
  CHECK(text(place.err) == Contains("none/page.html"));
  const std::string other = bench.folder.write(
      "other.json",
      R"({"format": "reprise-trace/1", "scenario": "no/such", "plan": {"base": "sync"}})");
  const Captured unknown = bench.run({"show", other, "--html", html});
  CHECK(unknown.exit == 2);
  CHECK(text(unknown.err) == Contains("there is no scenario \"no/such\""));
  CHECK(TemporaryFolder::read(html).empty());
}

TEST_CASE("show: a run that is clean by now has a timeline without a finding") {
  const Bench bench;
  const std::string clean = bench.folder.write(
      "clean.json",
      R"({"format": "reprise-trace/1", "scenario": "wrong/counter", "plan": {"base": "sync"}})");
  const std::string html = bench.folder / "page.html";
  CHECK(bench.run({"show", clean, "--html", html}).exit == 0);
  CHECK(text(TemporaryFolder::read(html)) == Contains("<h1>No finding</h1>"));
}

// The path with another extension.
std::string html_beside(const std::string& trace) {
  return trace.substr(0, trace.size() - std::string(".json").size()) + ".html";
}

TEST_CASE("show: two runs of a scenario are on one page") {
  const Bench bench;
  const std::string other = bench.folder.write(
      "other.json",
      R"({"format": "reprise-trace/1", "scenario": "wrong/counter", "plan": {"base": "sync"}})");
  const std::string html = bench.folder / "both.html";
  CHECK(bench.run({"show", bench.trace, "--against", other, "--html", html}).exit == 0);
  const std::string page = TemporaryFolder::read(html);
  CHECK(text(page) == Contains("id=\"original-data\">"));
  CHECK(text(page) == Contains("<h1><span class=\"check\">error[double-mutation]"));
}

TEST_CASE("show: what cannot be compared is refused") {
  const Bench bench;
  const Registered clean("toys/clean", tests::clean_toy);
  const std::string html = bench.folder / "both.html";
  const std::string other = bench.folder.write(
      "other.json",
      R"({"format": "reprise-trace/1", "scenario": "toys/clean", "plan": {"base": "sync"}})");
  const Captured scenario = bench.run({"show", bench.trace, "--against", other, "--html", html});
  CHECK(scenario.exit == 2);
  CHECK(text(scenario.err) == Contains("is of another scenario, toys/clean"));
  CHECK(bench.run({"show", bench.trace, "--against", "no-such", "--html", html}).exit == 2);
  CHECK(TemporaryFolder::read(html).empty());
  const Captured alone = bench.run({"show", bench.trace, "--against", other});
  CHECK(alone.exit == 2);
  CHECK(text(alone.err) == Contains("--against needs --html FILE"));
}

TEST_CASE("show: a replay draws the run that it makes") {
  const Bench bench;
  const std::string html = bench.folder / "page.html";
  const Captured replayed = bench.run({"replay", bench.trace, "--html", html});
  CHECK(replayed.exit == 1);
  CHECK(text(replayed.out) == Contains("page.html was written"));
  CHECK(text(replayed.out) == Contains("failed again, with the same finding"));
  CHECK(text(TemporaryFolder::read(html)) == Contains("error[double-mutation]"));
  CHECK(bench.run({"replay", bench.trace, "--html", html, "--json"}).out.starts_with("{"));
  const Captured two = bench.run({"replay", bench.trace, bench.trace, "--html", html});
  CHECK(two.exit == 2);
  CHECK(text(two.err) == Contains("--html and --perfetto take one trace"));
  CHECK(bench.run({"replay", bench.trace, "--html", bench.folder / "none/page.html"}).exit == 2);
  CHECK(bench.run({"replay", bench.trace, "--html", html, "--break-at", "1"}).exit == 2);
}

TEST_CASE("show: a shrink draws the run before and after") {
  const Registered invariant("wrong/invariant", tests::invariant_toy);
  const Bench bench;
  const std::string found = bench.folder / "found";
  CHECK(bench.run({"fuzz", "wrong/invariant", "--seed", "1", "--seeds", "300", "--out", found})
            .exit == 1);
  Trace trace = read_trace(trace_paths(found).value().front()).value();
  trace.plan.decisions.push_back({"t/nothing#1/error", 1});
  const std::string longer = bench.folder.write("longer.json", to_json(trace));
  const std::string html = bench.folder / "shrunk.html";
  const Captured shrunk =
      bench.run({"shrink", longer, "--out", bench.folder / "shrunk", "--html", html});
  CHECK(shrunk.exit == 1);
  const std::string page = TemporaryFolder::read(html);
  CHECK(text(page) == Contains("<dt>made smaller</dt>"));
  CHECK(text(page) == Contains("id=\"original-data\">"));
}

TEST_CASE("show: a campaign leaves a page and a timeline beside each trace") {
  const Bench bench;
  const std::string traces = bench.folder / "with-pages";
  const std::string html = bench.folder / "campaign.html";
  const Captured found = bench.run({"sweep", "wrong/counter", "--out", traces, "--html", html});
  CHECK(found.exit == 1);
  const std::string timeline = html_beside(trace_paths(traces).value().front());
  CHECK(text(found.out) == Contains(("  Timeline " + timeline).c_str()));
  CHECK(text(TemporaryFolder::read(timeline)) == Contains("error[double-mutation]"));
  const std::string link = timeline.substr(bench.folder.path().size() + 1);
  CHECK(text(TemporaryFolder::read(html)) == Contains(("<a href=\"" + link + "\">").c_str()));
  const Captured place =
      bench.run({"sweep", "wrong/counter", "--html", bench.folder / "none/page.html"});
  CHECK(place.exit == 2);
  CHECK(TemporaryFolder::read(html_beside(bench.trace)).empty());
}

TEST_CASE("show: a merge draws the findings of its shards") {
  const Bench bench;
  const std::string out = bench.folder / "shards";
  const std::string html = bench.folder / "merged.html";
  CHECK(bench.run({"sweep", "wrong/counter", "--shard", "1/1", "--out", out}).exit == 1);
  const std::string junit = bench.folder / "merged.xml";
  CHECK(bench.run({"merge", out, "--html", html, "--junit", junit}).exit == 1);
  CHECK(text(TemporaryFolder::read(html)) == Contains("<a href=\"shards/double-mutation-"));
  CHECK(text(TemporaryFolder::read(html_beside(trace_paths(out).value().front()))) ==
        Contains("error[double-mutation]"));
  CHECK(text(TemporaryFolder::read(junit)) == Contains("<failure type=\"double-mutation\""));
  CHECK(bench.run({"merge", out, "--html", bench.folder / "none/page.html"}).exit == 2);
}

}  // namespace reprise
