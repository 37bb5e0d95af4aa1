#include <reprise/sim/strategy.h>

#include <algorithm>
#include <vector>

namespace reprise {

Plan Recording::plan(const Names& names) const {
  Plan plan;
  plan.base = base;
  for (const RecordedDecision& decision : decisions) {
    if (decision.value == 0) continue;
    plan.decisions.push_back({to_string(names, decision.identity), decision.value});
  }
  for (const RecordedEvent& event : events) plan.order.push_back(to_string(names, event.identity));
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
    if (options_.alternatives) enabled_.push_back(event);
  }

  Event next(const Timers& timers) override {
    const Event event = inner_.next(timers);
    if (event.none()) return event;
    recording_.events.push_back({event.identity, {}});
    if (options_.alternatives) note_alternatives(event, timers);
    return event;
  }

 private:
  void note_alternatives(const Event& picked, const Timers& timers) {
    std::erase_if(enabled_, [&](const Event& event) { return event.identity == picked.identity; });
    std::vector<Identity>& others = recording_.events.back().alternatives;
    for (const Event& event : enabled_) {
      if (others.size() == options_.alternatives_max) return;
      others.push_back(event.identity);
    }
    if (!timers.earliest.none() && !(timers.earliest.identity == picked.identity)) {
      others.push_back(timers.earliest.identity);
    }
  }

  Strategy& inner_;
  Recording& recording_;
  RecordingOptions options_;
  std::vector<Event> enabled_;  // in the order of enabling
};

}  // namespace

std::unique_ptr<Strategy> make_recording_strategy(Strategy& inner, Recording& recording,
                                                  RecordingOptions options) {
  return std::make_unique<RecordingStrategy>(inner, recording, options);
}

}  // namespace reprise
