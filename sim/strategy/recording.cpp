#include <reprise/sim/strategy/strategy.h>

#include <cstddef>
#include <set>
#include <tuple>
#include <vector>

namespace reprise {

namespace {

bool by_number(const Identity& a, const Identity& b) {
  const auto numbers = [](const Identity& identity) {
    return std::tuple<NameId, std::uint32_t, IdentityKind>(identity.name, identity.ordinal(),
                                                           identity.kind());
  };
  return numbers(a) < numbers(b);
}

/// Those of `enabled` that are not among `events`. A timer is noted each time that it becomes the
/// earliest, and listed once.
std::vector<Identity> left_over(const std::vector<Identity>& enabled,
                                const std::vector<RecordedEvent>& events) {
  std::set<Identity, decltype(&by_number)> listed(&by_number);
  for (const RecordedEvent& event : events) listed.insert(event.identity);
  std::vector<Identity> rest;
  for (const Identity& identity : enabled) {
    if (listed.insert(identity).second) rest.push_back(identity);
  }
  return rest;
}

}  // namespace

Plan Recording::plan(const Names& names) const {
  Plan plan;
  plan.base = base;
  for (const RecordedDecision& decision : decisions) {
    if (decision.value == 0) continue;
    plan.decisions.push_back({to_string(names, decision.identity), decision.value});
  }
  for (const RecordedEvent& event : events) plan.order.push_back(to_string(names, event.identity));
  for (const Identity& identity : left_over(enabled, events)) {
    plan.order.push_back(to_string(names, identity));
  }
  return plan;
}

namespace {

class RecordingStrategy final : public Strategy {
 public:
  RecordingStrategy(Strategy& inner, Recording& recording, RecordingOptions options)
      : inner_(inner), recording_(recording), options_(options) {}

  void begin(const Names& names) override {
    inner_.begin(names);
    recording_.base = inner_.base();
    recording_.decisions.clear();
    recording_.events.clear();
    recording_.alternatives.clear();
    recording_.enabled.clear();
    lost_ = 0;
    asked_ = inner_.active();
    earliest_timer_ = {};
    enabled_.clear();
  }
  Base base() const override { return inner_.base(); }
  DecisionKinds active() const override {
    return options_.alternatives ? all_kinds : inner_.active();
  }

  std::uint32_t choose(Decision decision) override {
    const bool asked = (asked_ & kinds(decision.identity.kind())) != 0;
    const std::uint32_t value = asked ? inner_.choose(decision) : 0;
    if (value != 0 || options_.alternatives) {
      recording_.decisions.push_back(
          {decision.identity, value, decision.arity, recording_.events.size()});
    }
    return value;
  }

  void enable(Event event) override {
    inner_.enable(event);
    recording_.enabled.push_back(event.identity);
    if (options_.alternatives) enabled_.push_back(event);
  }

  std::size_t forget(const IsGone& is_gone) override {
    const std::size_t count = inner_.forget(is_gone);
    // What of these is not gone is left out again as soon as it happens.
    recording_.enabled = left_over(recording_.enabled, recording_.events);
    lost_ = recording_.enabled.size();
    std::erase_if(enabled_, is_gone);
    earliest_timer_ = {};
    return count;
  }

  Event next(const Timers& timers) override {
    if (!timers.earliest.none() && !(timers.earliest.identity == earliest_timer_)) {
      earliest_timer_ = timers.earliest.identity;
      recording_.enabled.push_back(earliest_timer_);
    }
    const Event event = inner_.next(timers);
    if (event.none()) {
      recording_.enabled.resize(lost_);  // the run has come to its own end
      return event;
    }
    recording_.events.push_back({event.identity, recording_.alternatives.size(), 0});
    if (options_.alternatives) note_alternatives(event, timers);
    return event;
  }
  Upcoming upcoming() const override { return inner_.upcoming(); }

 private:
  void note_alternatives(Event picked, const Timers& timers) {
    std::erase_if(enabled_, [&](const Event& event) { return event.identity == picked.identity; });
    std::vector<Identity>& others = recording_.alternatives;
    const std::size_t before = others.size();
    const auto noted = [&] { return others.size() - before; };
    for (const Rank rank : {Rank::wake, Rank::device, Rank::yielded}) {
      for (const Event& event : enabled_) {
        if (event.rank != rank) continue;
        if (noted() == options_.alternatives_max) break;
        others.push_back(event.identity);
      }
    }
    if (!timers.earliest.none() && !(timers.earliest.identity == picked.identity) &&
        noted() < options_.alternatives_max) {
      others.push_back(timers.earliest.identity);
    }
    recording_.events.back().alternative_count = noted();
  }

  Strategy& inner_;
  Recording& recording_;
  RecordingOptions options_;
  DecisionKinds asked_ = 0;     // by the inner strategy, in this run
  std::vector<Event> enabled_;  // with `alternatives`: the pool, in the order of enabling
  Identity earliest_timer_;     // the last one noted
  std::size_t lost_ = 0;        // of the recording's `enabled`: those that a power loss has ended
};

}  // namespace

std::unique_ptr<Strategy> make_recording_strategy(Strategy& inner, Recording& recording,
                                                  RecordingOptions options) {
  return std::make_unique<RecordingStrategy>(inner, recording, options);
}

}  // namespace reprise
