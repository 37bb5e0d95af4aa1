#include <reprise/sim/strategy.h>

#include <algorithm>
#include <tuple>
#include <vector>

namespace reprise {

namespace {

bool by_number(const Identity& a, const Identity& b) {
  return std::tie(a.name, a.ordinal, a.aspect) < std::tie(b.name, b.ordinal, b.aspect);
}

/// Those of `enabled` that are not among `events`.
std::vector<Identity> left_over(const std::vector<Identity>& enabled,
                                const std::vector<RecordedEvent>& events) {
  std::vector<Identity> happened;
  for (const RecordedEvent& event : events) happened.push_back(event.identity);
  std::ranges::sort(happened, by_number);
  std::vector<Identity> rest;
  for (const Identity& identity : enabled) {
    if (!std::ranges::binary_search(happened, identity, by_number)) {
      rest.push_back(identity);
    }
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
    recording_.enabled.clear();
    earliest_timer_ = {};
    enabled_.clear();
  }
  Base base() const override { return inner_.base(); }
  Aspects active() const override { return options_.alternatives ? all_aspects : inner_.active(); }

  std::uint32_t choose(const Decision& decision) override {
    const bool asked = (inner_.active() & aspects(decision.identity.aspect)) != 0;
    const std::uint32_t value = asked ? inner_.choose(decision) : 0;
    if (value != 0 || options_.alternatives) {
      recording_.decisions.push_back({decision.identity, value, decision.arity});
    }
    return value;
  }

  void enable(const Event& event) override {
    inner_.enable(event);
    recording_.enabled.push_back(event.identity);
    if (options_.alternatives) enabled_.push_back(event);
  }

  Event next(const Timers& timers) override {
    if (!timers.earliest.none() && !(timers.earliest.identity == earliest_timer_)) {
      earliest_timer_ = timers.earliest.identity;
      recording_.enabled.push_back(earliest_timer_);
    }
    const Event event = inner_.next(timers);
    if (event.none()) {
      recording_.enabled.clear();  // the run has come to its own end
      return event;
    }
    recording_.events.push_back({event.identity, {}});
    if (options_.alternatives) note_alternatives(event, timers);
    return event;
  }

 private:
  void note_alternatives(const Event& picked, const Timers& timers) {
    std::erase_if(enabled_, [&](const Event& event) { return event.identity == picked.identity; });
    std::vector<Identity>& others = recording_.events.back().alternatives;
    for (const Rank rank : {Rank::wake, Rank::device, Rank::yielded}) {
      for (const Event& event : enabled_) {
        if (event.rank != rank) continue;
        if (others.size() == options_.alternatives_max) return;
        others.push_back(event.identity);
      }
    }
    if (!timers.earliest.none() && !(timers.earliest.identity == picked.identity)) {
      others.push_back(timers.earliest.identity);
    }
  }

  Strategy& inner_;
  Recording& recording_;
  RecordingOptions options_;
  std::vector<Event> enabled_;  // with `alternatives`: the pool, in the order of enabling
  Identity earliest_timer_;     // the last one noted
};

}  // namespace

std::unique_ptr<Strategy> make_recording_strategy(Strategy& inner, Recording& recording,
                                                  RecordingOptions options) {
  return std::make_unique<RecordingStrategy>(inner, recording, options);
}

}  // namespace reprise
