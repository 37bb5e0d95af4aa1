// Linearizable<Model>: records the operations on one object. However they overlap, each must appear
// to take effect at one moment between its call and its return: the check `linearizability` looks
// for an order in which a sequential model gives the same results.
//
//   struct Register {
//     struct Call {
//       enum Kind { read, write } kind;
//       int value = 0;
//     };
//     int value = 0;
//
//     int apply(const Call& call) {
//       if (call.kind == Call::write) value = call.value;
//       return value;
//     }
//   };
//
//   Linearizable<Register> history(sim, "the register");
//   sim.task("client", 0, [&] {
//     history.await({Register::Call::write, 7}, [&] { return machine.write(7); });
//     history.await({Register::Call::read}, [&] { return machine.read(); });
//   });
//
// A model is copied for each step of the search: keep it small. Two states are the same if their
// describe() says the same, or else if they have the same digest_of(), or the same bytes (in types
// without padding). If operations on different keys are independent, a
//   static auto key_of(const Call& call)
// lets each key be judged alone, which is much faster. A std::string to_string(const Call&) beside
// the Call gives findings their words.
#pragma once

#include <reprise/core/archive.h>
#include <reprise/sim/evidence/history.h>
#include <reprise/sim/evidence/to_text.h>
#include <reprise/sim/sim.h>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace reprise {

namespace internal {

template <class Model>
class ModelHistory final : public History {
 public:
  using Call = typename Model::Call;
  using Applied = decltype(std::declval<Model&>().apply(std::declval<const Call&>()));
  using Result = std::conditional_t<std::is_void_v<Applied>, Unit, std::remove_cvref_t<Applied>>;
  static constexpr bool has_keys = requires(const Call& call) { Model::key_of(call); };

  ModelHistory(RunView& run, std::string name, const LinearizableOptions& options, Model initial)
      : History(run, std::move(name), options), states_{std::move(initial)} {}

  std::size_t call(Call call, CodeLocation place) {
    std::uint64_t part = 0;
    if constexpr (has_keys) part = digest_of(Model::key_of(call));
    events_.push_back({std::move(call), std::nullopt});
    return called(part, place);
  }
  void give_result(std::size_t operation, Result result) {
    events_[operation].result = std::move(result);
  }

  void restart() override {
    while (states_.size() > 1) states_.pop_back();
  }
  bool apply(std::size_t operation) override {
    const Event& event = events_[operation];
    Model next = states_.back();
    const Result result = applied(next, event.call);
    if (event.result && !(*event.result == result)) return false;
    states_.push_back(std::move(next));
    return true;
  }
  void undo() override { states_.pop_back(); }

  std::uint64_t state_digest() const override {
    const Model& state = states_.back();
    if constexpr (Described<Model>) {
      Archive archive;
      archive.tell(state);
      return archive.digest();
    } else if constexpr (Digestible<Model>) {
      return digest_of(state);
    } else {
      static_assert(std::has_unique_object_representations_v<Model>,
                    "give the model a describe(), so that its states can be told apart");
      return digest_of_text({reinterpret_cast<const char*>(&state), sizeof state});
    }
  }

  std::string call_in_words(std::size_t operation) const override {
    const std::string words = internal::to_text(events_[operation].call);
    return words == "a value" ? "an operation" : words;
  }
  std::string result_in_words(std::size_t operation) const override {
    const std::optional<Result>& result = events_[operation].result;
    return result ? internal::to_text(*result) : std::string();
  }
  std::string answer_in_words(std::size_t operation) const override {
    Model next = states_.back();
    return internal::to_text(applied(next, events_[operation].call));
  }
  std::string state_in_words() const override {
    const std::string words = internal::to_text(states_.back());
    return words == "a value" ? std::string() : words;
  }
  std::string part_in_words([[maybe_unused]] std::size_t operation) const override {
    if constexpr (has_keys) return internal::to_text(Model::key_of(events_[operation].call));
    return {};
  }

 private:
  struct Event {
    Call call;
    std::optional<Result> result;  // none: any result will do
  };

  static Result applied(Model& model, const Call& call) {
    if constexpr (std::is_void_v<Applied>) {
      model.apply(call);
      return {};
    } else {
      return model.apply(call);
    }
  }

  std::vector<Event> events_;  // one for each operation
  std::vector<Model> states_;  // Invariant: the first is the initial one
};

}  // namespace internal

template <class Model>
class Linearizable {
 public:
  using Call = typename Model::Call;
  using Result = typename internal::ModelHistory<Model>::Result;

  /// An operation under way. If it is destroyed without one of the calls below, its end is unknown.
  class Pending {
   public:
    void returned(Result result) {
      history_->give_result(operation_, std::move(result));
      history_->returned(operation_);
    }
    /// The operation has returned what the model says, whatever that is.
    void returned() { history_->returned(operation_); }
    /// The operation has not taken effect, and never will.
    void had_no_effect() { history_->had_no_effect(operation_); }

   private:
    friend class Linearizable;
    Pending(internal::ModelHistory<Model>& history, std::size_t operation)
        : history_(&history), operation_(operation) {}

    internal::ModelHistory<Model>* history_;
    std::size_t operation_;
  };

  /// Findings call the object by `name`.
  Linearizable(Sim& sim, std::string_view name, const LinearizableOptions& options = {},
               Model initial = {})
      : sim_(sim) {
    auto history = std::make_unique<internal::ModelHistory<Model>>(
        sim.run_view(), std::string(name), options, std::move(initial));
    history_ = history.get();
    internal::History::keep(std::move(history));
  }

  /// Like sim.await(), but also records the operation. Its answer is compared with the model's; a
  /// Unit is not compared. An operation that ends otherwise than Done may have taken effect at any
  /// time after its call, or never, unless LinearizableOptions says more.
  template <class Entry>
  auto await(Call call, Entry&& entry, const AwaitOptions& options = {},
             CodeLocation place = CodeLocation::current()) {
    Pending pending = this->call(std::move(call), place);
    auto outcome = sim_.await(std::forward<Entry>(entry), options, place);
    if (outcome.ok()) {
      using Value = std::remove_cvref_t<decltype(outcome.value())>;
      if constexpr (std::same_as<Value, Unit>) {
        pending.returned();
      } else {
        pending.returned(outcome.value());
      }
    } else if (history_->options().errors_have_no_effect && !outcome.abandoned() &&
               !history_->was_aborted()) {
      pending.had_no_effect();
    }
    return outcome;
  }

  /// For an operation that is more than one await. The task that has its turn calls it now.
  Pending call(Call call, CodeLocation place = CodeLocation::current()) {
    return {*history_, history_->call(std::move(call), place)};
  }

 private:
  Sim& sim_;
  internal::ModelHistory<Model>* history_;  // the run's own
};

}  // namespace reprise
