// Chrome's trace format, as its readers need it.
#include <doctest/doctest.h>
#include <reprise/replay/report/timeline/perfetto.h>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/replay/golden/claims.h"
#include "tests/replay/golden/journal.h"
#include "tests/replay/golden/machines.h"
#include "tests/replay/golden/waiting.h"
#include "tests/replay/report/timeline/logged_run.h"

namespace reprise {
namespace {

using Json = nlohmann::json;

Json perfetto_of_run(const std::string& name, ScenarioBody body, Base base) {
  const FindingReport report =
      tests::logged_run(name, body, {.base = base, .decisions = {}, .order = {}});
  return Json::parse(to_perfetto(timeline_of(report.history, report.finding)));
}

using Times = std::vector<std::pair<std::uint64_t, std::uint64_t>>;

// Gives the times of the pairs of phases `begin` and `end`, each with one id.
Times paired(const Json& trace, const std::string& begin, const std::string& end) {
  std::map<std::string, std::uint64_t> open;
  Times times;
  for (const Json& event : trace["traceEvents"]) {
    if (event["ph"] != begin && event["ph"] != end) continue;
    const auto id = event["id"].get<std::string>();
    const auto now = event["ts"].get<std::uint64_t>();
    if (event["ph"] == begin) {
      CHECK(open.emplace(id, now).second);
      continue;
    }
    REQUIRE(open.contains(id));
    times.emplace_back(open.at(id), now);
    open.erase(id);
  }
  CHECK(open.empty());
  return times;
}

void check_well_formed(const Json& trace) {
  const std::set<std::string> phases{"M", "X", "b", "e", "s", "f", "i"};
  std::uint64_t now = 0;
  for (const Json& event : trace["traceEvents"]) {
    const auto phase = event["ph"].get<std::string>();
    CHECK(phases.contains(phase));
    CHECK(event["name"].is_string());
    CHECK(event["pid"].is_number());
    CHECK(event["tid"].is_number());
    if (phase == "M") continue;
    CHECK(event["cat"].is_string());
    CHECK(event["ts"] >= now);
    now = event["ts"].get<std::uint64_t>();
    CHECK(event.contains("dur") == (phase == "X"));
    CHECK(event.contains("id") == (phase != "X" && phase != "i"));
    if (phase == "i") CHECK(event["s"] == "t");
    if (phase == "f") CHECK(event["bp"] == "e");
  }
}

TEST_CASE("perfetto: each event has the fields of its phase and comes in the order of time") {
  check_well_formed(perfetto_of_run("golden/double", golden::double_mutation, Base::lazy));
  check_well_formed(perfetto_of_run("golden/waits", golden::wait_graph, Base::sync));
  check_well_formed(perfetto_of_run("golden/lost", golden::lost_wake, Base::lazy));
}

TEST_CASE("perfetto: an I/O has a beginning and an end and its flow leads to the re-entry") {
  const Json trace = perfetto_of_run("golden/double", golden::double_mutation, Base::lazy);
  CHECK(paired(trace, "b", "e") == Times{{2, 4}});
  CHECK(paired(trace, "s", "f") == Times{{2, 5}});
}

TEST_CASE("perfetto: stores that clash have a category of their own") {
  const Json trace = perfetto_of_run("golden/double", golden::double_mutation, Base::lazy);
  int clashes = 0;
  for (const Json& event : trace["traceEvents"]) {
    if (event["ph"] == "i" && event["cat"] == "store that clashes") ++clashes;
  }
  CHECK(clashes == 2);
}

}  // namespace
}  // namespace reprise
