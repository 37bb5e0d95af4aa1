#include <reprise/sim/strategy/strategy.h>

#include <cstddef>

namespace reprise {

namespace {

/// A calm sync run that answers workload choices as another run did, and runs its tasks one after
/// the other.
class ReferenceStrategy final : public Strategy {
 public:
  explicit ReferenceStrategy(const std::vector<RecordedDecision>& workload)
      : workload_(workload), calm_(make_calm_strategy(Base::sync)) {}

  void begin(const Names& names) override { calm_->begin(names); }
  Base base() const override { return Base::sync; }
  DecisionKinds active() const override {
    return kinds(DecisionKind::workload, DecisionKind::serial);
  }
  std::uint32_t choose(Decision decision) override {
    if (decision.identity.kind() == DecisionKind::serial) return 1;
    // Choices come in the same order, mostly: the next one is looked at first.
    for (std::size_t i = 0; i < workload_.size(); ++i) {
      const std::size_t at = (next_ + i) % workload_.size();
      if (!(workload_[at].identity == decision.identity)) continue;
      next_ = at + 1;
      return workload_[at].value % decision.arity;
    }
    return 0;
  }
  void enable(Event event) override { calm_->enable(event); }
  std::size_t forget(const IsGone& is_gone) override { return calm_->forget(is_gone); }
  Event next(const Timers& timers) override { return calm_->next(timers); }

 private:
  const std::vector<RecordedDecision>& workload_;
  std::size_t next_ = 0;
  std::unique_ptr<Strategy> calm_;
};

}  // namespace

std::unique_ptr<Strategy> make_reference_strategy(const std::vector<RecordedDecision>& workload) {
  return std::make_unique<ReferenceStrategy>(workload);
}

}  // namespace reprise
