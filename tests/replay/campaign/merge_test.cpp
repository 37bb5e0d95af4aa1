// The results of shards, written and read again, give the report of one machine.
#include <doctest/doctest.h>
#include <reprise/replay/campaign/campaign.h>
#include <reprise/replay/campaign/merge.h>
#include <reprise/replay/report/report.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/noting.h"
#include "tests/support/trouble.h"

namespace reprise {
namespace {

using doctest::Contains;
using tests::Registered;

doctest::String text(const std::string& of) { return {of.c_str()}; }

// A note in some runs and a goal that some runs reach.
void noting_toy(Sim& sim) {
  bool is_rare = false;
  sim.sometimes("rare", [&] { return is_rare; });
  sim.sometimes("never", [] { return false; });
  sim.task("t", [&] {
    is_rare = sim.choose("which", 20) == 13;
    if (sim.choose("note", 3) == 1) tests::report_note("now and then");
  });
  sim.run();
}

struct Bench {
  Registered clean{"merge-test/clean", tests::clean_toy};
  Registered noting{"merge-test/noting", noting_toy};
  Registered wrong{"merge-test/wrong", tests::invariant_toy};
  std::vector<const Scenario*> scenarios{&noting.scenario(), &clean.scenario()};

  static CampaignOptions fuzz_options() {
    CampaignOptions options;
    options.search.cases.seed = 1;
    options.search.cases.profile = *built_in_profile("default");
    options.search.cases.sweep_max = 100;
    options.search.mix.random_max = 200;
    options.search.worker.silent = true;
    return options;
  }
  static CampaignOptions sweep_options() {
    CampaignOptions options = fuzz_options();
    options.command = "sweep";
    options.search.cases.sweep_max = UINT64_MAX;
    options.search.cases.pairs_max = 40;
    options.search.mix.random_max = 0;
    options.search.mix.pairs = true;
    return options;
  }

  // As files have them.
  std::string shard(CampaignOptions options, std::uint32_t index, std::uint32_t of) const {
    options.shard = {index, of};
    const Campaign campaign = run_campaign(scenarios, options);
    REQUIRE(campaign.failure.empty());
    return to_json(ShardResult{question_of(scenarios, options), {}, campaign.report});
  }
  std::vector<std::string> shards(const CampaignOptions& options, std::uint32_t of) const {
    std::vector<std::string> texts;
    for (std::uint32_t index = 0; index < of; ++index) texts.push_back(shard(options, index, of));
    return texts;
  }
};

ShardUnion united(const std::vector<std::string>& texts) {
  ShardUnion all;
  for (const std::string& text : texts) {
    Expected<ShardResult> parsed = parse_shard_result(text);
    REQUIRE_MESSAGE(parsed.ok(), parsed.error());
    CHECK(to_json(parsed.value()) == text);
    const auto wrong = all.add(std::move(parsed).value(), "a file");
    REQUIRE_MESSAGE(!wrong.has_value(), wrong.value_or(""));
  }
  return all;
}

CampaignReport merged(const std::vector<std::string>& texts) { return united(texts).report(); }

// Without what depends on the machine.
std::string stable(const CampaignReport& report) {
  const std::string json = to_json(report);
  return json.substr(0, json.find("\"machine\""));
}

std::string error_of_adding(const std::string& first, const std::string& second) {
  ShardUnion all = united({first});
  return all.add(parse_shard_result(second).value(), "the second").value_or("");
}

}  // namespace

TEST_CASE("merge: the shards of a fuzz give the report of one machine however many there are") {
  const Bench bench;
  const Campaign one = run_campaign(bench.scenarios, Bench::fuzz_options());
  REQUIRE(!one.report.notes.empty());
  REQUIRE(one.report.goals.size() == 2);
  for (std::uint32_t of = 1; of <= 7; ++of) {
    CAPTURE(of);
    CHECK(stable(merged(bench.shards(Bench::fuzz_options(), of))) == stable(one.report));
  }
}

TEST_CASE("merge: the shards of a sweep give the certificate of one machine") {
  const Bench bench;
  const Campaign one = run_campaign(bench.scenarios, Bench::sweep_options());
  REQUIRE(one.report.certificates.size() == 2);
  for (std::uint32_t of = 1; of <= 7; ++of) {
    CAPTURE(of);
    const CampaignReport report = merged(bench.shards(Bench::sweep_options(), of));
    CHECK(to_json(report.certificates) == to_json(one.report.certificates));
    CHECK(stable(report) == stable(one.report));
  }
}

TEST_CASE("merge: neither the order of the results nor a result given twice changes a byte") {
  const Bench bench;
  std::vector<std::string> texts = bench.shards(Bench::sweep_options(), 3);
  const std::string first = to_json(merged(texts));
  std::ranges::sort(texts);
  do {
    CHECK(to_json(merged(texts)) == first);
  } while (std::ranges::next_permutation(texts).found);
  texts.insert(texts.end(), {texts[1], texts[0], texts[1]});
  CHECK(to_json(merged(texts)) == first);
}

TEST_CASE("merge: findings are joined by their signatures and the smallest stays") {
  Bench bench;
  bench.scenarios = {&bench.wrong.scenario()};
  CampaignOptions options = Bench::fuzz_options();
  options.search.keep_going = true;
  const Campaign one = run_campaign(bench.scenarios, options);
  REQUIRE(one.report.findings.size() == 1);
  const CampaignReport report = merged(bench.shards(options, 4));
  REQUIRE(report.findings.size() == 1);
  CHECK(report.findings[0].signature == one.report.findings[0].signature);
  CHECK(report.findings[0].count == one.report.findings[0].count);
  CHECK(failed_of(report) == failed_of(one.report));

  ShardResult small = parse_shard_result(bench.shard(options, 0, 2)).value();
  ShardResult large = parse_shard_result(bench.shard(options, 1, 2)).value();
  small.report.findings[0].distance = 3;
  large.report.findings[0].distance = 4;
  for (const bool is_small_first : {true, false}) {
    ShardUnion all;
    CHECK(!all.add(is_small_first ? small : large, "a").has_value());
    CHECK(!all.add(is_small_first ? large : small, "b").has_value());
    CHECK(all.report().findings[0].distance == 3);
  }
}

TEST_CASE("merge: the first of many shards tell the points and any of them is enough") {
  const Bench bench;
  const Campaign one = run_campaign(bench.scenarios, Bench::sweep_options());
  std::vector<std::string> texts = bench.shards(Bench::sweep_options(), 11);
  REQUIRE(!one.report.certificates.front().points.empty());
  const auto points = [&](std::size_t index) {
    return parse_shard_result(texts[index]).value().report.certificates.front().points;
  };
  CHECK(points(7) == one.report.certificates.front().points);
  CHECK(points(8).empty());
  CHECK(merged(texts).certificates == one.report.certificates);
  const std::vector<std::string> last(texts.begin() + 7, texts.end());
  CHECK(merged(last).certificates.front().points == one.report.certificates.front().points);
  // A shard that was cut off tells them, too: those before it may have been cut off sooner.
  ShardResult cut = parse_shard_result(texts[8]).value();
  cut.report.certificates.front().points = points(7);
  cut.report.incomplete.emplace_back("the time is over");
  const ShardResult again = parse_shard_result(to_json(cut)).value();
  CHECK(again.report.certificates.front().points == points(7));
}

TEST_CASE("merge: every number of a shard is added to those of the others") {
  const auto shard = [](std::uint32_t index, std::uint64_t large) {
    ShardResult result;
    result.question.command = "sweep";
    result.question.scenarios = {"a", "b"};
    CampaignReport& report = result.report;
    report.shard = CaseShard{index, 2};
    report.milliseconds = 7;
    ScenarioRow row{"b", 1, 2, large, 4, 5, index + 100};
    report.scenarios = {row};
    Coverage certificate;
    certificate.scenario = "b";
    certificate.singles = {large, 10};
    certificate.pairs = {200, 20};
    certificate.power_losses = {300, 30};
    certificate.crashes = {1, large, 3, 4, 5};
    certificate.is_cut = index == 1;
    report.certificates = {certificate};
    return result;
  };
  constexpr std::uint64_t large = std::uint64_t{1} << 52;
  ShardUnion all;
  CHECK(!all.add(shard(0, large), "one"));
  CHECK(!all.add(shard(1, 127), "two"));
  const CampaignReport report = all.report();
  CHECK(report.milliseconds == 14);
  REQUIRE(report.scenarios.size() == 1);
  const ScenarioRow& row = report.scenarios.front();
  CHECK(row.name == "b");
  CHECK(row.runs == 2);
  CHECK(row.failed == 4);
  CHECK(row.events == large + 127);
  CHECK(row.milliseconds == 8);
  CHECK(row.power_losses == 10);
  CHECK(row.random_until == 100);
  REQUIRE(report.certificates.size() == 1);
  const Coverage& certificate = report.certificates.front();
  CHECK(certificate.scenario == "b");
  CHECK(certificate.singles == Coverage::Plans{large, 20});
  CHECK(certificate.pairs == Coverage::Plans{200, 40});
  CHECK(certificate.power_losses == Coverage::Plans{300, 60});
  CHECK(certificate.crashes == CrashCounts{2, large + 127, 6, 8, 10});
  CHECK(certificate.is_cut);
}

TEST_CASE("merge: missing shards are named") {
  const Bench bench;
  std::vector<std::string> texts = bench.shards(Bench::fuzz_options(), 7);
  texts.erase(texts.begin() + 2);
  CHECK(merged(texts).incomplete == std::vector<std::string>{"shard 3 of 7 is missing"});
  texts.erase(texts.begin() + 3, texts.end());
  CHECK(merged(texts).incomplete == std::vector<std::string>{"shards 3, 5 to 7 of 7 are missing"});
  CHECK(ranges_text({1, 2, 4, 6, 7, 8}) == "1, 2, 4, 6 to 8");
}

TEST_CASE("merge: of two results of one shard the one that did more counts and findings stay") {
  Bench bench;
  bench.scenarios = {&bench.wrong.scenario()};
  CampaignOptions options = Bench::fuzz_options();
  options.search.keep_going = true;
  const ShardResult whole = parse_shard_result(bench.shard(options, 0, 1)).value();
  REQUIRE(whole.report.findings.size() == 1);
  ShardResult cut = whole;
  cut.report.incomplete = {"the campaign was interrupted"};
  cut.report.scenarios[0].runs -= 1;
  cut.report.findings[0].signature = "seen once";
  for (const bool is_cut_first : {true, false}) {
    ShardUnion all;
    CHECK(!all.add(is_cut_first ? cut : whole, "a").has_value());
    CHECK(!all.add(is_cut_first ? whole : cut, "b").has_value());
    const CampaignReport report = all.report();
    CHECK(report.incomplete.empty());
    CHECK(runs_of(report) == runs_of(whole.report));
    CHECK(report.findings.size() == 2);
    CHECK(report.findings[0].count == whole.report.findings[0].count);
  }
}

TEST_CASE("merge: what a shard left undone is told with its number") {
  const Bench bench;
  std::vector<ShardResult> results;
  ShardUnion all;
  for (const std::string& text : bench.shards(Bench::fuzz_options(), 3)) {
    ShardResult result = parse_shard_result(text).value();
    const std::uint32_t index = result.report.shard->index;
    if (index != 1) result.report.incomplete = {"the campaign was interrupted"};
    result.report.scenarios[0].random_until = 100 + index;
    CHECK(!all.add(std::move(result), text).has_value());
  }
  const CampaignReport report = all.report();
  CHECK(report.incomplete ==
        std::vector<std::string>{"the campaign was interrupted (shards 1, 3)"});
  REQUIRE(report.remarks.size() == 1);
  CHECK(text(report.remarks[0]) == Contains("every random run below number 100 was made"));
}

TEST_CASE("merge: shards of different campaigns are refused with what differs") {
  Bench bench;
  const std::string first = bench.shard(Bench::fuzz_options(), 0, 2);
  CampaignOptions other = Bench::fuzz_options();
  other.search.cases.seed = 2;
  CHECK(text(error_of_adding(first, bench.shard(other, 1, 2))) ==
        Contains("seed: \"0x1\" in a file, \"0x2\" in the second"));
  other = Bench::fuzz_options();
  other.search.mix.random_max = 20;
  CHECK(text(error_of_adding(first, bench.shard(other, 1, 2))) == Contains("budget: \"200 random"));
  other = Bench::fuzz_options();
  other.search.cases.run.checks.off = {"leak"};
  CHECK(text(error_of_adding(first, bench.shard(other, 1, 2))) == Contains("\"no leak\""));
  other = Bench::fuzz_options();
  other.search.cases.profile.rates[0] = {1, 7};
  CHECK(text(error_of_adding(first, bench.shard(other, 1, 2))) == Contains("profile: "));
  CHECK(text(error_of_adding(first, bench.shard(Bench::fuzz_options(), 1, 3))) ==
        Contains("shards: \"2\" in a file, \"3\" in the second"));
  bench.scenarios.pop_back();
  CHECK(text(error_of_adding(first, bench.shard(Bench::fuzz_options(), 1, 2))) ==
        Contains("scenarios: \"merge-test/clean\" in a file, \"no more\" in the second"));
}

TEST_CASE("merge: a file that is no result is refused in one sentence") {
  const Bench bench;
  const std::string good = bench.shard(Bench::fuzz_options(), 1, 2);
  const auto error_with = [&](const std::string& from, const std::string& to) {
    std::string bad = good;
    const std::size_t at = bad.find(from);
    REQUIRE(at != std::string::npos);
    bad.replace(at, from.size(), to);
    const Expected<ShardResult> parsed = parse_shard_result(bad);
    return text(parsed.ok() ? "no error" : parsed.error());
  };
  CHECK(error_with("reprise-shard/1", "x") == Contains("expected \"reprise-shard/1\""));
  CHECK(error_with("\"shard\": 2", "\"shard\": 3") == Contains("shard: expected a number from 1"));
  CHECK(error_with("\"shard\": 2", "\"shard\": 0") == Contains("shard: expected a number from 1"));
  CHECK(error_with("\"of\": 2", "\"of\": 100001") == Contains("of: expected a whole number"));
  CHECK(error_with("\"command\": \"fuzz\"", "\"command\": \"run\"") ==
        Contains("question.command: expected \"fuzz\" or \"sweep\""));
  CHECK(error_with("\"scenario\": \"merge-test/noting\"", "\"scenario\": \"another\"") ==
        Contains("\"another\" is not among the scenarios"));
  CHECK(error_with("\"goals\"", "\"goal\"") == Contains("unknown field \"goal\""));
  CHECK(text(parse_shard_result(good.substr(0, good.size() / 2)).error()) == Contains("cut off"));
}

TEST_CASE("merge: the name of a trace leads out of no folder") {
  Bench bench;
  bench.scenarios = {&bench.wrong.scenario()};
  ShardResult result = parse_shard_result(bench.shard(Bench::fuzz_options(), 0, 1)).value();
  REQUIRE(!result.report.findings.empty());
  for (const char* const name : {"../x.json", "/etc/passwd", "..", "a\nb", "a b"}) {
    result.report.findings[0].trace_path = name;
    CHECK(text(parse_shard_result(to_json(result)).error()) ==
          Contains("findings[0].trace: expected the name of a file"));
  }
  result.report.findings[0].trace_path = "invariant-x-12ab.json";
  CHECK(parse_shard_result(to_json(result)).ok());
}

}  // namespace reprise
