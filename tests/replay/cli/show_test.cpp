// What `show` draws, and what it refuses to.
#include <doctest/doctest.h>
#include <reprise/replay/cli/cli.h>
#include <reprise/replay/trace/file.h>

#include <string>
#include <vector>

#include "tests/support/captured.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/trouble.h"

namespace reprise {

namespace {

using doctest::Contains;
using tests::Captured;
using tests::Registered;
using tests::TemporaryFolder;

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

  Captured run(std::vector<std::string> arguments) const {
    return tests::capture([&] {
      std::vector<const char*> views;
      for (const std::string& argument : arguments) views.push_back(argument.c_str());
      return run_command_line("reprise", views);
    });
  }
};

doctest::String text(const std::string& of) { return {of.c_str()}; }

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

TEST_CASE("show: a command that finds leaves a timeline beside the trace if asked to") {
  const Bench bench;
  const std::string folder = bench.folder / "with-pages";
  const Captured found = bench.run({"sweep", "wrong/counter", "--out", folder, "--html"});
  CHECK(found.exit == 1);
  const std::string path = trace_paths(folder).value().front();
  const std::string html = path.substr(0, path.size() - std::string(".json").size()) + ".html";
  CHECK(text(found.out) == Contains(("  Timeline " + html).c_str()));
  CHECK(text(TemporaryFolder::read(html)) == Contains("error[double-mutation]"));
  const Captured shrunk =
      bench.run({"shrink", bench.trace, "--out", bench.folder / "shrunk", "--html"});
  CHECK(text(shrunk.out) == Contains("  Timeline "));
  const std::string before = bench.trace.substr(0, bench.trace.size() - 5) + ".html";
  CHECK(TemporaryFolder::read(before).empty());
}

}  // namespace reprise
