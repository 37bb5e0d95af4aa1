#include <doctest/doctest.h>
#include <reprise/replay/campaign/campaign.h>
#include <reprise/replay/campaign/triage.h>
#include <reprise/replay/report/report.h>
#include <reprise/replay/trace/file.h>
#include <reprise/replay/trace/replay.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tests/support/sanitized.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/trouble.h"

namespace reprise {

namespace {

using tests::Registered;
using tests::TemporaryFolder;

CampaignOptions options_for(std::uint64_t seeds) {
  CampaignOptions options;
  options.search.cases.seed = 1;
  options.search.cases.profile = *built_in_profile("default");
  options.search.cases.sweep_max = 100;
  options.search.mix.random_max = seeds;
  options.search.worker.silent = true;
  return options;
}

Campaign fuzz(const Registered& toy, const CampaignOptions& options) {
  return run_campaign({&toy.scenario()}, options);
}

// The only finding of a campaign that is stopped by it.
FindingReport only_finding(ScenarioBody body, CampaignOptions options) {
  const Registered toy("campaign-test/toy", body);
  const TemporaryFolder folder;
  options.folder = folder.path();
  const Campaign campaign = fuzz(toy, options);
  REQUIRE(campaign.findings.size() == 1);
  const FindingReport& report = campaign.findings.front();
  CHECK(report.reproduced == report.tries);
  CHECK(report.trace_path.starts_with(folder.path()));
  const Expected<Trace> written = read_trace(report.trace_path);
  REQUIRE(written.ok());
  CHECK(written.value().plan == report.trace.plan);
  const Replayed replayed =
      replay_trace(toy.scenario(), written.value(), {{}, options.search.worker});
  CHECK(compare_findings(written.value(), replayed) == ReplayAnswer::same);
  return report;
}

}  // namespace

TEST_CASE("campaign: a clean scenario runs every case once") {
  const Registered toy("campaign-test/toy", tests::clean_toy);
  const Campaign campaign = fuzz(toy, options_for(500));
  CHECK(campaign.findings.empty());
  CHECK(campaign.failure.empty());
  REQUIRE(campaign.report.scenarios.size() == 1);
  CHECK(campaign.report.scenarios.front().runs > 500);
  CHECK(campaign.report.scenarios.front().failed == 0);
}

TEST_CASE("campaign: the number of workers changes nothing") {
  const Registered clean("campaign-test/clean", tests::clean_toy);
  const Registered broken("campaign-test/toy", tests::invariant_toy);
  std::vector<std::string> reports;
  for (const std::uint32_t workers : {1U, 2U, 5U}) {
    CampaignOptions options = options_for(200);
    options.search.workers = workers;
    Campaign campaign = run_campaign({&clean.scenario(), &broken.scenario()}, options);
    for (ScenarioRow& row : campaign.report.scenarios) row.events = row.milliseconds = 0;
    std::string json = to_json(campaign.report);
    reports.push_back(json.substr(0, json.find("\"machine\"")));
  }
  CHECK(reports[0] == reports[1]);
  CHECK(reports[0] == reports[2]);
}

TEST_CASE("campaign: a broken invariant is found and shrunk and replays") {
  const FindingReport report = only_finding(tests::invariant_toy, options_for(500));
  CHECK(report.finding.check == "invariant");
  CHECK(distance(report.trace.plan) <= 2);
  CHECK(!report.history.empty());
}

TEST_CASE("campaign: a finding whose trace cannot be written is a finding and holds its trace") {
  const Registered toy("campaign-test/toy", tests::invariant_toy);
  CampaignOptions options = options_for(500);
  options.folder = "/dev/null/traces";
  const Campaign campaign = fuzz(toy, options);
  CHECK(campaign.failure.empty());
  CHECK(campaign.report.incomplete.size() == 1);
  REQUIRE(campaign.findings.size() == 1);
  CHECK(campaign.findings.front().trace_path.empty());
  const std::string report = to_text(campaign.findings.front());
  CHECK(report.find("The trace was not written: ") != std::string::npos);
  CHECK(report.find(to_json(campaign.findings.front().trace)) != std::string::npos);
}

TEST_CASE("campaign: a finding of a random case has a seed that shows it again alone") {
  const Registered toy("campaign-test/toy", tests::invariant_toy);
  CampaignOptions options = options_for(500);
  options.search.mix.sync = options.search.mix.lazy = options.search.mix.sweeps = false;
  const Campaign campaign = fuzz(toy, options);
  REQUIRE(campaign.findings.size() == 1);
  REQUIRE(campaign.findings.front().trace.seed.has_value());
  options.search.cases.seed = *campaign.findings.front().trace.seed;
  options.search.cases.is_seed_of_run = true;
  options.search.mix.random_max = 1;
  const Campaign again = fuzz(toy, options);
  REQUIRE(again.findings.size() == 1);
  CHECK(again.findings.front().trace.plan == campaign.findings.front().trace.plan);
  CHECK(again.findings.front().finding.signature == campaign.findings.front().finding.signature);
}

TEST_CASE("campaign: an exception is a finding of crash") {
  const FindingReport report = only_finding(tests::throwing_toy, options_for(500));
  CHECK(report.finding.check == "crash");
  CHECK(report.finding.signature == "crash campaign-test/toy: exception: no luck");
}

TEST_CASE("campaign: a run that ends its process is a finding with a small plan") {
  struct Death {
    ScenarioBody body;
    std::string rule;
  };
  const std::vector<Death> deaths = {{tests::segv_toy, "SIGSEGV"},
                                     {tests::abort_toy, "abort"},
                                     {tests::exit_toy, "exit"},
                                     {tests::overflow_toy, "stack overflow"},
                                     {tests::driven_overflow_toy, "stack overflow"}};
  for (const Death& death : deaths) {
    const bool is_access = death.rule == "SIGSEGV" || death.rule == "stack overflow";
    const std::string rule = is_access && tests::is_sanitized ? "sanitizer" : death.rule;
    CAPTURE(death.rule);
    const FindingReport report = only_finding(death.body, options_for(500));
    CHECK(report.finding.check == "crash");
    CHECK(report.finding.signature == "crash campaign-test/toy: " + rule);
    CHECK(distance(report.trace.plan) <= 2);
    CHECK(!report.finding.evidence.empty());
  }
}

TEST_CASE("campaign: an endless loop is a finding") {
  CampaignOptions options = options_for(100);
  options.search.worker.hang_ms = 300;
  const FindingReport report = only_finding(tests::hang_toy, options);
  CHECK(report.finding.signature == "crash campaign-test/toy: hang");
}

TEST_CASE("campaign: goes on after deaths and counts them") {
  const Registered toy("campaign-test/toy", tests::abort_toy);
  CampaignOptions options = options_for(300);
  options.search.keep_going = true;
  options.search.workers = 2;
  const Campaign campaign = fuzz(toy, options);
  REQUIRE(campaign.findings.size() == 1);
  const ScenarioRow& row = campaign.report.scenarios.front();
  CHECK(row.runs > 300);
  CHECK(row.failed > 1);
  CHECK(row.failed < row.runs);
  CHECK(campaign.findings.front().count == row.failed);
}

TEST_CASE("campaign: findings with one signature are one and each is listed once with its count") {
  const Registered toy("campaign-test/toy", [](Sim& sim) {
    sim.task("t", [&] {
      const std::uint32_t choice = sim.choose("which", 4);
      sim.expect(choice != 1, "it is not one");
      sim.expect(choice != 2, "it is not two");
    });
    sim.run();
  });
  const TemporaryFolder folder;
  CampaignOptions options = options_for(400);
  options.search.keep_going = true;
  options.folder = folder.path();
  std::size_t shown = 0;
  options.on_finding = [&](const FindingReport& report) {
    ++shown;
    CHECK(to_text(report).find(" runs (smallest shown)\n") != std::string::npos);
  };
  const Campaign campaign = fuzz(toy, options);
  CHECK(shown == 2);
  REQUIRE(campaign.report.findings.size() == 2);
  const FindingRow& one = campaign.report.findings[0];
  const FindingRow& two = campaign.report.findings[1];
  CHECK(one.signature != two.signature);
  CHECK(one.trace_path != two.trace_path);
  CHECK(one.count > 10);
  CHECK(one.count + two.count == campaign.report.scenarios.front().failed);
  const std::string summary = to_text(campaign.report);
  for (const FindingRow& row : campaign.report.findings) {
    CHECK(summary.find(row.message) == summary.rfind(row.message));
    CHECK(summary.find(std::to_string(row.count) + " runs\n") != std::string::npos);
    CHECK(summary.find("replay " + row.trace_path + '\n') != std::string::npos);
  }
}

TEST_CASE("campaign: what does not come again is one finding whatever it was at first") {
  const Registered toy("campaign-test/toy", [](Sim& sim) {
    static std::uint32_t runs = 0;  // two bugs that come and go by themselves
    const std::uint32_t now = ++runs;
    sim.results_depend_on_timing();
    sim.task("t", [&] {
      sim.expect(now % 16 != 3, "the first");
      sim.expect(now % 16 != 5, "the second");
    });
    sim.run();
  });
  CampaignOptions options = options_for(300);
  options.search.keep_going = true;
  const Campaign campaign = fuzz(toy, options);
  REQUIRE(!campaign.report.findings.empty());
  std::set<std::string> signatures;
  for (const FindingRow& row : campaign.report.findings) {
    CHECK(signatures.insert(row.signature).second);
  }
}

TEST_CASE("campaign: a calm run that is deadly does not keep the rest from running") {
  const Registered toy("campaign-test/toy", tests::driven_overflow_toy);
  CampaignOptions options = options_for(20);
  options.search.keep_going = true;
  const Campaign campaign = fuzz(toy, options);
  REQUIRE(campaign.findings.size() == 1);
  CHECK(campaign.report.scenarios.front().runs == 22);
  CHECK(campaign.report.scenarios.front().failed == 22);
}

TEST_CASE("campaign: a run that is deadly task by task is found while the sweep is prepared") {
  const FindingReport report = only_finding(
      [](Sim& sim) {
        static bool first_is_over;
        first_is_over = false;
        sim.task("first", [&] {
          for (int i = 0; i < 2; ++i) sim.yield();
          first_is_over = true;
        });
        sim.task("second", [] {
          if (first_is_over) std::abort();
        });
        sim.run();
      },
      options_for(0));
  CHECK(report.finding.check == "crash");
  CHECK(report.trace.plan.decisions.size() == 1);
}

TEST_CASE("campaign: a run that differs from its repetition is not deterministic") {
  const Registered toy("campaign-test/toy", tests::random_toy);
  const Campaign campaign = fuzz(toy, options_for(200));
  CHECK(campaign.is_not_deterministic);
  REQUIRE(!campaign.findings.empty());
  CHECK(campaign.findings.front().finding.check == "determinism");
}

namespace {
bool blames_earlier_run(const Finding& finding) {
  return std::ranges::any_of(finding.evidence, [](const std::string& evidence) {
    return evidence.starts_with("state from an earlier run: ");
  });
}
}  // namespace

TEST_CASE("campaign: what an earlier run in the same process has left is named as such") {
  const Registered toy("campaign-test/toy", tests::random_toy);
  const Campaign campaign = fuzz(toy, options_for(0));
  REQUIRE(campaign.findings.size() == 1);
  CHECK(campaign.findings.front().finding.check == "determinism");
  CHECK(blames_earlier_run(campaign.findings.front().finding));
}

TEST_CASE("campaign: an address that decides is not what an earlier run has left") {
  const Registered toy("campaign-test/toy", [](Sim& sim) {
    const auto object = std::make_unique<std::uint64_t[]>(4);
    const auto pages = static_cast<int>(reinterpret_cast<std::uintptr_t>(object.get()) >> 4U);
    sim.results_depend_on_timing();
    sim.task("t", [&sim, pages] {
      static_cast<void>(sim.await([&]() -> IOResult<int> { return pages; }));
    });
    sim.run();
  });
  const Campaign campaign = fuzz(toy, options_for(0));
  REQUIRE(!campaign.findings.empty());
  CHECK(campaign.findings.front().finding.check == "determinism");
  CHECK_FALSE(blames_earlier_run(campaign.findings.front().finding));
}

TEST_CASE("campaign: goals that no run reached are listed") {
  const Registered toy("campaign-test/toy", tests::toy_with_option);
  const Campaign campaign = fuzz(toy, options_for(50));
  REQUIRE(campaign.report.goals.size() == 1);
  CHECK(campaign.report.goals.front().name == "pigs fly");
  CHECK(!campaign.report.goals.front().reached);
}

TEST_CASE("campaign: stops when asked and says what was not run") {
  const Registered one("campaign-test/1", tests::clean_toy);
  const Registered two("campaign-test/2", tests::clean_toy);
  CampaignOptions options = options_for(100'000'000);
  int asked = 0;
  options.search.stopped = [&] { return ++asked > 3; };
  const Campaign campaign = run_campaign({&one.scenario(), &two.scenario()}, options);
  CHECK(campaign.is_stopped);
  REQUIRE(campaign.report.scenarios.size() == 1);
  CHECK(campaign.report.scenarios.front().runs > 0);
  CHECK(std::ranges::find(campaign.report.incomplete, "campaign-test/2 was not run") !=
        campaign.report.incomplete.end());
}

TEST_CASE("campaign: ends when the time is over and shares it out") {
  const Registered one("campaign-test/1", tests::clean_toy);
  const Registered two("campaign-test/2", tests::clean_toy);
  CampaignOptions options = options_for(std::uint64_t{1} << 40);
  options.milliseconds_max = 400;
  const Campaign campaign = run_campaign({&one.scenario(), &two.scenario()}, options);
  CHECK(campaign.report.milliseconds >= 380);
  REQUIRE(campaign.report.scenarios.size() == 2);
  for (const ScenarioRow& row : campaign.report.scenarios) CHECK(row.runs > 10);
}

TEST_CASE("campaign: the run before a plan was made smaller is kept if it is asked for") {
  for (const ScenarioBody body : {tests::invariant_toy, tests::abort_toy}) {
    const Registered toy("campaign-test/toy", body);
    CampaignOptions options = options_for(500);
    options.search.mix.sync = options.search.mix.lazy = options.search.mix.sweeps = false;
    CHECK(!fuzz(toy, options).findings.front().original);
    options.keeps_originals = true;
    const Campaign campaign = fuzz(toy, options);
    REQUIRE(campaign.findings.size() == 1);
    const FindingReport& report = campaign.findings.front();
    REQUIRE(report.original);
    CHECK(distance(report.original->plan) == report.distance_before);
    CHECK(distance(report.original->plan) > distance(report.trace.plan));
    CHECK(!report.original->history.empty());
  }
}

TEST_CASE("campaign: events know where the task yields also in another process") {
  const FindingReport report = only_finding(tests::double_mutation_toy, options_for(50));
  const LoggedEvent& turn = report.history.front();
  CHECK(turn.file.ends_with("trouble.cpp"));
  CHECK(turn.line > 0);
}

TEST_CASE("campaign: a full trace holds every event") {
  const Registered toy("campaign-test/toy", tests::invariant_toy);
  const TemporaryFolder folder;
  CampaignOptions options = options_for(500);
  options.folder = folder.path();
  options.full_traces = true;
  const Campaign campaign = fuzz(toy, options);
  REQUIRE(campaign.findings.size() == 1);
  const Expected<Trace> trace = read_trace(campaign.findings.front().trace_path);
  REQUIRE(trace.ok());
  CHECK(trace.value().events.size() == campaign.findings.front().history.size());
  CHECK(!trace.value().events.empty());
}

}  // namespace reprise
