#include <reprise/sim/evidence/durability.h>

#include <reprise/core/digest.h>

#include <algorithm>
#include <utility>

namespace reprise::internal {

std::size_t KeptState::begin(KeptChange change) {
  change.begun = ++moments_;
  change.node = node_now_ ? node_now_() : node_;
  changes_.push_back(std::move(change));
  return changes_.back().begun;
}

void KeptState::end(std::size_t change, bool is_acknowledged) {
  const auto at = std::ranges::find(changes_, change, &KeptChange::begun);
  if (at == changes_.end()) return;  // it is from before a moment that was gone back to
  at->ended = ++moments_;
  at->is_acknowledged = is_acknowledged;
}

std::uint64_t KeptState::digest() const {
  std::uint64_t digest = 0;
  for (const KeptChange& change : changes_) {
    digest = mix(mix(digest, change.begun), change.ended);
    digest = mix(digest, (change.is_acknowledged ? 1U : 0U) + (change.is_shown ? 2U : 0U));
    for (const auto& [key, value] : change.values) {
      digest = mix(mix(digest, key), value ? mix(1, value->digest) : 0);
    }
  }
  return digest;
}

void KeptState::look() {
  shown_.clear();
  for (const auto& [key, words] : keys_) shown_.emplace(key, look_at(key));
}

void KeptState::settle() {
  KeptChange all;
  all.values = shown_;
  all.is_acknowledged = all.is_shown = true;
  std::erase_if(changes_, [&](const KeptChange& change) {
    return change.ended != KeptChange::never || change.node == node_;
  });
  end(begin(std::move(all)), true);
}

KeptState& Durability::keep(std::unique_ptr<KeptState> state) {
  states_.push_back(std::move(state));
  return *states_.back();
}

std::uint64_t Durability::digest() const {
  std::uint64_t digest = 0;
  for (const std::unique_ptr<KeptState>& state : states_) digest = mix(digest, state->digest());
  return digest;
}

void Durability::look(std::uint32_t node) {
  for (const std::unique_ptr<KeptState>& state : states_) {
    if (state->node() == node) state->look();
  }
}

}  // namespace reprise::internal
