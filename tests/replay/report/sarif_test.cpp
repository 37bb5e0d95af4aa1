// SARIF against the schema beside this file, which is a part of the standard's.
#include <doctest/doctest.h>
#include <reprise/replay/report/report.h>
#include <reprise/replay/text/markup.h>
#include <reprise/replay/trace/build_info.h>

#if defined(__GNUC__) && !defined(__clang__)
// g++ 12 sees uninitialised members in std::regex when it compiles for AddressSanitizer.
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>
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
using nlohmann::json;
using tests::Captured;
using tests::Registered;
using tests::TemporaryFolder;
using tests::text;
using Adapter = valijson::adapters::NlohmannJsonAdapter;

class SarifSchema {
 public:
  SarifSchema() {
    std::ifstream file("tests/replay/report/sarif.json");
    REQUIRE(file.good());
    valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
    document_ = json::parse(file);
    parser.populateSchema(Adapter(document_), schema_);
  }

  bool accepts(const json& log) const {
    valijson::Validator validator;
    return validator.validate(schema_, Adapter(log), nullptr);
  }

 private:
  json document_;
  valijson::Schema schema_;
};

json sarif_of(const CampaignReport& report) { return json::parse(to_sarif(report)); }
const json& results_of(const json& log) { return log.at("runs").at(0).at("results"); }
std::string fingerprint_of(const json& result) {
  return result.at("partialFingerprints").at("repriseSignature/v1").get<std::string>();
}

TEST_CASE("sarif: a campaign is written as a person would want to read it") {
  std::string log = to_sarif(tests::campaign_report());
  const std::string version(build_info().version);
  const std::size_t at = log.find('"' + version + '"');
  REQUIRE(at != std::string::npos);
  log.replace(at + 1, version.size(), "1.2.3");
  tests::compare_with_golden("sarif", log);
}

TEST_CASE("sarif: the schema accepts what is written") {
  const SarifSchema schema;
  CHECK(schema.accepts(sarif_of(tests::campaign_report())));
  const json hostile = sarif_of(tests::hostile_report());
  CHECK_MESSAGE(schema.accepts(hostile), hostile.dump(1));
  CampaignReport clean;
  clean.command = "sweep";
  CHECK(schema.accepts(sarif_of(clean)));
}

TEST_CASE("sarif: the schema refuses what the standard does") {
  const SarifSchema schema;
  const json good = sarif_of(tests::campaign_report());
  const auto refused = [&](const std::string& pointer, const json& value) {
    json bad = good;
    bad[json::json_pointer(pointer)] = value;
    CAPTURE(pointer);
    CHECK_FALSE(schema.accepts(bad));
  };
  refused("/version", "2.0.0");
  refused("/runs/0/tool/driver/name", 1);
  refused("/runs/0/results/0/level", "failure");
  refused("/runs/0/results/0/message", "text");
  refused("/runs/0/results/0/locations/0/physicalLocation/region/startLine", 0);
  refused("/runs/0/results/0/locations/0/physicalLocation/artifactLocation/uri", "a b:c");
  refused("/runs/0/results/0/codeFlows/0/threadFlows/0/locations", json::array());
  refused("/runs/0/results/0/fingerprint", "x");
}

TEST_CASE("sarif: the steps of the smallest run are a code flow") {
  const json log = sarif_of(tests::campaign_report());
  const json& steps =
      results_of(log).at(0).at("codeFlows").at(0).at("threadFlows").at(0).at("locations");
  REQUIRE(steps.size() == 3);
  CHECK(steps.at(0).at("location").at("message").at("text") ==
        "0  client: begins an operation (entry 1); client: submits read(counter)#1");
  CHECK(steps.at(1).at("executionOrder") == 2);
  CHECK(steps.at(2).at("importance") == "essential");
  CHECK(steps.at(2).at("location").at("message").at("text") ==
        "1.2us  client/read(counter)#1/turn");
}

TEST_CASE("sarif: a step has the line where its task yields or its io was submitted") {
  CampaignReport report = tests::campaign_report();
  std::vector<LoggedEvent>& history = report.findings.front().history;
  history.insert(history.begin() + 1, {"other#1/turn", {{"other", "yields"}}, 1});
  const json log = sarif_of(report);
  CHECK(SarifSchema().accepts(log));
  const json& steps =
      results_of(log).at(0).at("codeFlows").at(0).at("threadFlows").at(0).at("locations");
  const auto line_of = [&](std::size_t step) -> int {
    return steps.at(step).at("location").at("physicalLocation").at("region").at("startLine");
  };
  REQUIRE(steps.size() == 4);
  CHECK(line_of(0) == 18);  // the yield
  CHECK(line_of(1) == 17);  // not known: the finding's
  CHECK(line_of(2) == 18);  // the delivery of what was submitted there
  CHECK(line_of(3) == 17);  // the finding
}

TEST_CASE("sarif: of a long run the end is there") {
  CampaignReport report = tests::campaign_report();
  std::vector<LoggedEvent>& history = report.findings.front().history;
  history.insert(history.begin(), 5000, history.front());
  const json log = sarif_of(report);
  CHECK(SarifSchema().accepts(log));
  const json& flow = results_of(log).at(0).at("codeFlows").at(0);
  CHECK(text(flow.at("message").at("text")) == Contains("last 1000 of 5003 steps"));
  const json& steps = flow.at("threadFlows").at(0).at("locations");
  CHECK(steps.back().at("executionOrder") == 5003);
}

TEST_CASE("sarif: a fingerprint is that of the scenario and the signature") {
  const std::string before = fingerprint_of(results_of(sarif_of(tests::campaign_report())).at(0));
  CHECK(before == "4bbf4b23d166b0e5");  // in code scanning it stands for the bug for years
  CampaignReport report = tests::campaign_report();
  FindingRow& row = report.findings.front();
  row.places.front().line += 100;
  row.message = "said in other words";
  row.seed = 7;
  row.count = 1;
  CHECK(fingerprint_of(results_of(sarif_of(report)).at(0)) == before);
  for (std::string* const field : {&row.signature, &row.scenario, &row.check}) {
    const std::string was = std::exchange(*field, *field + "x");
    CHECK(fingerprint_of(results_of(sarif_of(report)).at(0)) != before);
    *field = was;
  }
}

TEST_CASE("sarif: notes are of the level note") {
  const json log = sarif_of(tests::campaign_report());
  REQUIRE(results_of(log).size() == 2);
  CHECK(results_of(log).at(0).at("level") == "error");
  CHECK(results_of(log).at(1).at("level") == "note");
  CHECK(results_of(log).at(1).at("ruleIndex") == 1);
}

TEST_CASE("sarif: no text becomes a link or the place of an argument") {
  CampaignReport report = tests::campaign_report();
  report.findings.front().message = "[click](https://x) {0} {{";
  const std::string message =
      results_of(sarif_of(report)).at(0).at("message").at("text").get<std::string>();
  CHECK(message.starts_with("[click] (https://x) {{0}} {{{{\n"));
}

TEST_CASE("sarif: a path becomes a reference to a file") {
  CHECK(uri_of_path("src/a b.cpp") == "src/a%20b.cpp");
  CHECK(uri_of_path("/src/a.cpp") == "file:///src/a.cpp");
  CHECK(uri_of_path("c:\\\xff%") == "c%3A%5C%FF%25");
}

TEST_CASE("sarif: a campaign writes its findings") {
  const Registered wrong("wrong/invariant", tests::invariant_toy);
  const TemporaryFolder folder;
  const std::string path = folder / "log.sarif";
  const Captured fuzz = tests::run_reprise({"fuzz", "wrong/invariant", "--seed", "1", "--seeds",
                                            "300", "--sarif", path, "--out", folder / "traces"});
  CHECK(fuzz.exit == 1);
  const json log = json::parse(TemporaryFolder::read(path));
  CHECK(SarifSchema().accepts(log));
  REQUIRE(results_of(log).size() == 1);
  CHECK(results_of(log).at(0).at("ruleId") == "invariant");
  REQUIRE(results_of(log).at(0).contains("codeFlows"));
  const json& first =
      results_of(log).at(0).at("codeFlows").at(0).at("threadFlows").at(0).at("locations").at(0);
  CHECK(text(first.at("location").at("physicalLocation").at("artifactLocation").at("uri")) ==
        Contains("trouble.cpp"));
}

}  // namespace
}  // namespace reprise
