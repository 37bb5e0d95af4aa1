#include <reprise/core/adapter.h>
#include <reprise/core/completion_pool.h>

#include "tests/support/fake_observer.h"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>
#include <variant>

using namespace reprise;
using namespace reprise::tests;

// A model of somebody else's.
namespace theirs {

template <class T>
struct Ready {
  T value;
};
struct Pending {
  Completion token;  // empty: call again at once
};
struct Failed {
  int code;
};
template <class T>
using Poll = std::variant<Ready<T>, Pending, Failed>;

}  // namespace theirs

template <class T>
struct reprise::ResultAdapter<theirs::Poll<T>> {
  using Value = T;
  using Poll = theirs::Poll<T>;
  static Answer answer(const Poll& poll) {
    return poll.index() == 0 ? Answer::done : poll.index() == 1 ? Answer::io : Answer::error;
  }
  static T value(Poll&& poll) { return std::move(std::get<0>(poll).value); }
  static IOError error(const Poll& poll) { return static_cast<IOError>(std::get<2>(poll).code); }
  static Completion waits_for(const Poll& poll) {
    const Completion& token = std::get<1>(poll).token;
    return token ? token : Completion::yield();
  }
  static Poll done(T value) { return theirs::Ready<T>{std::move(value)}; }
  static Poll yield() { return theirs::Pending{}; }
};

namespace {

using Text = theirs::Poll<std::unique_ptr<std::string>>;

#define TRY_READY(...)                                                              \
  __extension__({                                                                   \
    auto poll = ADAPTED_AWAIT(#__VA_ARGS__, __VA_ARGS__);                           \
    if (auto* const pending = std::get_if<theirs::Pending>(&poll)) return *pending; \
    if (auto* const failed = std::get_if<theirs::Failed>(&poll)) return *failed;    \
    std::move(std::get<0>(poll).value);                                             \
  })

struct Machine {
  int calls = 0;
  Text text() {
    ++calls;
    return theirs::Ready<std::unique_ptr<std::string>>{std::make_unique<std::string>("four")};
  }
  theirs::Poll<std::size_t> size() {
    const std::unique_ptr<std::string> text = TRY_READY(this->text());
    return theirs::Ready<std::size_t>{text->size()};
  }
};

}  // namespace

TEST_CASE("adapter: their answers are ours") {
  CompletionPool pool;
  const Completion token = pool.make();
  using Poll = theirs::Poll<int>;
  CHECK(adapt(Poll(theirs::Ready<int>{7})).value() == 7);
  CHECK(adapt(Poll(theirs::Pending{token})).io().completion() == token);
  CHECK(adapt(Poll(theirs::Pending{})).io().is_explicit_yield());
  CHECK(adapt(Poll(theirs::Failed{EIO})).error() == IOError::io);
}

TEST_CASE("adapter: a value that can only be moved comes through") {
  CHECK(*adapt(Machine().text()).value() == "four");
}

TEST_CASE("adapter: their await macro is an await site") {
  FakeObserver watching;
  Machine machine;
  CHECK(adapt(machine.size()).value() == 4);
  REQUIRE(watching.sites.size() >= 1);
  CHECK(std::string(watching.sites[0]->expression) == "this->text()");
  CHECK(std::string(watching.sites[0]->function) == "size");
}

TEST_CASE("adapter: a yield is injected there and the value handed over later") {
  FakeObserver watching;
  watching.leaves = {Observer::Leave::park};
  Machine machine;
  CHECK(adapt(machine.size()).io().is_explicit_yield());
  watching.enters = {Observer::Enter::hand_over};
  CHECK(adapt(machine.size()).value() == 4);
  CHECK(machine.calls == 1);
}

TEST_CASE("adapter: unobserved the macro does what it did") {
  Machine machine;
  CHECK(adapt(machine.size()).value() == 4);
}
