#include <reprise/sim/evidence/durability.h>

#include <utility>

namespace reprise::internal {

std::size_t KeptState::begin(KeptChange change) {
  change.begun = ++moments_;
  changes_.push_back(std::move(change));
  return changes_.size() - 1;
}

void KeptState::end(std::size_t change, bool is_acknowledged) {
  changes_[change].ended = ++moments_;
  changes_[change].is_acknowledged = is_acknowledged;
}

void KeptState::look() {
  shown_.clear();
  for (const auto& [key, words] : keys_) shown_.emplace(key, look_at(key));
}

void KeptState::settle() {
  KeptChange all;
  all.values = shown_;
  all.is_acknowledged = all.is_shown = true;
  changes_.clear();
  end(begin(std::move(all)), true);
}

KeptState& Durability::keep(std::unique_ptr<KeptState> state) {
  states_.push_back(std::move(state));
  return *states_.back();
}

void Durability::look() {
  for (const std::unique_ptr<KeptState>& state : states_) state->look();
}

}  // namespace reprise::internal
