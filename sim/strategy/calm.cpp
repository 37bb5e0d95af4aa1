#include <reprise/sim/strategy/calm_queue.h>
#include <reprise/sim/strategy/strategy.h>

namespace reprise {

namespace {

class CalmStrategy final : public Strategy {
 public:
  explicit CalmStrategy(Base base) : base_(base) {}

  void begin(const Names&) override { queue_.clear(); }
  Base base() const override { return base_; }
  DecisionKinds active() const override { return 0; }
  std::uint32_t choose(Decision) override { return 0; }
  void enable(Event event) override { queue_.push(event); }
  std::size_t forget(const IsGone& is_gone) override { return queue_.forget(is_gone); }
  Event next(const Timers& timers) override { return queue_.pop(timers); }

 private:
  Base base_;
  internal::CalmQueue queue_;
};

}  // namespace

std::unique_ptr<Strategy> make_calm_strategy(Base base) {
  return std::make_unique<CalmStrategy>(base);
}

}  // namespace reprise
