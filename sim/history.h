// History: the operations on one object, as they were called and as they returned, and the
// sequential model that must explain them. Scenarios see it as Linearizable<Model>, which knows the
// types; the check `linearizability` judges.
#pragma once

#include <reprise/core/observer.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace reprise {

struct LinearizableOptions {
  /// An operation that answers Err has not taken effect, and never will.
  bool errors_have_no_effect = false;
  /// Applications of the model in the search; beyond these the check does not decide.
  std::uint64_t steps_max = 100'000;
};

namespace internal {

class World;

class History {
 public:
  /// An operation. What fails, is abandoned or is still under way at the end never returns: it may
  /// take effect at any time after its call, or not at all.
  struct Operation {
    static constexpr std::uint64_t never = UINT64_MAX;

    std::uint32_t task = 0;
    std::uint64_t part = 0;  // operations on different parts know nothing of each other
    std::uint64_t called = 0, returned = never;          // in the order of all calls and returns
    std::uint64_t called_event = 0, returned_event = 0;  // the run's events of these numbers
    bool has_effect = true;
    CodePlace place = {};

    bool precedes(const Operation& other) const { return returned < other.called; }
  };

  History(World& world, std::string name, const LinearizableOptions& options)
      : world_(world), name_(std::move(name)), options_(options) {}
  History(const History&) = delete;
  History& operator=(const History&) = delete;
  virtual ~History() = default;

  const std::string& name() const { return name_; }
  const LinearizableOptions& options() const { return options_; }
  const std::vector<Operation>& operations() const { return operations_; }

  // The model: its states, one for each operation applied, on a stack.

  /// Only the initial state.
  virtual void restart() = 0;
  /// Puts the state after `operation` on top; false, and nothing is put there, if it returned
  /// something else than the model.
  virtual bool apply(std::size_t operation) = 0;
  virtual void undo() = 0;
  /// Stands for the state on top.
  virtual std::uint64_t state_digest() const = 0;

  // In words, for findings.

  /// `read()`
  virtual std::string call_in_words(std::size_t operation) const = 0;
  /// What it returned; empty if that is not known, or is nothing.
  virtual std::string result_in_words(std::size_t operation) const = 0;
  /// What the model would answer in the state on top.
  virtual std::string answer_in_words(std::size_t operation) const = 0;
  virtual std::string state_in_words() const = 0;
  /// Empty if there is one part only.
  virtual std::string part_in_words(std::size_t operation) const = 0;

  /// Gives a history to the run whose world it knows.
  static void keep(std::unique_ptr<History> history);

  // For Linearizable.

  /// The task that has its turn calls an operation; its number.
  std::size_t called(std::uint64_t part, CodePlace place);
  void returned(std::size_t operation);
  void had_no_effect(std::size_t operation) { operations_[operation].has_effect = false; }
  /// Whether the task's last operation was aborted: whatever it did before, it did.
  bool was_aborted() const;

 private:
  World& world_;
  std::string name_;
  LinearizableOptions options_;
  std::vector<Operation> operations_;
  std::uint64_t moments_ = 0;  // calls and returns so far
};

}  // namespace internal
}  // namespace reprise
