// `reprise diff`: two traces, and the first event in which their runs differ.
#include <doctest/doctest.h>
#include <reprise/replay/json/json.h>
#include <reprise/replay/trace/trace.h>

#include <string>
#include <vector>

#include "tests/support/captured.h"
#include "tests/support/command_line.h"
#include "tests/support/golden.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/trouble.h"

namespace reprise {
namespace {

using doctest::Contains;
using tests::Captured;
using tests::Registered;
using tests::TemporaryFolder;
using tests::text;

Trace calm(Base base = Base::lazy) { return {.scenario = "toys/clean", .plan = {base, {}, {}}}; }

// A full trace of four events.
Trace full() {
  Trace trace = calm();
  for (std::uint64_t i = 1; i <= 4; ++i) {
    trace.events.push_back({"client#" + std::to_string(i) + "/turn",
                            {{"client", "does thing " + std::to_string(i)}},
                            i * 1000,
                            i});
  }
  return trace;
}

struct Bench {
  Registered clean{"toys/clean", tests::clean_toy};
  TemporaryFolder folder;

  Captured run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "diff");
    return tests::run_reprise(arguments);
  }
  Captured diff(const Trace& a, const Trace& b, std::vector<std::string> more = {}) const {
    more.insert(more.begin(),
                {folder.write("a.json", to_json(a)), folder.write("b.json", to_json(b))});
    return run(std::move(more));
  }
};

// The output without the folder's name.
std::string shown(const Bench& bench, std::string out) {
  const std::string folder = bench.folder.path() + '/';
  for (std::size_t at = out.find(folder); at != std::string::npos; at = out.find(folder)) {
    out.erase(at, folder.size());
  }
  return out;
}

TEST_CASE("diff: runs that are the same are told so") {
  const Bench bench;
  const Captured same = bench.diff(calm(), calm());
  CHECK(same.exit == 0);
  CHECK(same.err.empty());
  CHECK(text(same.out) == Contains("The runs are the same, all "));
  // A full trace is taken as it was recorded.
  CHECK(bench.diff(full(), full()).exit == 0);
}

TEST_CASE("diff: the first event that differs is told with what was before it") {
  const Bench bench;
  Trace other = full();
  other.events[3].identity = "server#1/turn";
  other.events[3].facts = {{"server", "wakes"}};
  other.plan.decisions = {{"client/read(a)#1/flight", 1}};
  const Captured differs = bench.diff(full(), other);
  CHECK(differs.exit == 1);
  tests::compare_with_golden("diff", shown(bench, differs.out));
}

TEST_CASE("diff: it says how an event differs") {
  const Bench bench;
  const auto told = [&](auto change) {
    Trace other = full();
    other.events[1].digest = 77;
    change(other);
    const Captured differs = bench.diff(full(), other);
    CHECK(differs.exit == 1);
    return differs.out;
  };
  CHECK(text(told([](Trace&) {})) == Contains("The first event is the same. Event 2 "));
  CHECK(text(told([](Trace& trace) { trace.events[1].time_ns = 5; })) ==
        Contains("Event 2 is the same, client#2/turn, but at another time."));
  CHECK(text(told([](Trace& trace) {
          trace.events[1].facts = {{"client", "sleeps"}};
        })) == Contains("but with another outcome."));
  CHECK(text(told([](Trace&) {})) == Contains("but with other bytes, values or results."));
  CHECK(text(told([](Trace& trace) { trace.events.resize(1); })) ==
        Contains("B has ended after 1 event, and A goes on."));
}

TEST_CASE("diff: traces without events are run again") {
  const Bench bench;
  const Captured differs = bench.diff(calm(Base::lazy), calm(Base::sync));
  CHECK(differs.exit == 1);
  CHECK(text(differs.out) == Contains("Event "));
  CHECK(text(differs.out) == Contains("A starts from the lazy world, B from the sync world."));
  const Captured json = bench.diff(calm(Base::lazy), calm(Base::sync), {"--json"});
  CHECK(json.exit == 1);
  REQUIRE(parse_json(json.out).ok());
  CHECK(text(json.out) == Contains("\"same\": false"));
}

TEST_CASE("diff: what is no pair of traces is one sentence") {
  const Bench bench;
  const auto refused = [](const Captured& captured, const char* sentence) {
    CHECK(captured.exit == 2);
    CHECK(captured.out.empty());
    CHECK(captured.err.starts_with("error: "));
    CHECK(captured.err.find('\n') == captured.err.size() - 1);
    CHECK(text(captured.err) == Contains(sentence));
  };
  const std::string a = bench.folder.write("a.json", to_json(calm()));
  refused(bench.run({a}), "compares two traces");
  refused(bench.run({a, a, a}), "compares two traces");
  refused(bench.run({a, bench.folder / "none.json"}), "none.json");
  Trace unknown = calm();
  unknown.scenario = "toys/claen";
  refused(bench.diff(calm(), unknown), "did you mean \"toys/clean\"?");
}

}  // namespace
}  // namespace reprise
