// What was acknowledged must be there after a power loss, whenever it comes; a change that was
// not acknowledged may be there or not, but whole. What a recovery has shown counts as
// acknowledged from then on. The scenario says what it keeps with Durable.
#include <reprise/sim/check/check.h>
#include <reprise/sim/evidence/durability.h>
#include <reprise/sim/evidence/run_view.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace reprise {

namespace {

using Value = std::optional<KeptValue>;

std::string to_text(const Value& value) { return value ? value->words : "nothing"; }

/// The changes of one key.
class KeyHistory {
 public:
  KeyHistory(const KeptState& state, std::uint64_t key) : key_(key) {
    for (const KeptChange& change : state.changes()) {
      if (!change.values.contains(key)) continue;
      changes_.push_back(&change);
      if (change.is_acknowledged && (last_ == nullptr || change.ended > last_->ended)) {
        last_ = &change;
      }
    }
  }

  /// The one acknowledged last, or null.
  const KeptChange* last_acknowledged() const { return last_; }
  const Value& value_of(const KeptChange& change) const { return change.values.at(key_); }

  bool may_show(const Value& value) const {
    if (last_ == nullptr && !value) return true;
    return std::ranges::any_of(changes_, [&](const KeptChange* change) {
      const bool is_past = last_ != nullptr && change != last_ && change->ended < last_->begun;
      return !is_past && value_of(*change) == value;
    });
  }
  bool was_ever(const Value& value) const {
    return !value || std::ranges::any_of(changes_, [&](const KeptChange* change) {
      return value_of(*change) == value;
    });
  }
  /// Whether only `change` can have given the key this value.
  bool is_only_of(const KeptChange& change, const Value& value) const {
    return value_of(change) == value && value.has_value() &&
           std::ranges::none_of(changes_, [&](const KeptChange* other) {
             return other != &change && value_of(*other) == value;
           });
  }
  /// Whether the value is from before `change`, and can be from nothing else.
  bool is_from_before(const KeptChange& change, const Value& value) const {
    bool has_older = !value;
    for (const KeptChange* const other : changes_) {
      if (!(value_of(*other) == value)) continue;
      if (other->ended >= change.begun) return false;
      has_older = true;
    }
    return has_older;
  }

 private:
  std::uint64_t key_;
  std::vector<const KeptChange*> changes_;  // in the order of their beginnings
  const KeptChange* last_ = nullptr;
};

class DurabilityCheck final : public Check {
 public:
  explicit DurabilityCheck(RunView& run) : run_(run) {}

  Hooks wants(Hooks overridden) const override {
    return run_.declared().durability.states().empty() ? overridden & life_hooks : overridden;
  }

  void run_begins() override { losses_seen_.clear(); }

  void recovered(NodeId node) override {
    node_ = node;
    for (const std::unique_ptr<KeptState>& state : run_.declared().durability.states()) {
      if (state->node() != node) continue;
      if (!run_.stopped()) judge(*state);
      state->settle();
    }
    losses_seen_[node] = run_.power_losses().size();
  }

 private:
  void judge(const KeptState& state) {
    for (const auto& [key, value] : state.shown()) {
      const KeyHistory history(state, key);
      if (history.may_show(value)) continue;
      report_value(state, key, history, value);
      return;
    }
    for (const KeptChange& change : state.changes()) {
      if (run_.stopped()) return;
      if (!change.is_acknowledged && change.values.size() > 1) judge_whole(state, change);
    }
  }

  void judge_whole(const KeptState& state, const KeptChange& change) {
    std::optional<std::uint64_t> there, missing;
    for (const auto& [key, value] : change.values) {
      const KeyHistory history(state, key);
      const Value& shown = state.shown().at(key);
      if (history.is_only_of(change, shown)) there = key;
      if (history.is_from_before(change, shown) && !(value == shown)) missing = key;
    }
    if (there && missing) report_half(state, change, *there, *missing);
  }

  void report_value(const KeptState& state, std::uint64_t key, const KeyHistory& history,
                    const Value& value) {
    const bool is_known = history.was_ever(value);
    const KeptChange* const last = history.last_acknowledged();
    const std::string whose = "`" + state.key_in_words(key) + "` in " + state.name();
    Finding finding = found(state, is_known ? "lost" : "damaged");
    if (!is_known) {
      finding.message =
          after_what() + whose + " is " + to_text(value) + ", which it was never set to";
    } else {
      finding.message = after_what() + whose + " is " + to_text(value) + ", although " +
                        to_text(history.value_of(*last)) + " was " +
                        (last->is_shown ? "there after the recovery before" : "acknowledged");
    }
    add_losses(finding);
    finding.expected =
        "what was acknowledged is there after a power loss, and nothing that was never written";
    finding.help = is_known
                       ? "let a sync that was submitted after the write had finished end before "
                         "the change is acknowledged, and before what it replaces is given up"
                       : "let the recovery tell by a checksum, or by a mark that is written "
                         "after a sync, what is whole, and leave out the rest";
    add_place(finding, last, last != nullptr && last->is_shown ? "" : "acknowledged here");
    add_places(finding);
    run_.report(std::move(finding));
  }

  void report_half(const KeptState& state, const KeptChange& change, std::uint64_t there,
                   std::uint64_t missing) {
    Finding finding = found(state, "half of a change");
    finding.message = after_what() + "half of a change of " + state.name() + " is there: `" +
                      state.key_in_words(there) + "` is new, `" + state.key_in_words(missing) +
                      "` is not";
    add_losses(finding);
    finding.expected = "what was not acknowledged is there as a whole or not at all";
    finding.help =
        "write the whole change to a place of its own and sync it, then let one atomic write make "
        "it count";
    add_place(finding, &change, "changed together here");
    add_places(finding);
    run_.report(std::move(finding));
  }

  /// "after a power loss of node a, "
  std::string after_what() const {
    bool is_kill = true;
    for_each_loss([&](const PowerLoss& loss) { is_kill = is_kill && loss.is_kill; });
    const std::string what = is_kill ? "after a kill " : "after a power loss ";
    const std::string node(run_.name_of_node(node_));
    return node.empty() ? what : what + "of node " + node + ", ";
  }

  Finding found(const KeptState& state, std::string_view what) const {
    Finding finding;
    finding.check = name();
    finding.signature = run_.signature(name(), state.name() + ": " + std::string(what));
    return finding;
  }

  static void add_place(Finding& finding, const KeptChange* change, std::string note) {
    if (change == nullptr || change->place.line == 0 || note.empty()) return;
    finding.places.push_back({change->place.file, change->place.line, std::move(note)});
  }

  /// Calls `take` for what has happened to the node since its last recovery.
  template <class Take>
  void for_each_loss(Take take) const {
    const PowerLosses& losses = run_.power_losses();
    const auto seen = losses_seen_.find(node_);
    for (std::size_t i = seen == losses_seen_.end() ? 0 : seen->second; i < losses.size(); ++i) {
      if (losses[i].node == node_) take(losses[i]);
    }
  }

  /// Calls `take` for what was lost meanwhile: what had finished first.
  template <class Take>
  void for_each_lost(Take take) const {
    for (const bool has_finished : {true, false}) {
      for_each_loss([&](const PowerLoss& loss) {
        for (const LostChange& lost : loss.lost) {
          if ((lost.change.finished != Unpersisted::never) == has_finished) take(lost);
        }
      });
    }
  }

  void add_losses(Finding& finding) const {
    constexpr std::size_t shown_max = 4;
    std::size_t count = 0;
    for_each_lost([&](const LostChange& lost) {
      if (count++ < shown_max) finding.evidence.push_back(in_words(lost));
    });
    if (count > shown_max) {
      finding.evidence.push_back("and " + std::to_string(count - shown_max) + " more");
    }
    if (count == 0) finding.evidence.push_back("everything that was written had survived");
  }

  std::string in_words(const LostChange& lost) const {
    const Unpersisted& change = lost.change;
    const std::string what = change.kind == Unpersisted::Kind::created
                                 ? "the file `" + change.path + "` was made"
                                 : '`' + run_.io_in_words(change.io) + '`';
    const std::string bytes =
        change.size == 0 ? "" : ": " + bytes_in_words(change.size, change.offset);
    return what + bytes + (lost.is_part ? ", survived in part: " : ", did not survive: ") +
           why(change);
  }

  std::string why(const Unpersisted& change) const {
    if (change.finished == Unpersisted::never) return "it had not finished";
    const std::string sync =
        change.missed_by.name == 0 ? "" : '`' + run_.io_in_words(change.missed_by) + '`';
    switch (change.missed) {
      case Unpersisted::Missed::no_sync: break;
      case Unpersisted::Missed::unfinished:
        return sync + " was submitted before it had finished, and does not cover it";
      case Unpersisted::Missed::failed: return sync + " failed, and no later sync writes it again";
      case Unpersisted::Missed::lost: return "the device has never written it";
      case Unpersisted::Missed::lied: return sync + " said that it was durable, and lied";
    }
    return change.kind == Unpersisted::Kind::bytes ? "no sync had covered it"
                                                   : "its folder had not been synced";
  }

  /// The lines of the first lost write, and of the sync that should have covered it.
  void add_places(Finding& finding) const {
    bool is_first = true;
    for_each_lost([&](const LostChange& lost) {
      if (!std::exchange(is_first, false) || lost.change.kind == Unpersisted::Kind::created) {
        return;
      }
      run_.submit_places().add(finding, lost.change.io, "lost: this was not durable");
      if (lost.change.missed_by.name != 0) {
        run_.submit_places().add(finding, lost.change.missed_by, "this sync did not cover it");
      }
    });
  }

  RunView& run_;
  NodeId node_ = 0;                            // that has recovered
  std::map<NodeId, std::size_t> losses_seen_;  // at its last recovery
};

}  // namespace

std::unique_ptr<Check> make_durability(RunView& run) {
  return make_check<DurabilityCheck>(run, check_name::durability);
}

}  // namespace reprise
