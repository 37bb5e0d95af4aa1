// Durability: what a scenario's code has acknowledged, and must therefore show after a power loss.
// KeptState: one thing that is kept, by keys. Scenarios use it as Durable<Key, Value>, which knows
// the types; the check `durability` judges it.
#pragma once

#include <reprise/core/observer.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace reprise::internal {

/// The value of a key: its digest, and its words for findings.
struct KeptValue {
  std::uint64_t digest = 0;
  std::string words;

  friend bool operator==(const KeptValue& a, const KeptValue& b) { return a.digest == b.digest; }
};

/// Changes of some keys that are made whole or not at all.
struct KeptChange {
  static constexpr std::uint64_t never = UINT64_MAX;

  std::map<std::uint64_t, std::optional<KeptValue>> values;  // by the digest of the key; nothing:
                                                             // the key is erased
  std::uint64_t begun = 0, ended = never;  // in the order of all beginnings and ends
  bool is_acknowledged = false;
  bool is_shown = false;   // no change: what a recovery has shown
  std::uint32_t node = 0;  // of the task that makes it
  CodeLocation place = {};
};

/// What is known of the changes of a KeptState, to go back to.
struct KeptMoment {
  std::vector<KeptChange> changes;
  std::uint64_t moments = 0;
};

class KeptState {
 public:
  /// `node` is the number of the node that must have it after a recovery.
  KeptState(std::string name, std::uint32_t node) : name_(std::move(name)), node_(node) {}
  KeptState(const KeptState&) = delete;
  KeptState& operator=(const KeptState&) = delete;
  virtual ~KeptState() = default;

  const std::string& name() const { return name_; }
  std::uint32_t node() const { return node_; }
  /// The changes since the last recovery, and those that tasks of other nodes have begun before and
  /// not ended, in the order of their beginnings.
  const std::vector<KeptChange>& changes() const { return changes_; }
  /// What the last recovery has shown, of all keys, by their digests.
  const std::map<std::uint64_t, std::optional<KeptValue>>& shown() const { return shown_; }
  std::string key_in_words(std::uint64_t key) const { return keys_.at(key); }

  /// The digest of all changes: what may be shown depends on nothing else.
  std::uint64_t digest() const;
  KeptMoment moment() const { return {changes_, moments_}; }
  void go_back_to(const KeptMoment& moment) {
    changes_ = moment.changes;
    moments_ = moment.moments;
  }

  /// `node_now()` is the node of the task that runs.
  void know_nodes(std::function<std::uint32_t()> node_now) { node_now_ = std::move(node_now); }
  /// Looks at all keys, as the scenario says.
  void look();
  /// What was shown counts as acknowledged, and nothing else can come back, but for what is still
  /// being done: a client of another node may ask again.
  void settle();

 protected:
  /// Gives its number, for end().
  std::size_t begin(KeptChange change);
  void end(std::size_t change, bool is_acknowledged);
  void know_key(std::uint64_t key, std::string words) { keys_.emplace(key, std::move(words)); }
  virtual std::optional<KeptValue> look_at(std::uint64_t key) = 0;

 private:
  std::string name_;
  std::uint32_t node_;
  std::function<std::uint32_t()> node_now_;
  std::vector<KeptChange> changes_;
  std::map<std::uint64_t, std::string> keys_;
  std::map<std::uint64_t, std::optional<KeptValue>> shown_;
  std::uint64_t moments_ = 0;
};

class Durability {
 public:
  void clear() { states_.clear(); }
  KeptState& keep(std::unique_ptr<KeptState> state);
  const std::vector<std::unique_ptr<KeptState>>& states() const { return states_; }
  std::uint64_t digest() const;
  /// Looks at everything that this node keeps. For a task, since it may wait for I/O.
  void look(std::uint32_t node);

 private:
  std::vector<std::unique_ptr<KeptState>> states_;
};

}  // namespace reprise::internal
