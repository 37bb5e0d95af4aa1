#include <doctest/doctest.h>
#include <reprise/sim/logged_event.h>

#include <string>
#include <vector>

#include "tests/support/toy.h"

using namespace reprise;
using namespace reprise::tests;

namespace {

using Facts = std::vector<LoggedFact>;

TEST_CASE("logged event: its facts are one text in a trace") {
  CHECK(to_text(Facts{}).empty());
  CHECK(to_text(Facts{{"client", "submits", "read(db)#1"}, {"", "it ends"}, {"disk", "a: b"}}) ==
        "client: submits read(db)#1; it ends; disk: a: b");
}

TEST_CASE("logged event: facts come back from their text") {
  for (const Facts& facts : {Facts{}, Facts{{"client", "begins an operation (entry 1)"}},
                             Facts{{"client", "yields at `load()`, and waits for read(db)#1"},
                                   {"client", "submits", "read(db)#1"}},
                             Facts{{"plan", "client/read(db)#1/error: fails with EIO"},
                                   {"disk", "client/read(db)#1 has finished: 8 bytes"}},
                             Facts{{"client", "changes `a;`"}, {"", "it ends"}}}) {
    const std::string text = to_text(facts);
    CAPTURE(text);
    CHECK(facts_from(text) == facts);
    CHECK(to_text(facts_from(text)) == text);
  }
}

TEST_CASE("logged event: a text that nobody has made of facts is kept as it is") {
  for (const std::string text :
       {"", ";", "; ", ": ", ": a", "a: ", "a: ; ", "; ; b", "a: b: c; d", "submits", "submits ",
        "a: submits ", "a: submits  b", "submitsx", " a", "a;; b", "a: submits b; "}) {
    CAPTURE(text);
    CHECK(to_text(facts_from(text)) == text);
  }
}

TEST_CASE("logged event: a fact has nothing in it that separates facts") {
  const LoggedFact fact = logged_fact("t", "awaits f(a;  b; c)", "read(a; b)#1");
  CHECK(fact == LoggedFact{"t", "awaits f(a;b;c)", "read(a;b)#1"});
  CHECK(facts_from(to_text(Facts{fact, fact})).size() == 2);
}

TEST_CASE("logged event: what a run logs comes back from its text") {
  Toy toy([](Sim& sim) {
    File& file = sim.open("db");
    sim.task("client", [&] {
      static_cast<void>(sim.wait(file.pread(0, Buffer::allocate(8))));
      sim.yield();
    });
    sim.run();
  });
  std::size_t submitted = 0;
  for (const LoggedEvent& event : toy.run(lazy_plan()).events) {
    CHECK(facts_from(to_text(event.facts)) == event.facts);
    for (const LoggedFact& fact : event.facts) submitted += fact.io == "read(db)#1" ? 1U : 0U;
  }
  CHECK(submitted == 1);
}

}  // namespace
