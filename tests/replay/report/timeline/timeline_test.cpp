// Timelines of real runs, so that words that the world says otherwise are noticed here.
#include <doctest/doctest.h>
#include <reprise/replay/report/timeline/timeline.h>

#include <cstddef>
#include <string>
#include <vector>

#include "tests/replay/golden/claims.h"
#include "tests/replay/golden/journal.h"
#include "tests/replay/golden/machines.h"
#include "tests/replay/golden/power.h"
#include "tests/replay/golden/waiting.h"
#include "tests/replay/report/timeline/logged_run.h"

namespace reprise {
namespace {

Timeline timeline_of_run(const std::string& name, ScenarioBody body, Plan plan) {
  const FindingReport report = tests::logged_run(name, body, std::move(plan));
  return timeline_of(report.history, report.finding);
}

const Plan lazy{.base = Base::lazy, .decisions = {}, .order = {}};

std::vector<std::string> lanes_of(const Timeline& timeline) {
  std::vector<std::string> lanes;
  for (const TimelineLane& lane : timeline.lanes) {
    lanes.push_back(std::string(to_string(lane.kind)) + ' ' + lane.name);
  }
  return lanes;
}

TEST_CASE("timeline: a double mutation has two entries and the stores that clash") {
  const Timeline timeline = timeline_of_run("golden/double", golden::double_mutation, lazy);
  CHECK(lanes_of(timeline) == std::vector<std::string>{"task client", "file counter"});
  REQUIRE(timeline.events.size() == 3);
  REQUIRE(timeline.moments.size() == 8);
  CHECK(timeline.moments[4].event == 1);
  REQUIRE(timeline.entries.size() == 2);
  CHECK(timeline.entries[0].first == 0);
  CHECK(timeline.entries[0].last == 3);
  CHECK(timeline.entries[0].state == "start");
  CHECK_FALSE(timeline.entries[0].is_final);
  CHECK(timeline.entries[1].first == 5);
  CHECK(timeline.entries[1].last == 7);
  CHECK(timeline.entries[1].operation == 1);
  CHECK(timeline.entries[1].entry == 2);
  CHECK(timeline.entries[1].state == "pending");
  CHECK(timeline.entries[1].end == "Done");
  REQUIRE(timeline.stores.size() == 2);
  CHECK(timeline.stores[0].moment == 1);
  CHECK(timeline.stores[0].text == "`value` (+=): 0 -> 1");
  CHECK(timeline.stores[0].clashes);
  CHECK(timeline.stores[1].moment == 6);
  CHECK(timeline.stores[1].clashes);
}

TEST_CASE("timeline: an I/O goes from its submit to its delivery and on to the re-entry") {
  const Timeline timeline = timeline_of_run("golden/double", golden::double_mutation, lazy);
  REQUIRE(timeline.ios.size() == 1);
  const TimelineIo& io = timeline.ios.front();
  CHECK(io.name == "client/read(counter)#1");
  CHECK(io.lane == 1);
  CHECK(io.task_lane == 0);
  CHECK(io.submit == 2);
  CHECK(io.delivery == 4);
  CHECK(io.re_entry == 5);
  CHECK(io.outcome == "0 bytes");
  REQUIRE(timeline.waits.size() == 1);
  CHECK(timeline.waits[0].first == 3);
  CHECK(timeline.waits[0].last == 5);
  CHECK(timeline.waits[0].awaited == "read(counter)#1");
}

TEST_CASE("timeline: a fault lies in the lane of the I/O that it hits") {
  Plan plan;
  plan.decisions.push_back({"client/sync(log)#1/error", 1});
  const Timeline timeline = timeline_of_run("golden/books", golden::bookkeeping, plan);
  REQUIRE(timeline.decisions.size() == 1);
  CHECK(timeline.decisions[0].is_fault);
  CHECK(timeline.lanes[timeline.decisions[0].lane].name == "log");
  REQUIRE(timeline.ios.size() == 1);
  CHECK(timeline.ios[0].is_failed);
  CHECK(timeline.ios[0].outcome == "EIO");
  REQUIRE(timeline.entries.size() == 1);
  CHECK(timeline.entries[0].end == "Err EIO");
  CHECK(timeline.failure == "bookkeeping");
}

TEST_CASE("timeline: a lost power has a lane of the world") {
  Plan plan;
  plan.decisions.push_back({"end#1/crash", 1});
  const Timeline timeline = timeline_of_run("golden/power", golden::durability, plan);
  CHECK(lanes_of(timeline) ==
        std::vector<std::string>{"task client", "task recovery[1]", "world power", "file db"});
}

TEST_CASE("timeline: what was under way on a node that falls ends there") {
  const std::vector<LoggedEvent> events{{"a:client#1/turn",
                                         {{"a:client", "begins an operation (entry 1)"},
                                          {"a:client", "submits", "write(db)#1"},
                                          {"a:client", "yields, and waits for write(db)#1"}}},
                                        {"b:client#1/turn",
                                         {{"b:client", "begins an operation (entry 1)"},
                                          {"b:client", "submits", "write(db)#1"},
                                          {"b:client", "yields, and waits for write(db)#1"}}},
                                        {"c#1/turn", {{"power of a", "is lost"}}},
                                        {"c#2/turn"}};
  const Timeline timeline = timeline_of(events, {});
  CHECK(lanes_of(timeline) == std::vector<std::string>{"task a:client", "task b:client", "task c",
                                                       "world power of a", "file a:db",
                                                       "file b:db"});
  REQUIRE(timeline.waits.size() == 2);
  CHECK(timeline.waits[0].last == 6);
  CHECK(timeline.waits[1].last == 7);
  REQUIRE(timeline.ios.size() == 2);
  CHECK(timeline.ios[0].delivery == 6);
  CHECK(timeline.ios[0].outcome == "power of a is lost");
  CHECK_FALSE(timeline.ios[1].delivery);
}

TEST_CASE("timeline: who waits when the run ends waits until its last moment") {
  const Timeline timeline = timeline_of_run("golden/waits", golden::wait_graph, {});
  REQUIRE(timeline.waits.size() == 4);
  CHECK(timeline.waits[0].awaited == "its next turn");
  CHECK(timeline.waits[2].awaited == "a completion");
  CHECK(timeline.waits[2].last == timeline.moments.size() - 1);
  CHECK(timeline.waits[3].last == timeline.moments.size() - 1);
}

TEST_CASE("timeline: a store that only the store watch saw stands in its entry") {
  const std::vector<LoggedEvent> events{
      {"client#1/turn",
       {{"client", "begins an operation (entry 1)"}, {"client", "yields, only to let others run"}}},
      {"client#2/turn", {{"client", "goes on (entry 2)"}}}};
  Finding finding;
  finding.check = "double-mutation";
  finding.evidence = {"task `client`, in `bump`", "entry 1: `n` is changed, 0 -> 1",
                      "entry 1 yielded at `read()`", "entry 2: `n` is changed, 1 -> 2"};
  const Timeline timeline = timeline_of(events, finding);
  REQUIRE(timeline.stores.size() == 2);
  CHECK(timeline.stores[0].moment == 0);
  CHECK(timeline.stores[0].clashes);
  CHECK(timeline.stores[1].moment == 2);
  CHECK(timeline.stores[1].text == "`n` is changed, 1 -> 2");
  REQUIRE(timeline.entries.size() == 2);
  CHECK(timeline.entries[1].end == "the run ends here");
}

TEST_CASE("timeline: events without words are told by their identities") {
  const std::vector<LoggedEvent> events{{"client#1/turn"},
                                        {"client/write(db)#1/effect"},
                                        {"client/write(db)#1/delivery"},
                                        {"n:b/timer#2/fire"}};
  const Timeline timeline = timeline_of(events, {});
  CHECK(lanes_of(timeline) ==
        std::vector<std::string>{"task client", "task n:b", "clock n:clock", "file db"});
  REQUIRE(timeline.ios.size() == 2);
  CHECK(timeline.ios[0].effect == 1);
  CHECK(timeline.ios[0].delivery == 2);
  CHECK(timeline.ios[1].outcome == "fired");
}

TEST_CASE("timeline: a long run keeps its last events and what began before them") {
  std::vector<LoggedEvent> events{{"client#1/turn",
                                   {{"client", "begins an operation (entry 1)"},
                                    {"client", "submits", "read(db)#1"},
                                    {"client", "yields at `r`, and waits for read(db)#1"}}}};
  for (int i = 1; i <= 20; ++i) events.push_back({"other#" + std::to_string(i) + "/turn"});
  events.push_back({"client/read(db)#1/delivery"});
  events.push_back({"client#2/turn", {{"client", "enters `f` again (entry 2)"}}});
  const Timeline all = timeline_of(events, {});
  const Timeline last = last_events(all, 5, 1'000'000);
  CHECK(last.events_before == 18);
  REQUIRE(last.events.size() == 5);
  CHECK(last.events.front().number == 19);
  CHECK(last.moments.size() == 5);
  REQUIRE(last.entries.size() == 1);
  CHECK(last.entries[0].first == 4);
  REQUIRE(last.waits.size() == 1);
  CHECK(last.waits[0].first == 0);
  CHECK(last.waits[0].last == 4);
  REQUIRE(last.ios.size() == 1);
  CHECK(last.ios[0].submit == 0);
  CHECK(last.ios[0].delivery == 3);
  CHECK(last.ios[0].re_entry == 4);
  CHECK(last_events(all, 5, 1).moments.size() == 1);
  CHECK(last_events(all, 100, 1'000'000).events_before == 0);
}

}  // namespace
}  // namespace reprise
