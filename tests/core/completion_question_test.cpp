// What is taken down of the questions that a machine asks, where somebody observes.
#include <doctest/doctest.h>

#include <reprise/core/completion.h>
#include <reprise/core/completion_group.h>
#include <reprise/core/completion_pool.h>
#include <reprise/core/internal/peek.h>
#include <reprise/core/observer.h>

#include "tests/support/fake_observer.h"
#include "tests/support/group_of.h"

using namespace reprise;
using namespace reprise::tests;
using internal::Peek;

TEST_CASE("completion questions: to be asked while pending is no look at the outcome") {
  const FakeObserver observing;
  CompletionPool pool;
  const Completion c = pool.make();
  CHECK(!Peek(c).is_asked());
  CHECK(!c.finished());
  CHECK(Peek(c).is_asked());
  CHECK(!c.succeeded());
  CHECK(c.get_error() == IOError::none);
  CHECK(!Peek(c).is_outcome_asked());
}

TEST_CASE("completion questions: each of them counts once it has finished") {
  const FakeObserver observing;
  CompletionPool pool;
  const auto finished = [&] {
    Completion c = pool.make();
    c.finish(3);
    return c;
  };
  const Completion asked_end = finished(), drained = finished();
  CHECK((asked_end.finished() && drained.drained()));
  CHECK((Peek(asked_end).is_asked() && Peek(drained).is_asked()));
  CHECK((!Peek(asked_end).is_outcome_asked() && !Peek(drained).is_outcome_asked()));
  const Completion good = finished(), error = finished(), result = finished();
  CHECK(good.succeeded());
  CHECK(error.get_error() == IOError::none);
  CHECK(result.result() == 3);
  for (const Completion& c : {good, error, result}) CHECK(Peek(c).is_outcome_asked());
}

TEST_CASE(
    "completion questions: only result() is a look at the count and a group's is its children's") {
  const FakeObserver observing;
  CompletionPool pool;
  const Completion good = pool.make(), counted = pool.make(), a = pool.make(), b = pool.make();
  const Completion group = group_of({a, b});
  static_cast<void>(group.result());  // not there yet
  for (const Completion& c : {good, counted, a, b}) c.finish(3);
  CHECK((good.succeeded() && group.succeeded()));
  for (const Completion& c : {good, a, b}) CHECK(!Peek(c).is_result_asked());
  CHECK(counted.result() == 3);
  CHECK(group.result() == 6);
  for (const Completion& c : {counted, a, b}) CHECK(Peek(c).is_result_asked());
  good.ignore();
  CHECK(Peek(good).is_result_asked());
}

TEST_CASE("completion questions: who watches asks without a trace and can ask again from anew") {
  const FakeObserver observing;
  CompletionPool pool;
  const Completion c = pool.make();
  c.fail(IOError::io);
  CHECK(Peek(c).finished());
  CHECK(!Peek(c).succeeded());
  CHECK(Peek(c).error() == IOError::io);
  CHECK(!c.cancel_requested());
  CHECK(!Peek(c).is_asked());
  CHECK(c.finished());
  Peek(c).forget_asked();
  CHECK(!Peek(c).is_asked());
  Peek(c).ask_outcome();
  CHECK(Peek(c).is_outcome_asked());
}

TEST_CASE("completion questions: a group's are its children's") {
  const FakeObserver observing;
  CompletionPool pool;
  const Completion a = pool.make(), b = pool.make();
  const Completion inner = group_of({a});
  const Completion outer = group_of({inner, b});
  CHECK(!Peek(a).is_asked());
  a.fail(IOError::io);
  CHECK(!Peek(a).is_asked());
  CHECK(!outer.succeeded());
  for (const Completion& c : {a, b, inner, outer}) CHECK(Peek(c).is_outcome_asked());
  b.finish(0);  // a group that waits for ever is never freed
}

TEST_CASE("completion questions: a drain does not tell how its children came out") {
  const FakeObserver observing;
  CompletionPool pool;
  const Completion a = pool.make();
  const Completion drain = CompletionGroup::drain(a);
  a.fail(IOError::io);
  CHECK(drain.succeeded());
  CHECK(Peek(a).is_asked());
  CHECK(!Peek(a).is_outcome_asked());
}

TEST_CASE("completion questions: with a callback or ignored no question is needed") {
  const FakeObserver observing;
  CompletionPool pool;
  const Completion told = pool.make([](const Completion&) {});
  const Completion ignored = pool.make(), child = pool.make(), other = pool.make();
  ignored.ignore();
  const Completion group = group_of({child}, [](const Completion&) {});
  group_of({other}).ignore();
  for (const Completion& c : {told, ignored, child, other, group}) {
    CHECK(Peek(c).is_outcome_asked());
    CHECK(Peek(c).is_asked());
  }
  Completion::yield().ignore();
  for (const Completion& c : {child, other}) c.finish(0);  // else their groups are never freed
}

TEST_CASE("completion questions: unobserved nothing is taken down") {
  CompletionPool pool;
  const Completion c = pool.make();
  c.finish(1);
  CHECK(c.succeeded());
  CHECK(!Peek(c).is_asked());
}

TEST_CASE("completion questions: an early look at the result is told and others are not") {
  FakeObserver observing;
  CompletionPool pool;
  const Completion c = pool.make();
  CHECK(!c.succeeded());
  CHECK(observing.early == 0);
  CHECK(c.result() == 0);
  CHECK(observing.early == 1);
  c.finish(2);
  CHECK(c.result() == 2);
  CHECK(Completion::done().result() == 0);
  CHECK(observing.early == 1);
}

TEST_CASE("completion questions: what is asked while nobody observes is not taken down") {
  CompletionPool pool;
  const FakeObserver observing;
  const Completion c = pool.make();
  Observer* const observer = set_observer(nullptr);
  CHECK(!c.finished());
  CHECK(c.result() == 0);
  set_observer(observer);
  CHECK(!Peek(c).is_asked());
  c.drop();
}
