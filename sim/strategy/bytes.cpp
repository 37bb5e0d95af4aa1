#include <reprise/sim/strategy/bytes.h>
#include <reprise/sim/strategy/calm_queue.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

namespace reprise {

namespace {

class BytesStrategyImpl final : public BytesStrategy {
 public:
  explicit BytesStrategyImpl(const Profile& profile) {
    for (const DecisionKindRow& row : decision_kinds) {
      const Rate rate = profile.rate(row.kind);
      if (row.kind != DecisionKind::workload && rate.never()) continue;
      active_ |= kinds(row.kind);
      // At least one of the 256 values, however seldom the profile wants such a decision. The power
      // may be lost before each event, so few of these are to be power losses.
      const std::uint64_t values = is_power_loss(row.kind) ? 32 : 256;
      const std::uint64_t share = values * rate.numerator / rate.denominator;
      shares_[IdentityKind(row.kind).key()] =
          static_cast<std::uint32_t>(std::clamp<std::uint64_t>(share, 1, 256));
    }
  }

  void read(std::span<const std::uint8_t> bytes) override { bytes_ = bytes; }

  void begin(const Names&) override {
    at_ = 0;
    enabled_.clear();
    calm_.clear();
    base_ = (next_byte() & 1) == 0 ? Base::sync : Base::lazy;
  }
  Base base() const override { return base_; }
  DecisionKinds active() const override { return active_; }

  std::uint32_t choose(Decision decision) override {
    if (is_used_up()) return 0;
    const IdentityKind kind = decision.identity.kind();
    if (kind == DecisionKind::workload) return below(decision.arity);
    const std::uint32_t highest = 255;
    if (highest - next_byte() >= shares_[kind.key()]) return 0;
    return 1 + below(decision.arity - 1);
  }

  void enable(Event event) override { enabled_.push_back(event); }

  std::size_t forget(const IsGone& is_gone) override {
    return std::erase_if(enabled_, is_gone) + calm_.forget(is_gone);
  }

  Event next(const Timers& timers) override {
    if (is_used_up()) return next_calm(timers);
    const std::size_t count = enabled_.size() + (timers.earliest.none() ? 0 : 1);
    if (count == 0) return {};
    const std::uint32_t pick = below(static_cast<std::uint32_t>(count));
    if (pick == enabled_.size()) return timers.earliest;
    const auto at = enabled_.begin() + static_cast<std::ptrdiff_t>(pick);
    const Event event = *at;
    enabled_.erase(at);  // in order, so that one byte more or less shifts as little as can be
    return event;
  }

 private:
  static bool is_power_loss(DecisionKind kind) {
    return kind == DecisionKind::crash || kind == DecisionKind::crash_at_effect ||
           kind == DecisionKind::crash_at_turn;
  }

  bool is_used_up() const { return at_ >= bytes_.size(); }

  /// 0 behind the end.
  std::uint32_t next_byte() { return is_used_up() ? 0 : bytes_[at_++]; }

  /// Reads as few bytes as `bound` needs. Gives 0 if there is nothing to choose.
  std::uint32_t below(std::uint32_t bound) {
    std::uint32_t number = 0;
    for (std::uint32_t rest = bound - 1; rest != 0; rest >>= 8) number = number << 8 | next_byte();
    return number % bound;
  }

  Event next_calm(const Timers& timers) {
    for (const Event& event : enabled_) calm_.push(event);
    enabled_.clear();
    return calm_.pop(timers);
  }

  std::span<const std::uint8_t> bytes_;
  std::size_t at_ = 0;  // in bytes_
  Base base_ = Base::sync;
  DecisionKinds active_ = 0;
  std::array<std::uint32_t, kind_key_end> shares_{};  // of 256 values, those that are not calm
  std::vector<Event> enabled_;                        // in order of enabling
  internal::CalmQueue calm_;  // those enabled before, once bytes are used up
};

}  // namespace

std::unique_ptr<BytesStrategy> make_bytes_strategy(const Profile& profile) {
  return std::make_unique<BytesStrategyImpl>(profile);
}

}  // namespace reprise
