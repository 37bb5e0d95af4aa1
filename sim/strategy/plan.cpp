#include <reprise/sim/strategy/calm_queue.h>
#include <reprise/sim/strategy/strategy.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace reprise {

namespace {

class PlanStrategyImpl final : public PlanStrategy {
 public:
  explicit PlanStrategyImpl(const Plan& plan) : base_(plan.base) {
    for (std::size_t i = 0; i < plan.decisions.size(); ++i) {
      const std::optional<IdentityText> identity = parse_identity(plan.decisions[i].identity);
      decisions_.push_back({plan.decisions[i].value});
      if (!identity.has_value()) continue;
      active_ |= kinds(identity->kind) & all_kinds;
      decision_index_.emplace_back(identity->key(), i);
    }
    for (std::size_t i = 0; i < plan.order.size(); ++i) {
      const std::optional<IdentityText> identity = parse_identity(plan.order[i]);
      if (identity.has_value()) order_index_.emplace_back(identity->key(), i);
    }
    // With a key twice, the first one counts.
    std::ranges::stable_sort(decision_index_, {}, &Index::first);
    std::ranges::stable_sort(order_index_, {}, &Index::first);
    order_.resize(plan.order.size());
  }

  void begin(const Names& names) override {
    names_ = &names;
    queue_.clear();
    head_ = 0;
    yields_in_a_row_ = 0;
    for (Planned& decision : decisions_) decision.arity = 0;
    for (ListedEvent& listed : order_) listed = {};
  }

  Base base() const override { return base_; }
  DecisionKinds active() const override { return active_; }

  std::uint32_t choose(Decision decision) override {
    const std::optional<std::size_t> index =
        find(decision_index_, key_of(*names_, decision.identity));
    if (!index.has_value()) return 0;
    Planned& planned = decisions_[*index];
    planned.arity = decision.arity;
    return planned.value < decision.arity ? planned.value : 0;
  }

  void enable(Event event) override {
    const std::uint64_t sequence = queue_.next_sequence();
    const std::optional<std::size_t> at = listed_at(event.identity);
    if (at.has_value()) order_[*at].enabled = true;
    if (!at.has_value() || *at <= head_) {
      queue_.push(event, sequence);
    } else {
      order_[*at].held = event;
      order_[*at].sequence = sequence;
    }
  }

  std::size_t forget(const IsGone& is_gone) override {
    std::size_t count = queue_.forget(is_gone);
    for (ListedEvent& listed : order_) {
      if (listed.held.none() || !is_gone(listed.held)) continue;
      listed.held = {};
      ++count;
    }
    return count;
  }

  Event next(const Timers& timers) override {
    for (;;) {
      // The earliest timer may be listed too: it is held back until its turn comes. A timer that is
      // not listed did not fire in the recorded run, so it must not overtake the listed event that
      // is enabled now.
      Timers allowed = timers;
      if (!timers.earliest.none()) {
        const std::optional<std::size_t> at = listed_at(timers.earliest.identity);
        if (at.has_value()) order_[*at].enabled = true;
        if (at.has_value() ? *at > head_ : head_can_come()) allowed.earliest = {};
      }
      // Nothing that counts can run if tasks only spin on explicit yields.
      const bool spins = yields_in_a_row_ >= patience && head_is_awaited();
      const Event event = spins ? Event{} : queue_.pop(allowed);
      if (!event.none()) {
        yields_in_a_row_ = event.rank == Rank::yielded ? yields_in_a_row_ + 1 : 0;
        done(event);
        return event;
      }
      yields_in_a_row_ = 0;
      if (head_ >= order_.size()) return {};
      order_[head_].given_up = !order_[head_].enabled;  // nothing else can run
      advance();
    }
  }

  std::vector<std::size_t> decisions_not_reached() const override {
    std::vector<std::size_t> result;
    for (std::size_t i = 0; i < decisions_.size(); ++i) {
      if (decisions_[i].arity == 0) result.push_back(i);
    }
    return result;
  }
  std::vector<std::size_t> decisions_out_of_range() const override {
    std::vector<std::size_t> result;
    for (std::size_t i = 0; i < decisions_.size(); ++i) {
      if (decisions_[i].arity != 0 && decisions_[i].value >= decisions_[i].arity) {
        result.push_back(i);
      }
    }
    return result;
  }
  std::uint32_t arity_of(std::size_t decision) const override { return decisions_[decision].arity; }
  std::vector<std::size_t> order_not_reached() const override {
    std::vector<std::size_t> result;
    for (std::size_t i = 0; i < order_.size(); ++i) {
      if (order_[i].given_up || !order_[i].enabled) result.push_back(i);
    }
    return result;
  }

 private:
  using Index = std::pair<std::uint64_t, std::size_t>;  // key, index
  struct Planned {
    std::uint32_t value = 0;
    std::uint32_t arity = 0;  // 0: not reached
  };
  struct ListedEvent {
    Event held;  // enabled, and waiting for those before it
    std::uint64_t sequence = 0;
    bool enabled = false;
    bool done = false;
    bool given_up = false;  // it was not enabled when nothing else could run
  };

  static std::optional<std::size_t> find(const std::vector<Index>& index, std::uint64_t key) {
    const auto at = std::ranges::lower_bound(index, key, {}, &Index::first);
    if (at == index.end() || at->first != key) return std::nullopt;
    return at->second;
  }
  std::optional<std::size_t> listed_at(const Identity& identity) const {
    if (order_index_.empty()) return std::nullopt;
    return find(order_index_, key_of(*names_, identity));
  }

  /// The head of the list is not enabled, so that those behind it are held back.
  bool head_is_awaited() const { return head_ < order_.size() && !order_[head_].enabled; }

  bool head_can_come() const { return head_ < order_.size() && order_[head_].enabled; }

  void done(Event event) {
    const std::optional<std::size_t> at = listed_at(event.identity);
    if (!at.has_value()) return;
    order_[*at].done = true;
    if (*at == head_) advance();
  }

  /// The head of the list is over: lets the next one go, if it waits.
  void advance() {
    ++head_;
    while (head_ < order_.size() && order_[head_].done) ++head_;
    if (head_ < order_.size() && !order_[head_].held.none()) {
      queue_.push(std::exchange(order_[head_].held, {}), order_[head_].sequence);
    }
  }

  Base base_;
  DecisionKinds active_ = 0;
  const Names* names_ = nullptr;
  std::vector<Planned> decisions_;
  std::vector<Index> decision_index_;
  std::vector<ListedEvent> order_;
  std::vector<Index> order_index_;
  std::size_t head_ = 0;  // events listed from here on are still to come
  static constexpr std::uint32_t patience = 1000;
  std::uint32_t yields_in_a_row_ = 0;
  internal::CalmQueue queue_;
};

}  // namespace

std::unique_ptr<PlanStrategy> make_plan_strategy(const Plan& plan) {
  return std::make_unique<PlanStrategyImpl>(plan);
}

}  // namespace reprise
