#include <reprise/sim/strategy/radix_heap.h>
#include <reprise/sim/strategy/random_numbers.h>
#include <reprise/sim/strategy/strategy.h>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace reprise {

namespace {

/// The decisions: the same for every order of events.
class RandomDecisions : public RandomStrategy {
 public:
  RandomDecisions(const Profile& profile, RandomOptions options)
      : profile_(profile), rates_(profile.rates) {
    for (const DecisionKindRow& row : decision_kinds) {
      if (options.swarm && row.swarms) {
        swarming_.push_back(row.kind);
      } else if (is_asked(row.kind, profile_.rate(row.kind))) {
        always_active_ |= kinds(row.kind);
      }
    }
    rates_[IdentityKind(DecisionKind::workload).key()] = {1, 1};
  }

  void reseed(std::uint64_t seed) override { seed_ = seed; }

  void begin(const Names&) override {
    std::uint64_t state = seed_;
    const std::uint64_t order_seed = splitmix(state);
    const std::uint64_t decision_seed = splitmix(state);
    random_.reseed(decision_seed);
    order_.reseed(order_seed);
    base_ = random_.below(2) == 0 ? Base::sync : Base::lazy;
    draw_rates();
    draw_crash_rate(splitmix(state));
    begin_order();
  }

  Base base() const override { return base_; }
  DecisionKinds active() const override { return active_; }

  std::uint32_t choose(Decision decision) override {
    const IdentityKind kind = decision.identity.kind();
    if (kind == DecisionKind::workload) return choose_workload(decision.arity);
    const Rate rate = rates_[kind.key()];
    const std::uint64_t product = random_.product(rate.denominator);
    // Every call is the last of this function, which then saves no registers.
    if (Random::is_uneven(product, rate.denominator)) [[unlikely]]
      return choose_evened(decision, product);
    return value_of(decision, Random::drawn(product) < rate.numerator);
  }

 protected:
  virtual void begin_order() = 0;

  const Profile& profile() const { return profile_; }
  Random& order() { return order_; }

 private:
  static constexpr std::uint32_t sector = 512;

  [[gnu::always_inline]] std::uint32_t value_of(Decision decision, bool taken) {
    if (decision.identity.kind() == DecisionKind::flight) {
      return taken == (base_ == Base::lazy) ? 1 : 0;
    }
    if (!taken) return 0;
    return decision.arity == 2 ? 1 : choose_value(decision);
  }

  [[gnu::noinline, gnu::cold]] std::uint32_t choose_evened(Decision decision,
                                                           std::uint64_t product) {
    const Rate rate = rates_[decision.identity.kind().key()];
    product = random_.evened(product, rate.denominator);
    return value_of(decision, Random::drawn(product) < rate.numerator);
  }

  [[gnu::noinline]] std::uint32_t choose_workload(std::uint32_t arity) {
    return random_.below(arity);
  }

  [[gnu::noinline]] std::uint32_t choose_value(Decision decision) {
    const std::uint32_t value = 1 + random_.below(decision.arity - 1);
    // Half the short transfers end at a sector's edge, where a torn page is easiest to overlook.
    const bool is_short = decision.identity.kind() == DecisionKind::short_io;
    // Half of the changes that survive a power loss survive whole.
    if (decision.identity.kind() == DecisionKind::survives && random_.below(2) == 0) return 1;
    if (is_short && value > sector && random_.below(2) == 0) return value - value % sector;
    return value;
  }

  /// Whether a run with this rate asks for such decisions.
  static bool is_asked(DecisionKind kind, Rate rate) {
    return !rate.never() || kind == DecisionKind::workload || kind == DecisionKind::flight;
  }

  // Swarm testing (Groce et al., ISSTA 2012): a run in which a family is off explores the others
  // deeper. What is on gets a rate of the profile's or a fraction of it.
  void draw_rates() {
    active_ = always_active_;
    for (const DecisionKind kind : swarming_) {
      const Rate rate = drawn_rate(kind);
      rates_[IdentityKind(kind).key()] = rate;
      if (is_asked(kind, rate)) active_ |= kinds(kind);
    }
  }

  // The power is to be lost early in some runs and late in others, however many events they have.
  // Drawn from a seed of its own, so that runs without power losses stay as they were.
  void draw_crash_rate(std::uint64_t seed) {
    Random random(seed);
    const std::uint32_t shift = random.below(8);
    for (const DecisionKind kind :
         {DecisionKind::crash, DecisionKind::crash_at_effect, DecisionKind::crash_at_turn}) {
      rates_[IdentityKind(kind).key()] = lowered(profile_.rate(kind), shift);
    }
  }

  Rate drawn_rate(DecisionKind kind) {
    const bool off = random_.below(2) == 0;
    const std::uint32_t shift = random_.below(4);
    const Rate rate = profile_.rate(kind);
    if (kind != DecisionKind::flight) return off ? Rate{0, 1} : lowered(rate, shift);
    // How much completes at submit: nothing, the profile's share, or half.
    return off ? Rate{shift == 0 ? 1u : 0u, 2} : rate;
  }

  static Rate lowered(Rate rate, std::uint32_t shift) {
    if (rate.denominator <= (UINT32_MAX >> shift)) rate.denominator <<= shift;
    return rate;
  }

  Profile profile_;
  std::vector<DecisionKind> swarming_;  // the kinds whose rates are drawn for each run
  DecisionKinds always_active_ = 0;     // those of the others that are asked for
  std::uint64_t seed_ = 0;
  Random random_;  // decisions
  Random order_;   // a stream of its own, so that one more decision does not shift the order
  Base base_ = Base::sync;
  DecisionKinds active_ = 0;
  std::array<Rate, kind_key_end> rates_;  // of this run
};

/// Any enabled event, each equally likely. The earliest timer is one of them.
class UniformStrategy final : public RandomDecisions {
 public:
  using RandomDecisions::RandomDecisions;

  void enable(Event event) override {
    if (count_ == bag_.size()) [[unlikely]]
      grow();
    bag_[count_++] = event;
  }

  std::size_t forget(const IsGone& is_gone) override {
    const auto end = bag_.begin() + count_;
    const auto left = std::remove_if(bag_.begin(), end, is_gone);
    count_ = static_cast<std::uint32_t>(left - bag_.begin());
    return static_cast<std::size_t>(end - left);
  }

  Event next(const Timers& timers) override {
    const std::uint32_t choices = count_ + (timers.earliest.none() ? 0 : 1);
    if (choices <= 1) return choices == 0 ? Event{} : take(0, timers);
    const std::uint64_t product = order().product(choices);
    if (Random::is_uneven(product, choices)) [[unlikely]]
      return next_evened(timers, product);
    return take(Random::drawn(product), timers);
  }

 private:
  /// The timer's number is the last.
  [[gnu::always_inline]] Event take(std::uint32_t pick, const Timers& timers) {
    if (pick == count_) return timers.earliest;
    const Event event = bag_[pick];
    bag_[pick] = bag_[--count_];
    return event;
  }

  [[gnu::noinline, gnu::cold]] Event next_evened(const Timers& timers, std::uint64_t product) {
    const std::uint32_t choices = count_ + (timers.earliest.none() ? 0 : 1);
    return take(Random::drawn(order().evened(product, choices)), timers);
  }

  void begin_order() override { count_ = 0; }
  [[gnu::noinline]] void grow() { bag_.resize(2 * bag_.size() + 16); }

  std::vector<Event> bag_;
  std::uint32_t count_ = 0;  // of bag_, that are enabled
};

/// Every I/O gets a latency when it is enabled; the earliest event is next. The strategy's clock is
/// its own: virtual time follows from order.
class LatencyStrategy final : public RandomDecisions {
 public:
  using RandomDecisions::RandomDecisions;

  void enable(Event event) override {
    if (event.rank == Rank::wake) {
      due_now_.push_back(event);
      return;
    }
    // A yielded turn takes as long as an I/O may: else a task that spins outruns the one that it
    // waits for.
    if (event.rank == Rank::yielded) {
      yielded_.push(now_ + latency() + 1, event);
    } else {
      heap_.push(now_ + latency(), event);
    }
  }

  std::size_t forget(const IsGone& is_gone) override {
    due_now_.erase(due_now_.begin(), due_now_.begin() + static_cast<std::ptrdiff_t>(next_due_));
    next_due_ = 0;
    const std::size_t count =
        std::erase_if(due_now_, is_gone) + heap_.forget(is_gone) + yielded_.forget(is_gone);
    if (heap_.empty()) overtaken_ = 0;
    timer_ = {};
    return count;
  }

  Event next(const Timers& timers) override {
    if (next_due_ < due_now_.size()) return take_due_now();
    // A task may look at an I/O again and again. It must not reach its limit of entries only
    // because the I/O was given a long latency.
    if (overtaken_ == patience) {
      overtaken_ = 0;
      return heap_.pop();
    }
    overtaken_ = heap_.empty() ? 0 : overtaken_ + 1;
    if (timer_is_next(timers)) {
      now_ = std::max(now_, timer_due_);
      timer_ = {};
      return timers.earliest;
    }
    if (!yielded_.empty() && yielded_.first_key() == first_key()) return take(yielded_);
    if (heap_.empty()) return {};
    overtaken_ = 0;
    return take(heap_);
  }

  Upcoming upcoming() const override { return heap_.upcoming(); }

 private:
  /// Now and then an I/O takes longer than any timeout that guards it.
  std::uint64_t latency() {
    constexpr std::uint32_t one_in = 64;
    constexpr std::uint32_t long_bits = 42;  // more than an hour
    const bool is_long = order().below(one_in) == 0;
    return order().log_uniform(is_long ? long_bits : profile().latency_bits);
  }

  /// Virtual time hardly moves while I/O is delivered, so a timer's wait is measured by this
  /// strategy's clock, from when the timer is first seen.
  bool timer_is_next(const Timers& timers) {
    if (timers.earliest.none()) return false;
    if (!(timer_ == timers.earliest.identity)) {
      timer_ = timers.earliest.identity;
      const std::uint64_t wait =
          timers.deadline > timers.now ? timers.deadline.ns - timers.now.ns : 0;
      timer_due_ = wait < UINT64_MAX - now_ ? now_ + wait : UINT64_MAX;
    }
    return (heap_.empty() && yielded_.empty()) || timer_due_ < first_key();
  }

  /// UINT64_MAX if nothing is there.
  std::uint64_t first_key() const {
    const auto key_of = [](const internal::RadixHeap& heap) {
      return heap.empty() ? UINT64_MAX : heap.first_key();
    };
    return std::min(key_of(heap_), key_of(yielded_));
  }

  Event take(internal::RadixHeap& heap) {
    now_ = std::max(now_, heap.first_key());
    return heap.pop();
  }

  Event take_due_now() {
    const Event event = due_now_[next_due_++];
    if (next_due_ == due_now_.size()) {
      due_now_.clear();
      next_due_ = 0;
    }
    return event;
  }

  void begin_order() override {
    due_now_.clear();
    next_due_ = 0;
    heap_.clear();
    yielded_.clear();
    timer_ = {};
    overtaken_ = 0;
    now_ = 0;
  }

  std::vector<Event> due_now_;  // turns that were set going; those before next_due_ are taken
  std::size_t next_due_ = 0;
  internal::RadixHeap heap_;     // what the device does, by when it is due
  internal::RadixHeap yielded_;  // turns after explicit yields, likewise
  static constexpr std::uint32_t patience = 256;
  std::uint32_t overtaken_ = 0;  // timers and yields in a row, before an I/O
  std::uint64_t now_ = 0;
  Identity timer_;  // the earliest, as far as seen
  std::uint64_t timer_due_ = 0;
};

}  // namespace

std::unique_ptr<RandomStrategy> make_random_strategy(const Profile& profile,
                                                     RandomOptions options) {
  if (options.order == RandomOrder::uniform) {
    return std::make_unique<UniformStrategy>(profile, options);
  }
  return std::make_unique<LatencyStrategy>(profile, options);
}

}  // namespace reprise
