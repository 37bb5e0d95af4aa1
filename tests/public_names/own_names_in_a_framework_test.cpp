// The same for a file that also calls reprise::fuzz() from a test framework.
#include <doctest/doctest.h>

#include <reprise/replay/fuzz.h>
#include <reprise/reprise.h>

using namespace reprise;

namespace {

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
struct Task {};
struct MemoryWatch {};
enum class Answer { yes, no };
struct Scenario {
  World world;
  Property property;
  History history;
  Observer observer;
  Waiter waiter;
  Task task;
  MemoryWatch watch;
};

}  // namespace

TEST_CASE("public names: fuzz() takes none of them either") {
  Scenario scenario;
  scenario.world.store.value = 1;
  const Answer answer = scenario.world.store.value == 1 ? Answer::yes : Answer::no;
  CHECK(answer == Answer::yes);
  const TestReport report = fuzz("there/is/no/such/scenario");
  CHECK_FALSE(report.ok());
}
