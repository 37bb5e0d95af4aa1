#include <reprise/core/completion_group.h>
#include <reprise/core/completion_pool.h>
#include <reprise/core/internal/peek.h>
#include <reprise/core/wake_list.h>

#include "tests/support/fake_observer.h"

#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <vector>

using namespace reprise;
using reprise::tests::FakeObserver;
using Place = WakeList::Place;

namespace {

// Some machines that wait until `there` is as much as they want.
struct Bench {
  WakeList list{"room"};
  int there = 0;

  IOResult<Unit> until(Place& place, int wanted = 1) {
    return place.until([this, wanted] { return there >= wanted; });
  }
};

}  // namespace

TEST_CASE("wake list: a condition that holds is not waited for") {
  Bench b;
  b.there = 1;
  Place place(b.list);
  CHECK(b.until(place).is_done());
  CHECK(b.list.size() == 0);
}

TEST_CASE("wake list: who waits goes on when it is woken and the condition holds") {
  Bench b;
  Place place(b.list);
  IOResult<Unit> answer = b.until(place);
  REQUIRE(answer.is_io());
  const Completion waits_for = answer.io().completion();
  CHECK_FALSE(waits_for.finished());
  CHECK(place.waiting());
  CHECK(b.list.size() == 1);
  b.there = 1;
  CHECK(b.list.wake_one());
  CHECK(waits_for.succeeded());
  CHECK_FALSE(place.waiting());
  CHECK(b.until(place).is_done());
}

TEST_CASE("wake list: entered with nothing changed it answers the same wait") {
  Bench b;
  Place place(b.list);
  IOResult<Unit> first = b.until(place);
  IOResult<Unit> second = b.until(place);
  REQUIRE(first.is_io());
  REQUIRE(second.is_io());
  CHECK(first.io().completion() == second.io().completion());
  CHECK(b.list.size() == 1);
}

TEST_CASE("wake list: nobody waits and nobody is woken") {
  Bench b;
  CHECK_FALSE(b.list.wake_one());
  b.list.wake_all();
  Place place(b.list);
  CHECK(b.until(place).is_io());  // what was told before it came is no wake
}

TEST_CASE("wake list: they are woken in the order in which they came") {
  Bench b;
  Place places[] = {Place(b.list), Place(b.list), Place(b.list)};
  for (Place& place : places) CHECK(b.until(place).is_io());
  for (Place& woken : places) {
    CHECK(woken.waiting());
    CHECK(b.list.wake_one());
    CHECK_FALSE(woken.waiting());
  }
}

TEST_CASE("wake list: who was woken too late waits again at its old place") {
  Bench b;
  Place first(b.list);
  Place second(b.list);
  CHECK(b.until(first).is_io());
  CHECK(b.until(second).is_io());
  CHECK(b.list.wake_one());
  CHECK(b.until(first).is_io());  // somebody has taken it before
  CHECK(b.list.size() == 2);
  CHECK(b.list.wake_one());
  CHECK_FALSE(first.waiting());
  CHECK(second.waiting());
}

TEST_CASE("wake list: after it was served it comes behind those that wait") {
  Bench b;
  Place first(b.list);
  Place second(b.list);
  CHECK(b.until(first).is_io());
  CHECK(b.until(second).is_io());
  b.there = 1;
  CHECK(b.list.wake_one());
  CHECK(b.until(first).is_done());
  b.there = 0;
  CHECK(b.until(first).is_io());
  CHECK(b.list.wake_one());
  CHECK(first.waiting());
  CHECK_FALSE(second.waiting());
}

TEST_CASE("wake list: a condition that came true without a wake is seen and the place is left") {
  Bench b;
  Place place(b.list);
  CHECK(b.until(place).is_io());
  b.there = 1;
  CHECK(b.until(place).is_done());
  CHECK(b.list.size() == 0);
  CHECK_FALSE(b.list.wake_one());
}

TEST_CASE("wake list: a place that is dropped while it waits leaves the list") {
  Bench b;
  std::optional<Place> dropped(b.list);
  Place next(b.list);
  CHECK(b.until(*dropped).is_io());
  CHECK(b.until(next).is_io());
  dropped.reset();
  CHECK(b.list.size() == 1);
  CHECK(b.list.wake_one());
  CHECK_FALSE(next.waiting());
}

TEST_CASE("wake list: a place that is dropped with a turn passes it on") {
  Bench b;
  std::optional<Place> dropped(b.list);
  Place next(b.list);
  CHECK(b.until(*dropped).is_io());
  CHECK(b.until(next).is_io());
  b.there = 1;
  CHECK(b.list.wake_one());
  CHECK(next.waiting());
  SUBCASE("dropped") { dropped.reset(); }
  SUBCASE("given up") { dropped->leave(); }
  CHECK_FALSE(next.waiting());
  CHECK(b.until(next).is_done());
}

TEST_CASE("wake list: a turn that was used is not passed on") {
  Bench b;
  std::optional<Place> first(b.list);
  Place second(b.list);
  CHECK(b.until(*first).is_io());
  CHECK(b.until(second).is_io());
  b.there = 1;
  CHECK(b.list.wake_one());
  CHECK(b.until(*first).is_done());
  first.reset();
  CHECK(second.waiting());
}

TEST_CASE("wake list: wake_all wakes those that wait and none that come meanwhile") {
  Bench b;
  Place late(b.list);
  Place places[] = {Place(b.list), Place(b.list)};
  std::vector<Completion> groups;
  for (Place& place : places) {
    CompletionGroup group([&](const Completion&) { late.request(); });
    group.add(place.request());
    groups.push_back(group.build());
  }
  b.list.wake_all();
  for (const Completion& group : groups) CHECK(group.finished());
  CHECK(late.waiting());
  CHECK(b.list.size() == 1);
}

TEST_CASE("wake list: a place that was woken with all is dropped without waking anybody") {
  Bench b;
  std::optional<Place> woken(b.list);
  Place late(b.list);
  CHECK(b.until(*woken).is_io());
  b.list.wake_all();
  CHECK(b.until(late).is_io());
  woken.reset();
  CHECK(late.waiting());
}

TEST_CASE("wake list: whoever is told of a wake may drop another place") {
  Bench b;
  std::optional<Place> other(b.list);
  Place place(b.list);
  CompletionGroup group([&](const Completion&) { other.reset(); });
  group.add(place.request());
  const Completion told = group.build();
  CHECK(b.until(*other).is_io());
  b.list.wake_all();
  CHECK(told.finished());
  CHECK_FALSE(other);
  CHECK(b.list.size() == 0);
}

TEST_CASE("wake list: wait() answers once for each wake") {
  WakeList list;
  Place place(list);
  CHECK(place.wait().is_io());
  CHECK(place.wait().is_io());
  list.wake_all();
  CHECK(place.wait().is_done());
  CHECK(place.wait().is_io());
  CHECK(list.size() == 1);
}

TEST_CASE("wake list: a wait that is cancelled fails and leaves the list") {
  Bench b;
  Place place(b.list);
  IOResult<Unit> answer = b.until(place);
  REQUIRE(answer.is_io());
  answer.io().cancel();
  CHECK(b.list.size() == 0);
  CHECK(b.until(place).error() == IOError::cancelled);
  CHECK(b.until(place).is_io());  // anew
}

TEST_CASE("wake list: a cancel that comes behind the condition changes nothing") {
  Bench b;
  Place place(b.list);
  IOResult<Unit> answer = b.until(place);
  REQUIRE(answer.is_io());
  answer.io().cancel();
  b.there = 1;
  CHECK(b.until(place).is_done());
}

TEST_CASE("wake list: request() gives what finishes with the wake for groups") {
  WakeList list;
  CompletionPool pool;
  Place place(list);
  const Completion io = pool.make();
  const Completion first = CompletionGroup::any({io, place.request()}, Losers::cancelled);
  SUBCASE("woken first") {
    list.wake_all();
    CHECK(CompletionGroup::winner(first) == 1u);
    CHECK(io.cancel_requested());
    CHECK(place.wait().is_done());
    io.finish(0);
  }
  SUBCASE("the other first") {
    io.finish(0);
    CHECK(CompletionGroup::winner(first) == 0u);
    CHECK(list.size() == 0);
    CHECK_FALSE(list.wake_one());
    CHECK(place.wait().is_io());  // nobody was told of the cancel; it begins anew
  }
}

TEST_CASE("wake list: it may end before those that wait") {
  std::optional<WakeList> list;
  list.emplace();
  Place waits(*list);
  Place has_turn(*list);
  Place idle(*list);
  CHECK(has_turn.wait().is_io());
  CHECK(waits.wait().is_io());
  CHECK(list->wake_one());
  list.reset();
  CHECK_FALSE(waits.waiting());
  CHECK(waits.wait().is_io());  // for ever
}

TEST_CASE("wake list: an observer learns that a condition held so that no yield comes behind it") {
  FakeObserver observer;
  Bench b;
  Place place(b.list);
  CHECK(b.until(place).is_io());
  CHECK(observer.held == 0);
  b.there = 1;
  CHECK(b.until(place).is_done());
  CHECK(observer.held == 1);
}

TEST_CASE("wake list: whoever asks learns which list a completion is of") {
  Bench b;
  Place place(b.list);
  const Completion waits_for = place.request();
  const Canceller::Thing thing = internal::Peek(waits_for).awaited_thing();
  REQUIRE(thing.name != nullptr);
  CHECK(std::string_view(thing.name) == "room");
  CHECK_FALSE(thing.is_lock);
  CHECK(thing.held_by == 0);
  b.list.wake_all();
  CHECK(internal::Peek(waits_for).awaited_thing().name == nullptr);
}
