// A search over worker processes: what it finds and counts, however many workers there are.
#include <doctest/doctest.h>  // first: its SCENARIO would be defined twice

#include <reprise/replay/campaign/search.h>
#include <reprise/replay/campaign/search_worker.h>
#include <reprise/reprise.h>

#include <cstdlib>
#include <numeric>
#include <string>
#include <vector>

#include "tests/support/trouble.h"

namespace reprise {
namespace {

SearchOptions search_options(std::uint32_t workers) {
  SearchOptions options;
  options.cases.seed = 1;
  options.cases.profile = *built_in_profile("default");
  options.cases.sweep_max = 10;
  options.mix.random_max = 100;
  options.workers = workers;
  options.worker.silent = true;
  return options;
}

SearchResult search_for(ScenarioBody body, const SearchOptions& options) {
  const SearchResult result = search({"searched", body, "", false}, options);
  REQUIRE(result.failure.empty());
  return result;
}

const Hit& only_hit(const SearchResult& result) {
  REQUIRE(result.hits.size() == 1);
  return result.hits.begin()->second;
}

// Wrong, or deadly, in one run of four; in which it is depends on the case alone.
template <bool deadly>
void one_in_four(Sim& sim) {
  sim.task("t", [&] {
    if (sim.choose("which", 4) != 3) return;
    if (deadly) std::abort();
    sim.expect(false, "three is never chosen");
  });
  sim.run();
}

// Deadly if the second task begins after the end of the first.
void deadly_task_by_task(Sim& sim) {
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
}

// Wrong in each run but the first of its process.
void wrong_the_second_time(Sim& sim) {
  static int runs = 0;
  ++runs;
  sim.task("t", [&] { sim.expect(runs == 1, "it is the first run"); });
  sim.run();
}

}  // namespace

TEST_CASE("search: with a process for each run nothing is left of the runs before") {
  SearchOptions options = search_options(2);
  options.keep_going = true;
  options.mix.pairs = true;
  CHECK(only_hit(search_for(wrong_the_second_time, options)).count >= 100);
  options.cases.is_isolated = true;
  const SearchResult result = search_for(wrong_the_second_time, options);
  CHECK(result.hits.empty());
  CHECK(result.runs >= 100);
}

TEST_CASE("search: with a process for each run the same is found and counted") {
  for (const bool keep_going : {false, true}) {
    CAPTURE(keep_going);
    SearchOptions options = search_options(3);
    options.keep_going = keep_going;
    options.mix.pairs = true;
    options.surveys = true;
    for (const ScenarioBody body : {one_in_four<false>, one_in_four<true>}) {
      options.cases.is_isolated = false;
      const SearchResult together = search_for(body, options);
      options.cases.is_isolated = true;
      const SearchResult apart = search_for(body, options);
      CHECK(apart.runs == together.runs);
      CHECK(apart.failed == together.failed);
      CHECK(apart.sizes == together.sizes);
      CHECK(apart.points == together.points);
      CHECK(only_hit(apart).first == only_hit(together).first);
      CHECK(only_hit(apart).count == only_hit(together).count);
      CHECK(apart.hits.begin()->first == together.hits.begin()->first);
    }
  }
}

TEST_CASE("search: the number of workers changes neither what is found nor what is counted") {
  for (const bool keep_going : {false, true}) {
    CAPTURE(keep_going);
    SearchOptions options = search_options(1);
    options.keep_going = keep_going;
    const SearchResult one = search_for(one_in_four<false>, options);
    for (const std::uint32_t workers : {2U, 5U}) {
      CAPTURE(workers);
      options.workers = workers;
      const SearchResult more = search_for(one_in_four<false>, options);
      CHECK(more.runs == one.runs);
      CHECK(more.failed == one.failed);
      if (keep_going) CHECK(more.sizes == one.sizes);
      CHECK(only_hit(more).first == only_hit(one).first);
      CHECK(only_hit(more).count == only_hit(one).count);
      CHECK(only_hit(more).finding.signature == more.hits.begin()->first);
    }
  }
}

TEST_CASE("search: stops at the first case with a finding and counts those before it") {
  const SearchResult result = search_for(one_in_four<false>, search_options(3));
  const Hit& hit = only_hit(result);
  CHECK(hit.check == "invariant");
  CHECK(hit.count == 1);
  CHECK(result.failed == 1);
  CHECK(result.runs == result.ordinal_of(hit.first));
}

TEST_CASE("search: one that goes on runs every case and counts each that failed") {
  SearchOptions options = search_options(3);
  options.keep_going = true;
  const SearchResult result = search_for(one_in_four<false>, options);
  const std::uint64_t before_random =
      std::accumulate(result.sizes.begin(), result.sizes.end(), std::uint64_t{0});
  CHECK(result.runs == before_random + 100);
  CHECK(result.failed > 10);
  CHECK(result.failed < 60);
  CHECK(only_hit(result).count == result.failed);
}

TEST_CASE("search: a worker's death belongs to the case it was running") {
  for (const bool keep_going : {false, true}) {
    CAPTURE(keep_going);
    for (const std::uint32_t workers : {1U, 3U}) {
      CAPTURE(workers);
      SearchOptions options = search_options(workers);
      options.keep_going = keep_going;
      const SearchResult wrong = search_for(one_in_four<false>, options);
      const SearchResult deadly = search_for(one_in_four<true>, options);
      CHECK(deadly.hits.begin()->first == "crash searched: abort");
      CHECK(only_hit(deadly).check == "crash");
      CHECK(only_hit(deadly).end.death == Death::abort);
      CHECK(only_hit(deadly).finding.signature.empty());
      CHECK(only_hit(deadly).first == only_hit(wrong).first);
      CHECK(only_hit(deadly).count == only_hit(wrong).count);
      CHECK(deadly.runs == wrong.runs);
      CHECK(deadly.failed == wrong.failed);
    }
  }
}

TEST_CASE("search: all shards together find and count what one search does") {
  const std::vector<ScenarioBody> bodies = {one_in_four<false>, one_in_four<true>};
  for (const ScenarioBody& body : bodies) {
    SearchOptions options = search_options(1);
    options.keep_going = true;
    const SearchResult one = search_for(body, options);
    for (const std::uint32_t shards : {2U, 5U, 7U}) {
      CAPTURE(shards);
      std::uint64_t runs = 0;
      std::uint64_t failed = 0;
      std::uint64_t count = 0;
      for (std::uint32_t index = 0; index < shards; ++index) {
        options.workers = index % 2 + 1;
        options.shard = {index, shards};
        const SearchResult part = search_for(body, options);
        CHECK(part.sizes[index_of(CaseKind::sweep_lazy)] ==
              one.sizes[index_of(CaseKind::sweep_lazy)]);
        runs += part.runs;
        failed += part.failed;
        for (const auto& [signature, hit] : part.hits) {
          CHECK(one.hits.contains(signature));
          count += hit.count;
        }
      }
      CHECK(runs == one.runs);
      CHECK(failed == one.failed);
      CHECK(count == only_hit(one).count);
    }
  }
}

TEST_CASE("search: a shard stops at its first case with a finding and counts its own before it") {
  SearchOptions options = search_options(1);
  for (const std::uint32_t index : {0U, 1U, 2U}) {
    options.shard = {index, 3};
    options.workers = 1;
    const SearchResult one = search_for(one_in_four<false>, options);
    options.workers = 3;
    const SearchResult more = search_for(one_in_four<false>, options);
    CHECK(options.shard.has(only_hit(one).first.number));
    CHECK(one.runs == one.ordinal_of(only_hit(one).first));
    CHECK(only_hit(more).first == only_hit(one).first);
    CHECK(more.runs == one.runs);
    CHECK(more.failed == 1);
  }
}

TEST_CASE("search: a deadly calm run is known in each shard and counted in one") {
  SearchOptions options = search_options(2);
  options.keep_going = true;
  options.mix.random_max = 7;
  options.mix.lazy = false;
  std::uint64_t runs = 0;
  for (std::uint32_t index = 0; index < 3; ++index) {
    options.shard = {index, 3};
    const SearchResult result = search_for(tests::driven_overflow_toy, options);
    CHECK(only_hit(result).first == Case{CaseKind::calm, 0});
    CHECK(result.failed == result.runs);
    runs += result.runs;
  }
  CHECK(runs == 1 + 7);
}

TEST_CASE("search: a time limit says below which number all random cases were run") {
  SearchOptions options = search_options(2);
  options.mix.random_max = 100'000'000;
  options.mix.sweeps = false;
  options.milliseconds_max = 100;
  options.shard = {1, 3};
  const SearchResult result = search_for(tests::clean_toy, options);
  CHECK(result.is_time_over);
  REQUIRE(result.random_until.has_value());
  CHECK(options.shard.has(*result.random_until));
  CHECK(options.shard.count_below(*result.random_until) <= result.runs);
  options.mix.random_max = 10;
  options.milliseconds_max.reset();
  CHECK(!search_for(tests::clean_toy, options).random_until.has_value());
}

TEST_CASE("search: a death while a sweep is prepared belongs to the calm case it came from") {
  for (const std::uint32_t workers : {1U, 3U}) {
    CAPTURE(workers);
    SearchOptions options = search_options(workers);
    options.mix.random_max = 0;
    const SearchResult result = search_for(deadly_task_by_task, options);
    CHECK(only_hit(result).check == "crash");
    CHECK(pack(only_hit(result).first) == pack({CaseKind::calm, 2}));
  }
}

TEST_CASE("search: a base whose calm run is deadly has no sweep and the rest is run") {
  SearchOptions options = search_options(2);
  options.keep_going = true;
  options.mix.random_max = 7;
  options.mix.lazy = false;
  const SearchResult result = search_for(tests::driven_overflow_toy, options);
  CHECK(only_hit(result).first == Case{CaseKind::calm, 0});
  CHECK(result.sizes[index_of(CaseKind::sweep_sync)] == 0);
  CHECK(result.runs == 1 + 7);
  CHECK(result.failed == 1 + 7);
}

TEST_CASE("search: a few hangs are enough even for one that goes on") {
  SearchOptions options = search_options(1);
  options.keep_going = true;
  options.worker.hang_ms = 100;
  const SearchResult result = search_for(
      [](Sim& sim) {
        sim.task("t", [&] {
          volatile bool is_endless = sim.choose("which", 2) == 1;
          while (is_endless) {
          }
        });
        sim.run();
      },
      options);
  CHECK(only_hit(result).end.death == Death::hang);
  CHECK(only_hit(result).count == 5);
  CHECK(result.failed == 5);
  CHECK(result.runs < 50);
}

TEST_CASE("search: keeps its budget of runs exactly") {
  for (const std::uint32_t workers : {1U, 2U, 5U}) {
    CAPTURE(workers);
    SearchOptions options = search_options(workers);
    options.mix.sweeps = false;
    CHECK(search_for(tests::clean_toy, options).runs == 2 + 100);
    options.runs_max = 20;
    CHECK(search_for(tests::clean_toy, options).runs == 20);
    options.mix.sweeps = true;
    const SearchResult swept = search_for(tests::clean_toy, options);
    CHECK(swept.runs == 2 + 10 + 10);  // none of these gives way
    CHECK(swept.sizes[index_of(CaseKind::sweep_lazy)] == 10);
    CHECK(swept.totals[index_of(CaseKind::sweep_lazy)] > 10);
    CHECK(!swept.is_sweep_cut);
    CHECK(!swept.is_time_over);
  }
}

TEST_CASE("search: a goal is reached if any run of any worker reached it") {
  for (const std::uint32_t workers : {1U, 4U}) {
    const SearchResult result = search_for(
        [](Sim& sim) {
          bool is_rare = false;
          sim.sometimes("rare", [&] { return is_rare; });
          sim.sometimes("never", [] { return false; });
          sim.task("t", [&] { is_rare = sim.choose("which", 20) == 13; });
          sim.run();
        },
        search_options(workers));
    CHECK(result.goals ==
          std::map<std::string, bool, std::less<>>{{"never", false}, {"rare", true}});
  }
}

TEST_CASE("search: asked to stop it ends and says so") {
  SearchOptions options = search_options(2);
  options.mix.random_max = 100'000'000;
  options.stopped = [] { return true; };
  const SearchResult result = search_for(tests::clean_toy, options);
  CHECK(result.is_stopped);
  CHECK(!result.is_time_over);
  CHECK(result.hits.empty());
  CHECK(result.runs < 100'000'000);
}

TEST_CASE("search: a case's ordinal counts all cases before it") {
  SearchResult result;
  result.sizes = {2, 10, 20, 5, 7, 0};
  CHECK(result.ordinal_of({CaseKind::calm, 0}) == 1);
  CHECK(result.ordinal_of({CaseKind::calm, 1}) == 2);
  CHECK(result.ordinal_of({CaseKind::sweep_sync, 0}) == 3);
  CHECK(result.ordinal_of({CaseKind::sweep_lazy, 19}) == 32);
  CHECK(result.ordinal_of({CaseKind::random, 0}) == 45);
  result.sizes[index_of(CaseKind::calm)] = 1;  // of one base alone, whose number may be 1
  CHECK(result.ordinal_of({CaseKind::calm, 1}) == 1);
  CHECK(result.ordinal_of({CaseKind::sweep_sync, 0}) == 2);
}

}  // namespace reprise
