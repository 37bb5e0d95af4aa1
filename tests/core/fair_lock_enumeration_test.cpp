// Every short history of a lock against a model of a few lines: acquires, releases, drops and
// cancels by every machine, in every order.
#include <reprise/core/fair_lock.h>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

using namespace reprise;

namespace {

enum class Step { acquire, release, drop, cancel };
constexpr std::size_t steps = 4;

class Run {
 public:
  explicit Run(std::size_t machines) : machines_(machines) {
    for (Machine& machine : machines_) machine.hold.emplace(lock_);
  }
  ~Run() {
    machines_.clear();
    if (lock_.held() || lock_.waiting() != 0) std::abort();
  }

  void take(Step step, std::size_t i) {
    Machine& machine = machines_[i];
    switch (step) {
      case Step::acquire: acquire(i); break;
      case Step::release:
        machine.hold->release();
        release(i);
        break;
      case Step::drop:
        machine.hold.emplace(lock_);  // ends the one before
        release(i);
        break;
      case Step::cancel:
        if (!machine.waits_for) break;
        machine.waits_for.cancel();
        if (std::erase(line_, i) != 0) machine.is_given_up = true;
        break;
    }
    compare();
  }

  std::string wrong;  // what did not agree, or empty

 private:
  struct Machine {
    std::optional<FairLock::Hold> hold = {};
    Completion waits_for = {};  // of its last IO answer
    bool is_given_up = false;   // its wait was cancelled, and it has not been told
  };

  void acquire(std::size_t i) {
    Machine& machine = machines_[i];
    IOResult<Unit> answer = machine.hold->acquire();
    if (answer.is_io()) machine.waits_for = answer.io().completion();
    if (machine.is_given_up) {
      machine.is_given_up = false;
      expect(answer.error() == IOError::cancelled, "a cancelled wait was not told");
      return;
    }
    const bool is_new = holder_ != i && std::ranges::find(line_, i) == line_.end();
    if (is_new && holder_) line_.push_back(i);
    if (is_new && !holder_) holder_ = i;
    expect(holder_ == i ? answer.is_done() : answer.is_io(), "another answer");
  }

  void release(std::size_t i) {
    machines_[i].is_given_up = false;
    if (std::erase(line_, i) != 0) machines_[i].waits_for = {};  // nobody tells it any more
    if (holder_ != i) return;
    holder_.reset();
    if (line_.empty()) return;
    holder_ = line_.front();
    line_.erase(line_.begin());
  }

  void compare() {
    expect(lock_.held() == holder_.has_value(), "held or not");
    expect(lock_.waiting() == line_.size(), "another line");
    for (std::size_t i = 0; i < machines_.size(); ++i) {
      const Machine& machine = machines_[i];
      const bool waits = std::ranges::find(line_, i) != line_.end();
      expect(machine.hold->held() == (holder_ == i), "another holder");
      expect(machine.hold->waiting() == waits, "waits or not");
      if (waits) expect(!machine.waits_for.finished(), "a waiter was woken without the lock");
      if (holder_ == i && machine.waits_for && !machine.waits_for.finished()) {
        expect(false, "a holder was not woken");
      }
    }
  }

  void expect(bool holds, const char* what) {
    if (!holds && wrong.empty()) wrong = what;
  }

  FairLock lock_;
  std::vector<Machine> machines_;
  std::optional<std::size_t> holder_;
  std::vector<std::size_t> line_;
};

// The first history of `length` steps that went wrong, or empty.
std::string disagreement(std::size_t machines, std::size_t length, std::uint64_t runs_min) {
  const std::size_t kinds = steps * machines;
  std::uint64_t runs = 1;
  for (std::size_t i = 0; i < length; ++i) runs *= kinds;
  CHECK(runs >= runs_min);
  for (std::uint64_t number = 0; number < runs; ++number) {
    Run run(machines);
    std::string history;
    std::uint64_t rest = number;
    for (std::size_t i = 0; i < length; ++i, rest /= kinds) {
      const std::size_t kind = rest % kinds;
      history += " " + std::to_string(kind % steps) + "/" + std::to_string(kind / steps);
      run.take(static_cast<Step>(kind % steps), kind / steps);
      if (!run.wrong.empty()) return history + ": " + run.wrong;
    }
  }
  return "";
}

}  // namespace

TEST_CASE("fair lock: every history of two machines agrees with the model") {
  CHECK(disagreement(2, 6, 260'000) == "");
}

TEST_CASE("fair lock: every history of three machines agrees with the model") {
  CHECK(disagreement(3, 5, 240'000) == "");
}
