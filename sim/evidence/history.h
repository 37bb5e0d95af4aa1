// History: the calls and returns of the operations on one object, and the sequential model that
// must explain them. Scenarios use it as Linearizable<Model>, which knows the types; the check
// `linearizability` judges it.
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
  /// How often the search may apply the model; beyond that the check is undecided.
  std::uint64_t steps_max = 100'000;
};

namespace internal {

class RunView;

class History {
 public:
  /// An operation. One that fails, is abandoned, or is still under way at the end never returns: it
  /// may take effect at any time after its call, or not at all.
  struct Operation {
    static constexpr std::uint64_t never = UINT64_MAX;

    std::uint32_t task = 0;
    std::uint64_t part = 0;                      // operations on different parts are independent
    std::uint64_t called = 0, returned = never;  // in the order of all calls and returns
    std::uint64_t called_event = 0, returned_event = 0;  // the run's events of these numbers
    bool has_effect = true;
    CodeLocation place = {};

    bool precedes(const Operation& other) const { return returned < other.called; }
  };

  History(RunView& run, std::string name, const LinearizableOptions& options)
      : run_(run), name_(std::move(name)), options_(options) {}
  History(const History&) = delete;
  History& operator=(const History&) = delete;
  virtual ~History() = default;

  const std::string& name() const { return name_; }
  const LinearizableOptions& options() const { return options_; }
  const std::vector<Operation>& operations() const { return operations_; }

  // The model, as a stack of states: the initial one, and one for each operation applied.

  /// Goes back to the initial state alone.
  virtual void restart() = 0;
  /// Pushes the state after `operation`. False, and pushes nothing, if the operation returned
  /// something other than the model does.
  virtual bool apply(std::size_t operation) = 0;
  virtual void undo() = 0;
  /// The digest of the state on top.
  virtual std::uint64_t state_digest() const = 0;

  // In words, for findings.

  /// `read()`
  virtual std::string call_in_words(std::size_t operation) const = 0;
  /// What it returned; empty if that is not known, or if it returns nothing.
  virtual std::string result_in_words(std::size_t operation) const = 0;
  /// What the model would answer in the state on top.
  virtual std::string answer_in_words(std::size_t operation) const = 0;
  virtual std::string state_in_words() const = 0;
  /// The operation's part; empty if there is only one.
  virtual std::string part_in_words(std::size_t operation) const = 0;

  /// Hands a history over to the run of its world.
  static void keep(std::unique_ptr<History> history);

  // For Linearizable.

  /// Records that the task that has its turn calls an operation; gives the operation's number.
  std::size_t called(std::uint64_t part, CodeLocation place);
  void returned(std::size_t operation);
  void had_no_effect(std::size_t operation) { operations_[operation].has_effect = false; }
  /// Whether the task's last operation was aborted: what it had done by then may have taken effect.
  bool was_aborted() const;

 private:
  RunView& run_;
  std::string name_;
  LinearizableOptions options_;
  std::vector<Operation> operations_;
  std::uint64_t moments_ = 0;  // the number of calls and returns so far
};

}  // namespace internal
}  // namespace reprise
