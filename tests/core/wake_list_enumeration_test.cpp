// Every short history of a wake list against a model: machines that take items one by one, wait
// when there is none, are dropped and cancelled; items that are put, and taken by somebody who
// never waits.
#include <reprise/core/wake_list.h>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace reprise;

namespace {

class Run {
 public:
  explicit Run(std::size_t machines) : machines_(machines) {
    for (Machine& machine : machines_) machine.place.emplace(list_);
  }

  // Three for each machine, and three more.
  static std::size_t kinds(std::size_t machines) { return 3 * machines + 3; }

  void step(std::size_t kind) {
    const std::size_t i = kind / 3;
    if (i == machines_.size()) {
      shared_step(kind % 3);
    } else if (kind % 3 == 0) {
      take(i);
    } else if (kind % 3 == 1) {
      machines_[i].place.emplace(list_);  // ends the one before
      drop(i);
    } else if (machines_[i].waits_for) {
      machines_[i].waits_for.cancel();
      if (machines_[i].state == State::waits) set(i, State::given_up);
    }
    compare();
  }

  std::string wrong;  // what did not agree, or empty

 private:
  enum class State { idle, waits, has_turn, woken, given_up };
  struct Machine {
    std::optional<WakeList::Place> place = {};
    Completion waits_for = {};  // of its last IO answer
    State state = State::idle;
    std::uint64_t came = 0;  // for the first time, to this wait
  };

  void shared_step(std::size_t kind) {
    if (kind == 0) {
      ++items_;
      expect(list_.wake_one() == wake_one(), "woke somebody or not");
    } else if (kind == 1) {
      if (items_ > 0) --items_;
    } else {
      list_.wake_all();
      for (Machine& machine : machines_) {
        if (machine.state == State::waits) machine.state = State::woken;
      }
    }
  }

  void take(std::size_t i) {
    Machine& machine = machines_[i];
    const bool may_take = items_ > 0;
    IOResult<Unit> answer = machine.place->until([this] { return items_ > 0; });
    if (answer.is_io()) machine.waits_for = answer.io().completion();
    if (may_take) {
      expect(answer.is_done(), "an item was there");
      --items_;
      set(i, State::idle);
    } else if (machine.state == State::given_up) {
      expect(answer.error() == IOError::cancelled, "a cancelled wait was not told");
      set(i, State::idle);
    } else {
      expect(answer.is_io(), "no item was there");
      if (machine.state == State::idle) machine.came = ++arrivals_;
      machine.state = State::waits;
    }
  }

  void drop(std::size_t i) {
    const bool had_turn = machines_[i].state == State::has_turn;
    set(i, State::idle);
    if (had_turn) wake_one();
  }

  void set(std::size_t i, State state) { machines_[i].state = state; }

  bool wake_one() {
    Machine* first = nullptr;
    for (Machine& machine : machines_) {
      if (machine.state != State::waits) continue;
      if (first == nullptr || machine.came < first->came) first = &machine;
    }
    if (first != nullptr) first->state = State::has_turn;
    return first != nullptr;
  }

  std::size_t count(State state) const {
    return static_cast<std::size_t>(std::ranges::count(machines_, state, &Machine::state));
  }

  void compare() {
    expect(list_.size() == count(State::waits), "another number waits");
    for (const Machine& machine : machines_) {
      const bool waits = machine.state == State::waits;
      expect(machine.place->waiting() == waits, "waits or not");
      if (waits) expect(!machine.waits_for.finished(), "was woken");
      const bool is_woken = machine.state == State::has_turn || machine.state == State::woken;
      if (is_woken) expect(machine.waits_for.succeeded(), "was not woken");
    }
    // No wake is lost: while somebody waits, each item has somebody who comes for it.
    if (count(State::waits) > 0) expect(count(State::has_turn) >= items_, "a wake was lost");
  }

  void expect(bool holds, const char* what) {
    if (!holds && wrong.empty()) wrong = what;
  }

  WakeList list_;
  std::vector<Machine> machines_;
  std::size_t items_ = 0;
  std::uint64_t arrivals_ = 0;
};

// The first history of `length` steps that went wrong, or empty.
std::string disagreement(std::size_t machines, std::size_t length, std::uint64_t runs_min) {
  const std::size_t kinds = Run::kinds(machines);
  std::uint64_t runs = 1;
  for (std::size_t i = 0; i < length; ++i) runs *= kinds;
  CHECK(runs >= runs_min);
  for (std::uint64_t number = 0; number < runs; ++number) {
    Run run(machines);
    std::string history;
    std::uint64_t rest = number;
    for (std::size_t i = 0; i < length; ++i, rest /= kinds) {
      history += " " + std::to_string(rest % kinds);
      run.step(rest % kinds);
      if (!run.wrong.empty()) return history + ": " + run.wrong;
    }
  }
  return "";
}

}  // namespace

TEST_CASE("wake list: every history of two machines agrees with the model") {
  CHECK(disagreement(2, 6, 500'000) == "");
}

TEST_CASE("wake list: every history of three machines agrees with the model") {
  CHECK(disagreement(3, 5, 240'000) == "");
}
