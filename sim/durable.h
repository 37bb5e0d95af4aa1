// Durable<Key, Value>: what a scenario's code promises to keep over a power loss. What was
// acknowledged must be there after a recovery; a change that was under way, or failed, may be there
// or not, but whole; and nothing else. The check `durability` compares.
//
//   std::optional<Store> store(std::in_place, sim.open("db"));
//   sim.recovers([&] {
//     store.emplace(sim.open("db"));
//     sim.expect(sim.await([&] { return store->recover(); }).ok(), "the store recovers");
//   });
//   Durable<int, int> kept(sim, "the store", [&](int key) { return store->get(key); });
//   sim.task("client", [&] {
//     kept.put(1, 10, [&] { return sim.await([&] { return store->put(1, 10); }); });
//   });
#pragma once

#include <reprise/core/digest.h>
#include <reprise/sim/evidence/durability.h>
#include <reprise/sim/evidence/to_text.h>
#include <reprise/sim/node.h>
#include <reprise/sim/sim.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reprise {

template <class Key, class Value>
class Durable {
 public:
  /// What is there for a key after a recovery; it may await. Nothing: the key is not there.
  using Look = std::function<std::optional<Value>(const Key& key)>;
  using Values = std::vector<std::pair<Key, std::optional<Value>>>;

  /// Findings call it by `name`.
  Durable(Sim& sim, std::string_view name, Look look) : Durable(sim, 0, name, std::move(look)) {}
  /// What this node must have after each recovery of its own, whatever becomes of its disk.
  Durable(const Sim::Node& node, std::string_view name, Look look)
      : Durable(*node.sim_, node.number(), name, std::move(look)) {}

  /// `change` sets the key's value, and gives an Outcome. If that is a value, the change is
  /// acknowledged.
  template <class Change>
  auto put(Key key, Value value, Change&& change, CodeLocation place = CodeLocation::current()) {
    return commit({{std::move(key), std::move(value)}}, std::forward<Change>(change), place);
  }
  template <class Change>
  auto erase(Key key, Change&& change, CodeLocation place = CodeLocation::current()) {
    return commit({{std::move(key), std::nullopt}}, std::forward<Change>(change), place);
  }
  /// The same for several keys, which change together or not at all.
  template <class Change>
  auto commit(const Values& values, Change&& change, CodeLocation place = CodeLocation::current()) {
    const std::size_t number = state_->begins(values, place);
    auto outcome = change();
    state_->ends(number, outcome.ok());
    return outcome;
  }

 private:
  class State final : public internal::KeptState {
   public:
    State(std::string name, std::uint32_t node, Look look)
        : internal::KeptState(std::move(name), node), look_(std::move(look)) {}

    std::size_t begins(const Values& values, CodeLocation place) {
      internal::KeptChange change;
      change.place = place;
      for (const auto& [key, value] : values) {
        const std::uint64_t digest = digest_of(key);
        keys_.emplace(digest, key);
        know_key(digest, internal::to_text(key));
        change.values.insert_or_assign(digest, kept(value));
      }
      return begin(std::move(change));
    }
    void ends(std::size_t change, bool is_acknowledged) { end(change, is_acknowledged); }

   private:
    static std::optional<internal::KeptValue> kept(const std::optional<Value>& value) {
      if (!value) return std::nullopt;
      return internal::KeptValue{digest_of(*value), internal::to_text(*value)};
    }
    std::optional<internal::KeptValue> look_at(std::uint64_t key) override {
      return kept(look_(keys_.at(key)));
    }

    Look look_;
    std::map<std::uint64_t, Key> keys_;
  };

  Durable(Sim& sim, std::uint32_t node, std::string_view name, Look look) {
    auto state = std::make_unique<State>(std::string(name), node, std::move(look));
    state_ = state.get();
    sim.keep_state(std::move(state));
  }

  State* state_;  // the run's own
};

}  // namespace reprise
