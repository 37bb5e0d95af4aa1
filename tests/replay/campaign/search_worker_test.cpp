// A worker's share of a search, run in this process: which cases it runs, and what it tells.
#include <doctest/doctest.h>  // first: its SCENARIO would be defined twice

#include <reprise/replay/campaign/search_message.h>
#include <reprise/replay/campaign/search_worker.h>
#include <reprise/reprise.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/support/noting.h"
#include "tests/support/trouble.h"

namespace reprise {
namespace {

// What the worker is at, for the scenario's body.
WorkerPage* page_of_run = nullptr;
// By the number of cases run before: the case whose runs these are. While a sweep is prepared,
// wrong for a moment.
std::map<std::uint64_t, Case>* cases_seen = nullptr;

void remembering(Sim& sim) {
  (*cases_seen)[page_of_run->counters[search_counter::runs]] = unpack(page_of_run->position);
  tests::clean_toy(sim);
}

// Wrong in every random case with an odd number, and in no other.
void odd_is_wrong(Sim& sim) {
  (*cases_seen)[page_of_run->counters[search_counter::runs]] = unpack(page_of_run->position);
  const Case item = unpack(page_of_run->position);
  sim.task("t", [&] {
    sim.expect(item.kind != CaseKind::random || item.number % 2 == 0, "it is even");
  });
  sim.run();
}

void noting(Sim& sim) {
  sim.task("t", [] { tests::report_note("always"); });
  sim.run();
}

SearchOptions options_of_search(std::uint64_t random_max) {
  SearchOptions options;
  options.cases.seed = 1;
  options.cases.profile = *built_in_profile("default");
  options.cases.sweep_max = 10;
  options.cases.pairs_max = 10;
  options.mix.random_max = random_max;
  return options;
}

SearchOptions only_random(std::uint64_t random_max) {
  SearchOptions options = options_of_search(random_max);
  options.mix.sync = options.mix.lazy = false;
  return options;
}

// A share that has been run to its end.
class Share {
 public:
  Share(ScenarioBody body, const SearchOptions& options, const SearchShare& share = {},
        std::uint64_t stop_before = UINT64_MAX) {
    page_.stop_before = stop_before;
    std::map<std::uint64_t, Case> seen;
    page_of_run = &page_;
    cases_seen = &seen;
    std::vector<std::string> records;
    WorkerPort port(page_, records);
    search_share({"share", body, "", false}, options, share, port);
    page_of_run = nullptr;
    cases_seen = nullptr;
    for (std::uint64_t i = 0; i < runs() && seen.contains(i); ++i) cases_.push_back(seen[i]);
    for (const std::string& record : records) {
      messages_.push_back(from_bytes<SearchMessage>(record));
    }
  }

  std::uint64_t runs() const { return counter(search_counter::runs); }
  std::uint64_t counter(search_counter::SearchCounter which) const { return page_.counters[which]; }
  // The cases it has run, in their order.
  const std::vector<Case>& cases() const { return cases_; }
  // What it has told of this kind, in its order.
  template <class Kind>
  std::vector<Kind> messages() const {
    std::vector<Kind> found;
    for (const SearchMessage& message : messages_) {
      if (const Kind* const one = std::get_if<Kind>(&message)) found.push_back(*one);
    }
    return found;
  }

 private:
  WorkerPage page_;
  std::vector<Case> cases_;
  std::vector<SearchMessage> messages_;
};

std::uint64_t count_of(const std::vector<Case>& cases, CaseKind kind) {
  return static_cast<std::uint64_t>(std::ranges::count(cases, kind, &Case::kind));
}

}  // namespace

TEST_CASE("search worker: alone it runs every case once in their order") {
  SearchOptions options = options_of_search(25);
  options.mix.pairs = true;
  const Share share(remembering, options);
  CHECK(share.runs() == share.cases().size());
  CHECK(std::ranges::is_sorted(share.cases()));
  std::vector<Case> expected{{CaseKind::calm, 0}, {CaseKind::calm, 1}};
  for (const CaseKind kind :
       {CaseKind::sweep_sync, CaseKind::sweep_lazy, CaseKind::pairs_sync, CaseKind::pairs_lazy}) {
    for (std::uint64_t number = 0; number < 10; ++number) expected.push_back({kind, number});
  }
  for (std::uint64_t number = 0; number < 25; ++number) {
    expected.push_back({CaseKind::random, number});
  }
  CHECK(share.cases() == expected);
}

TEST_CASE("search worker: shares are disjoint and together they are all cases") {
  SearchOptions options = options_of_search(25);
  options.mix.pairs = true;
  const std::vector<Case> all = Share(remembering, options).cases();
  for (const std::uint32_t workers : {2U, 3U, 7U}) {
    CAPTURE(workers);
    std::vector<Case> together;
    for (std::uint32_t index = 0; index < workers; ++index) {
      const Share share(remembering, options, {.index = index, .of = workers, .from = {}});
      CHECK(std::ranges::is_sorted(share.cases()));
      CHECK(share.runs() <= all.size() / workers + case_kind_count);
      together.insert(together.end(), share.cases().begin(), share.cases().end());
    }
    std::ranges::sort(together);
    CHECK(together == all);
  }
}

TEST_CASE("search worker: the cases of all shards are those of one machine") {
  SearchOptions options = options_of_search(25);
  options.mix.pairs = true;
  const std::vector<Case> all = Share(remembering, options).cases();
  for (std::uint32_t shards = 1; shards <= 7; ++shards) {
    CAPTURE(shards);
    const std::uint32_t workers = shards % 3 + 1;
    std::vector<Case> together;
    for (std::uint32_t index = 0; index < shards; ++index) {
      options.shard = {index, shards};
      for (std::uint32_t worker = 0; worker < workers; ++worker) {
        const Share share(remembering, options,
                          {.index = index + worker * shards, .of = workers * shards, .from = {}});
        for (const Case& item : share.cases()) CHECK(options.shard.has(item.number));
        CHECK(share.runs() == share.cases().size());
        together.insert(together.end(), share.cases().begin(), share.cases().end());
      }
    }
    std::ranges::sort(together);
    CHECK(together == all);
  }
}

TEST_CASE("search worker: one of each shard tells the points of a sweep") {
  SearchOptions options = options_of_search(0);
  options.surveys = true;
  const auto points_told = [&](std::uint32_t index, std::uint32_t of) {
    std::size_t told = 0;
    const Share share(remembering, options, {.index = index, .of = of, .from = {}});
    for (const CasesCounted& counted : share.messages<CasesCounted>()) {
      told += counted.points.size();
    }
    return told;
  };
  const std::size_t all = points_told(0, 1);
  CHECK(all > 0);
  options.shard = {2, 3};
  CHECK(points_told(2, 6) == all);
  CHECK(points_told(5, 6) == 0);
}

TEST_CASE("search worker: random cases give way to a limit of all runs together") {
  SearchOptions options = options_of_search(1'000);
  options.runs_max = 30;  // of which 2 are calm and 20 are the sweeps
  for (const std::uint32_t workers : {1U, 3U}) {
    CAPTURE(workers);
    std::uint64_t runs = 0;
    std::uint64_t random = 0;
    for (std::uint32_t index = 0; index < workers; ++index) {
      const Share share(remembering, options, {.index = index, .of = workers, .from = {}});
      runs += share.runs();
      random += count_of(share.cases(), CaseKind::random);
    }
    CHECK(runs == 30);
    CHECK(random == 8);
  }
  options.runs_max = 5;  // less than what does not give way
  CHECK(Share(remembering, options).runs() == 22);
}

TEST_CASE("search worker: one base alone has one calm run and its own sweep") {
  SearchOptions options = options_of_search(3);
  options.mix.sync = false;
  const Share share(remembering, options);
  CHECK(share.cases().front() == Case{CaseKind::calm, 1});
  CHECK(count_of(share.cases(), CaseKind::sweep_sync) == 0);
  CHECK(count_of(share.cases(), CaseKind::sweep_lazy) == 10);
  CHECK(share.runs() == 14);
  options.mix.sweeps = false;
  CHECK(Share(remembering, options).runs() == 4);
}

TEST_CASE("search worker: what is known to be deadly is left out") {
  SearchOptions options = options_of_search(3);
  options.mix.pairs = true;
  SearchShare share;
  share.skip_lazy = true;
  std::vector<Case> cases = Share(remembering, options, share).cases();
  CHECK(count_of(cases, CaseKind::calm) == 1);
  CHECK(cases.front() == Case{CaseKind::calm, 0});
  CHECK(count_of(cases, CaseKind::sweep_lazy) == 0);
  CHECK(count_of(cases, CaseKind::pairs_lazy) == 0);
  CHECK(cases.size() == 1 + 20 + 3);
  share.skip_lazy = false;
  share.skip_pairs = true;
  cases = Share(remembering, options, share).cases();
  CHECK(count_of(cases, CaseKind::sweep_lazy) == 10);
  CHECK(cases.size() == 2 + 20 + 3);
}

TEST_CASE("search worker: one in another's place goes on where that one was") {
  const SearchOptions options = options_of_search(20);
  const Share whole(remembering, options, {.index = 1, .of = 3, .from = {}});
  const Case from{CaseKind::sweep_lazy, 5};
  const Share rest(remembering, options, {.index = 1, .of = 3, .from = from});
  std::vector<Case> expected;
  std::ranges::copy_if(whole.cases(), std::back_inserter(expected),
                       [&](const Case& item) { return item >= from; });
  CHECK(rest.cases() == expected);
  CHECK(rest.cases().front() == Case{CaseKind::sweep_lazy, 7});
  const Case last = rest.cases().back();
  CHECK(rest.counter(search_counter::next_case) == pack({last.kind, last.number + 1}));
}

TEST_CASE("search worker: stops before the case its page names") {
  const Case limit{CaseKind::sweep_lazy, 4};
  const Share share(remembering, options_of_search(20), {}, pack(limit));
  CHECK(share.cases().back() == Case{CaseKind::sweep_lazy, 3});
  CHECK(share.runs() == 2 + 10 + 4);
  CHECK(Share(remembering, options_of_search(20), {}, 0).runs() == 0);
}

TEST_CASE("search worker: without time only the calm runs are run and this is told") {
  SearchOptions options = options_of_search(20);
  options.milliseconds_max = 0;
  const Share share(remembering, options);
  CHECK(share.cases() == std::vector<Case>{{CaseKind::calm, 0}, {CaseKind::calm, 1}});
  CHECK(share.messages<SweepCut>().size() == 2);
  REQUIRE(share.messages<TimeOver>().size() == 1);
  CHECK(share.messages<TimeOver>().front().next == 0);
}

TEST_CASE("search worker: ends at its first finding unless it is to go on") {
  SearchOptions options = only_random(10);
  const Share first(odd_is_wrong, options);
  CHECK(first.cases().back() == Case{CaseKind::random, 1});
  CHECK(first.runs() == 2);
  CHECK(first.counter(search_counter::failed) == 1);
  CHECK(first.messages<FindingSeen>().size() == 1);

  options.keep_going = true;
  const Share all(odd_is_wrong, options);
  CHECK(all.runs() == 10);
  CHECK(all.counter(search_counter::failed) == 5);
  CHECK(all.messages<FindingSeen>().size() == 5);
}

TEST_CASE("search worker: a finding is told whole once and then only by its case") {
  SearchOptions options = only_random(10);
  options.keep_going = true;
  const Share share(odd_is_wrong, options);
  const std::vector<FindingSeen> told = share.messages<FindingSeen>();
  REQUIRE(told.size() == 5);
  for (std::size_t i = 0; i < told.size(); ++i) {
    CHECK(told[i].signature == told.front().signature);
    CHECK(told[i].check == "invariant");
    CHECK(told[i].item == Case{CaseKind::random, 2 * i + 1});
    CHECK(told[i].finding.has_value() == (i == 0));
    if (i == 0) CHECK(told[i].finding->signature == told[i].signature);
  }
}

TEST_CASE("search worker: a note is told once and the others are counted") {
  const Share share(noting, only_random(2'500));
  const std::vector<NoteSeen> told = share.messages<NoteSeen>();
  REQUIRE(told.size() == 1);
  CHECK(told.front().note.signature == "always");
  CHECK(told.front().item == Case{CaseKind::random, 0});
  const std::vector<NoteSeenAgain> again = share.messages<NoteSeenAgain>();
  REQUIRE(again.size() == 3);  // batches, and the rest at the end
  std::uint64_t more = 0;
  for (const NoteSeenAgain& seen : again) more += seen.count;
  CHECK(more == 2'499);
  CHECK(Share(noting, only_random(1)).messages<NoteSeenAgain>().empty());
}

TEST_CASE("search worker: a goal and an option are told once however many runs ask") {
  const Share share(tests::toy_with_option, only_random(20));
  const std::vector<GoalSeen> goals = share.messages<GoalSeen>();
  REQUIRE(goals.size() == 1);
  CHECK(goals.front().name == "pigs fly");
  CHECK_FALSE(goals.front().is_reached);
  const std::vector<OptionAsked> asked = share.messages<OptionAsked>();
  REQUIRE(asked.size() == 1);
  CHECK(asked.front().name == "rounds");
  CHECK(asked.front().value == 3);
}

TEST_CASE("search worker: one of 64 cases of a kind is run twice") {
  const Share share(remembering, only_random(192));
  CHECK(share.counter(search_counter::runs_twice) == 3);
  CHECK(share.runs() == 192);
}

}  // namespace reprise
