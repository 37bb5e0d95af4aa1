// JUnit's XML against the schema beside this file, with xmllint (the package libxml2-utils).
#include <doctest/doctest.h>
#include <reprise/replay/report/report.h>
#include <reprise/replay/trace/trace.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "tests/support/campaign_reports.h"
#include "tests/support/captured.h"
#include "tests/support/command_line.h"
#include "tests/support/golden.h"
#include "tests/support/noting.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/trouble.h"

namespace reprise {
namespace {

using doctest::Contains;
using tests::Captured;
using tests::Registered;
using tests::TemporaryFolder;
using tests::text;

// A report as a file, for xmllint.
struct Written {
  TemporaryFolder folder;
  std::string path;

  explicit Written(const std::string& xml) : path(folder.write("junit.xml", xml)) {}

  Captured validated() const {
    return tests::capture_command("xmllint --noout --schema tests/replay/report/junit.xsd '" +
                                  path + "'");
  }
  std::string found(const std::string& xpath) const {
    std::string out = tests::capture_command("xmllint --xpath '" + xpath + "' '" + path + "'").out;
    if (out.ends_with('\n')) out.pop_back();
    return out;
  }
};

void check_valid(const Written& written) {
  const Captured captured = written.validated();
  CHECK_MESSAGE(captured.exit == 0, captured.err);
}

std::string replaced(std::string from, const std::string& part, const std::string& by) {
  const std::size_t at = from.find(part);
  REQUIRE(at != std::string::npos);
  return from.replace(at, part.size(), by);
}

Captured run(const std::vector<std::string>& arguments) { return tests::run_reprise(arguments); }

TEST_CASE("junit: a campaign is written as a person would want to read it") {
  const std::string xml = to_junit(tests::campaign_report());
  tests::compare_with_golden("junit", xml);
  check_valid(Written(xml));
}

TEST_CASE("junit: the schema refuses what a reader would misunderstand") {
  const std::string good = to_junit(tests::campaign_report());
  for (const auto& change :
       std::vector<std::pair<std::string, std::string>>{{" name=\"pager/clients\"", ""},
                                                        {"pager/clients", "counter/bump"},
                                                        {"tests=\"3\"", "tests=\"three\""},
                                                        {"time=\"1.330\"", "time=\"1.3s\""},
                                                        {"<failure ", "<failed "},
                                                        {"    <properties>", "    <proprties>"},
                                                        {"]", "\x01"}}) {
    const std::string& part = change.first;
    CAPTURE(part);
    CHECK(Written(replaced(good, part, change.second)).validated().exit != 0);
  }
}

TEST_CASE("junit: whatever names and messages contain stays text") {
  const Written written(to_junit(tests::hostile_report()));
  check_valid(written);
  const std::string shown = R"(]]> & <b>"'%0A::error::x,y`|\ {0} [a](b) \x1b[31m\x0d)"
                            "\n\t"
                            R"(\x01\xff \xef\xbf\xbf\x00end)";
  CHECK(written.found("string(//testcase[1]/@name)") == "counter/bump" + shown);
  CHECK(text(written.found("string(//failure/@message)")) == Contains(shown.c_str()));
  CHECK(written.found("count(//testcase)") == "3");
  CHECK(written.found("count(//*[not(self::testsuites or self::testsuite or self::properties or "
                      "self::property or self::testcase or self::failure or self::skipped or "
                      "self::system-out or self::system-err)])") == "0");
}

TEST_CASE("junit: a scenario that could not be run is an error") {
  CampaignReport report = tests::campaign_report();
  for (ScenarioRow& row : report.scenarios) row.error = "the system has no <room> for a process";
  const Written written(to_junit(report));
  check_valid(written);
  CHECK(written.found("string(//testsuite/@errors)") == "1");
  CHECK(written.found("string(//testcase[@name=\"pager/clients\"]/error/@message)") ==
        "the system has no <room> for a process");
  CHECK(written.found("count(//testcase[@name=\"counter/bump\"]/error)") == "0");
  CHECK(written.found("count(//testcase[@name=\"counter/bump\"]/failure)") == "1");
}

TEST_CASE("junit: several findings of a scenario are one failure with all of them") {
  CampaignReport report = tests::campaign_report();
  report.findings.push_back(report.findings.front());
  report.findings.back().message = "another thing went wrong";
  const Written written(to_junit(report));
  check_valid(written);
  CHECK(written.found("count(//failure)") == "1");
  CHECK(written.found("string(//testsuite/@failures)") == "1");
  CHECK(text(written.found("string(//failure/@message)")) == Contains("(and 1 more)"));
  CHECK(text(written.found("string(//failure)")) == Contains("another thing went wrong"));
}

TEST_CASE("junit: a finding fails its scenario and says how to go on") {
  const Registered wrong("wrong/invariant", tests::invariant_toy);
  const Registered clean("toys/clean", tests::clean_toy);
  const TemporaryFolder folder;
  const std::string path = folder / "junit.xml";
  const Captured fuzz =
      run({"fuzz", "wrong/invariant", "toys/clean", "--seed", "1", "--seeds", "300", "--strategy",
           "uniform", "--junit", path, "--out", folder / "traces"});
  CHECK(fuzz.exit == 1);
  CHECK(text(fuzz.out) == Contains(" passed, "));
  const Written written(TemporaryFolder::read(path));
  check_valid(written);
  CHECK(written.found("string(//testsuite/@tests)") == "2");
  CHECK(written.found("count(//testcase[@name=\"wrong/invariant\"]/failure)") == "1");
  CHECK(written.found("count(//testcase[@name=\"toys/clean\"]/failure)") == "0");
  const std::string failure = written.found("string(//failure)");
  CHECK(text(failure) == Contains("error[invariant]"));
  CHECK(text(failure) == Contains(("reprise replay " + folder.path() + "/traces/").c_str()));
  CHECK(text(failure) == Contains("reprise run wrong/invariant --seed 0x"));
}

TEST_CASE("junit: a replay has a case for each scenario of its traces") {
  const Registered counter("toys/counter", tests::double_mutation_toy);
  const Registered clean("toys/clean", tests::clean_toy);
  const TemporaryFolder folder;
  run({"fuzz", "toys/counter", "--seeds", "5", "--out", folder / "traces"});
  Trace trace{.scenario = "toys/clean", .plan = {Base::lazy, {}, {}}};
  folder.write("traces/clean.json", to_json(trace));
  folder.write("traces/bad.json", "{");
  const std::string path = folder / "junit.xml";
  CHECK(run({"replay", folder / "traces", "--junit", path}).exit == 2);
  const Written written(TemporaryFolder::read(path));
  check_valid(written);
  CHECK(written.found("string(//testsuite/@tests)") == "3");
  CHECK(written.found("string(//testsuite/@errors)") == "1");
  CHECK(text(written.found("string(//testcase[error]/@name)")) == Contains("/traces/bad.json"));
  CHECK(text(written.found("string(//error/@message)")) == Contains("bad.json"));
  CHECK(written.found("count(//testcase[@name=\"toys/counter\"]/failure)") == "1");
  CHECK(written.found("count(//testcase[@name=\"toys/clean\"]/failure)") == "0");
  CHECK(text(written.found("string(//system-err)")) == Contains("bad.json"));
  CHECK(text(written.found("string(//failure)")) == Contains("Replay   reprise replay "));

  trace.digest = 1;
  const std::string other = folder.write("other.json", to_json(trace));
  CHECK(run({"replay", other, "--strict", "--junit", path}).exit == 3);
  const Written strict(TemporaryFolder::read(path));
  check_valid(strict);
  CHECK(text(strict.found("string(//failure/@message)")) ==
        Contains("determinism: the run differs from the trace"));
}

TEST_CASE("junit: a note fails nothing") {
  const Registered noted("noted/toy", [](Sim& sim) {
    sim.task("t", [&] { tests::report_note("always"); });
    sim.run();
  });
  const TemporaryFolder folder;
  const std::string path = folder / "junit.xml";
  const Captured fuzz =
      run({"fuzz", "noted/toy", "--seeds", "20", "--junit", path, "--out", folder / "traces"});
  CHECK(fuzz.exit == 0);
  const Written written(TemporaryFolder::read(path));
  check_valid(written);
  CHECK(written.found("string(//testsuite/@failures)") == "0");
  CHECK(text(written.found("string(//testcase/system-out)")) == Contains("note[deadlock]"));
}

TEST_CASE("junit: a file that cannot be written is refused before the work begins") {
  const Registered clean("toys/clean", tests::clean_toy);
  const TemporaryFolder folder;
  for (const std::string& path : {folder / "none/junit.xml", std::string()}) {
    const Captured fuzz =
        run({"fuzz", "toys/clean", "--seeds", "20", "--junit", path, "--out", folder / "traces"});
    CHECK(fuzz.exit == 2);
    CHECK(fuzz.out.empty());
    CHECK(fuzz.err.starts_with("error: "));
  }
  CHECK(run({"list", "--junit", folder / "list.xml"}).exit == 2);
}

TEST_CASE("junit: a pipe gets one whole report") {
  const char* const program = std::getenv("REPRISE_PROGRAM");
  REQUIRE_MESSAGE(program != nullptr, "REPRISE_PROGRAM names the program; ctest sets it");
  const TemporaryFolder folder;
  const Captured fuzz = tests::capture_command(
      std::string(program) + " fuzz reentry/counter-add/mended --seeds 20 --out '" +
      (folder / "traces") + "' --junit /dev/fd/3 3>&1 >/dev/null 2>&1 | cat");
  check_valid(Written(fuzz.out));
}

}  // namespace
}  // namespace reprise
