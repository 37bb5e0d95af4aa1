// A user's file that opens the namespace and has types of its own with names that Reprise's sources
// use, too. That it compiles is the test; that it runs shows that the right ones are meant.
#include <doctest/doctest.h>

#include <reprise/reprise.h>

using namespace reprise;

struct Store {
  int value = 0;
};
struct World {
  Store store;
};
struct Property {};
struct History {};
struct Observer {};
struct Waiter {};
struct Claims {};
struct Callback {};
struct Check {};
struct Device {};
struct Disk {};
struct Finding {};
struct Identity {};
struct MemoryWatch {};
struct Operation {};
struct Plan {};
struct Quarantine {};
struct Runner {};
struct Strategy {};
struct Task {};
struct Trace {};
enum class Answer { yes, no };
struct Scenario {
  World world;
  Property property;
  History history;
  Observer observer;
  Waiter waiter;
  Claims claims;
};
inline int observer() { return 1; }
inline Scenario scenarios() { return {}; }

TEST_CASE("public names: a user may have the names that Reprise uses inside") {
  Scenario scenario = scenarios();
  scenario.world.store.value = observer();
  const Answer answer = scenario.world.store.value == 1 ? Answer::yes : Answer::no;
  CHECK(answer == Answer::yes);
  const Completion completion = Completion::yield();
  CHECK(completion.finished());
}
