// The whole text of reports, compared with tests/replay/golden/*.txt.
#include <doctest/doctest.h>
#include <reprise/replay/campaign/campaign.h>
#include <reprise/replay/report/report.h>

#include <string>

#include "tests/replay/golden/claims.h"
#include "tests/replay/golden/journal.h"
#include "tests/replay/golden/machines.h"
#include "tests/replay/golden/power.h"
#include "tests/replay/golden/waiting.h"
#include "tests/support/golden.h"
#include "tests/support/trouble.h"

namespace reprise {
namespace {

Campaign fuzzed(const std::string& name, ScenarioBody body) {
  const tests::Registered scenario("golden/" + name, body);
  CampaignOptions options;
  options.search.cases.profile = *built_in_profile("default");
  options.search.cases.seed = 1;
  options.search.mix.random_max = 500;
  options.search.worker.silent = true;
  options.search.worker.drops_handlers = true;  // doctest prints from its own
  return run_campaign({&scenario.scenario()}, options);
}

void check_finding(const std::string& name, ScenarioBody body, bool is_reproduced = true) {
  Campaign campaign = fuzzed(name, body);
  REQUIRE(campaign.findings.size() == 1);
  FindingReport& report = campaign.findings.front();
  CHECK(report.reproduced == (is_reproduced ? report.tries : 0));
  report.trace_path = "traces/" + name + ".json";
  // The lines of a stack are there only in builds with debug information.
  if (report.finding.check == "crash") report.finding.places.clear();
  tests::compare_with_golden(name, to_text(report));
}

TEST_CASE("golden: a double mutation shows the change and the await") {
  check_finding("double-mutation", golden::double_mutation);
}

TEST_CASE("golden: a double mutation in two files shows both") {
  check_finding("two-files", golden::two_files);
}

TEST_CASE("golden: schedules that come out differently") {
  check_finding("schedule-equivalence", golden::schedule_equivalence);
}

TEST_CASE("golden: two accounts that disagree") {
  check_finding("bookkeeping", golden::bookkeeping);
}

TEST_CASE("golden: a lock that is not given back") { check_finding("leak", golden::leak); }

TEST_CASE("golden: a machine that is not as new") {
  check_finding("idle-state", golden::idle_state);
}

TEST_CASE("golden: another operation's state that a clean-up resets") {
  check_finding("clean-up", golden::clean_up);
}

TEST_CASE("golden: an old error that the next operation is given") {
  check_finding("next-operation", golden::next_operation);
}

TEST_CASE("golden: a spurious re-entry") { check_finding("spurious-re-entry", golden::spurious); }

TEST_CASE("golden: a deadlock says who waits where") {
  check_finding("deadlock", golden::deadlock);
}

TEST_CASE("golden: a deadlock of locks shows the circle") {
  check_finding("wait-graph", golden::wait_graph);
}

TEST_CASE("golden: a deadlock of core's locks says who holds what") {
  check_finding("fair-lock", golden::fair_lock);
}

TEST_CASE("golden: a lost wake is told apart from a deadlock") {
  check_finding("lost-wake", golden::lost_wake);
}

TEST_CASE("golden: a livelock leaves out the middle of its history") {
  check_finding("livelock", golden::livelock);
}

TEST_CASE("golden: a condition that must always hold") { check_finding("always", golden::always); }

TEST_CASE("golden: a value that is not as expected") {
  check_finding("expect-eq", golden::expect_eq);
}

TEST_CASE("golden: an exception") { check_finding("exception", golden::exception); }

TEST_CASE("golden: a bad access") { check_finding("bad-access", golden::bad_access); }

TEST_CASE("golden: a completion that is finished twice") {
  check_finding("completion-protocol", golden::completion_protocol);
}

TEST_CASE("golden: a run that depends on something else") {
  check_finding("determinism", golden::determinism, false);
}

TEST_CASE("golden: results that no order of the operations explains") {
  check_finding("linearizability", golden::linearizability);
}

TEST_CASE("golden: an I/O that is submitted again") {
  check_finding("double-submit", golden::double_submit);
}

TEST_CASE("golden: an error that nobody looked at") {
  check_finding("unseen-error", golden::unseen_error);
}

TEST_CASE("golden: a result that is asked for before it is there") {
  check_finding("early-result", golden::early_result);
}

TEST_CASE("golden: an operation that others always overtake") {
  check_finding("starvation", golden::starvation);
}

TEST_CASE("golden: a buffer that is changed in flight") {
  check_finding("buffer-ownership", golden::buffer_ownership);
}

TEST_CASE("golden: an answer that is ignored") {
  check_finding("lost-callee", golden::lost_callee);
}

TEST_CASE("golden: two I/Os in flight over one range") {
  check_finding("overlap", golden::overlap);
}

TEST_CASE("golden: a write of which a part is missing") {
  check_finding("short-count", golden::short_count);
}

TEST_CASE("golden: a row that is written twice") {
  check_finding("repeated-work", golden::repeated_work);
}

TEST_CASE("golden: an acknowledged change that a power loss takes") {
  check_finding("durability", golden::durability);
}

TEST_CASE("golden: an acknowledged change that the power loss of a node takes") {
  check_finding("durability-of-a-node", golden::durability_of_a_node);
}

TEST_CASE("golden: a note") {
  const Campaign campaign = fuzzed("note", golden::note);
  CHECK(campaign.findings.empty());
  REQUIRE(campaign.report.notes.size() == 1);
  tests::compare_with_golden("note", to_text(campaign.report.notes.front(),
                                             "reprise fuzz golden/note --error prefix-read"));
}

}  // namespace
}  // namespace reprise
