// Strategy: makes every decision of a run. It has three duties: to begin a run, to choose the value
// of a decision, and to pick the next event. It owns the pool of enabled events. A new strategy is
// one file in strategy/ and one factory below; strategies may wrap each other, as the recording one
// does.
#pragma once

#include <reprise/core/time.h>
#include <reprise/sim/plan/identity.h>
#include <reprise/sim/plan/plan.h>
#include <reprise/sim/strategy/profile.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace reprise {

/// The ranks of the calm order: all events of one rank come before the next; within a rank, first
/// enabled, first served.
enum class Rank : std::uint8_t {
  wake,     // a task's first turn, or its turn after a completion has finished
  device,   // an effect or a delivery
  yielded,  // a task's turn after an explicit yield
  timer,    // the earliest timer
};

/// Something that can happen next.
struct Event {
  Identity identity;
  Rank rank = Rank::wake;
  std::uint32_t slot = no_slot;  // the world's own number of the task or I/O

  static constexpr std::uint32_t no_slot = UINT32_MAX;
  bool none() const { return slot == no_slot; }
};
static_assert(sizeof(Event) == 16, "an event travels in two registers");

/// A decision about to be made: `value` in [0, arity), 0 is calm.
struct alignas(8) Decision {
  Identity identity;
  std::uint32_t arity = 2;
};
static_assert(sizeof(Decision) == 16, "a decision travels in two registers");

/// The clock and its earliest timer, whose event is always enabled and is not in the pool.
struct Timers {
  Instant now;
  Instant deadline;
  Event earliest;  // none() if no timer is armed
};

/// An event that is likely to be next, and one soon after it; none() where that is not known.
struct Upcoming {
  Event next;
  Event soon;
};

/// Whether an event will never happen.
using IsGone = std::function<bool(const Event& event)>;

class Strategy {
 public:
  virtual ~Strategy() = default;

  /// A run begins; the pool is empty. `names` outlives the run.
  virtual void begin(const Names& names) = 0;
  /// The base of this run. REQUIRES: begin() was called.
  virtual Base base() const = 0;
  /// The kinds of decisions that may get another value than 0 in this run. choose() is not called
  /// for others.
  virtual DecisionKinds active() const = 0;
  virtual std::uint32_t choose(Decision decision) = 0;
  virtual void enable(Event event) = 0;
  /// Takes out of the pool what will never happen, and gives the number of these events.
  virtual std::size_t forget(const IsGone& is_gone) = 0;
  /// Takes the next event out of the pool, or returns `timers.earliest`. none() if there is
  /// neither.
  virtual Event next(const Timers& timers) = 0;
  /// A guess, so that what these events need can be fetched into the processor's cache meanwhile.
  virtual Upcoming upcoming() const { return {}; }
};

/// The base's own run: every decision 0, every event in calm order.
std::unique_ptr<Strategy> make_calm_strategy(Base base);

/// How a random strategy picks the next event.
enum class RandomOrder : std::uint8_t {
  uniform,   // any enabled event, each equally likely
  latencies  // each I/O gets a latency; the earliest comes first
};
struct RandomOptions {
  RandomOrder order = RandomOrder::uniform;
  bool swarm = true;  // each fault family off with probability one half, per run
};

/// Draws every decision from a seed, at the profile's rates.
class RandomStrategy : public Strategy {
 public:
  /// Sets the seed of the next run.
  virtual void reseed(std::uint64_t seed) = 0;
};
std::unique_ptr<RandomStrategy> make_random_strategy(const Profile& profile,
                                                     RandomOptions options = {});

/// Follows a plan, and records where the run did not meet it.
class PlanStrategy : public Strategy {
 public:
  /// Indexes into the plan's decisions and order.
  virtual std::vector<std::size_t> decisions_not_reached() const = 0;
  /// Decisions that were reached, but whose value has no meaning in the run; 0 was taken instead.
  virtual std::vector<std::size_t> decisions_out_of_range() const = 0;
  /// The range of such a decision: its values are 0 .. arity - 1.
  virtual std::uint32_t arity_of(std::size_t decision) const = 0;
  /// Events that were never enabled, or whose order was given up because nothing else could run.
  virtual std::vector<std::size_t> order_not_reached() const = 0;
};
/// `plan` is copied. Identities that do not parse are never reached.
std::unique_ptr<PlanStrategy> make_plan_strategy(const Plan& plan);

/// A decision of a run. A Recording has enough of them to make the run's plan and all its
/// neighbours.
struct RecordedDecision {
  Identity identity;
  std::uint32_t value = 0;
  std::uint32_t arity = 0;
  std::size_t events_before = 0;  // events that had been picked by then
};
struct RecordedEvent {
  Identity identity;
  // Into Recording::alternatives.
  std::size_t first_alternative = 0;
  std::size_t alternative_count = 0;
};
struct Recording {
  Base base = Base::sync;
  std::vector<RecordedDecision> decisions;  // all if `alternatives` are recorded, else those not 0
  std::vector<RecordedEvent> events;
  std::vector<Identity> alternatives;
  /// If the run was stopped: the events that were enabled then, in the order of enabling, the
  /// earliest timers included.
  std::vector<Identity> enabled;

  /// The other events that were enabled when `event`, one of `events`, was picked, in calm order.
  /// Only with RecordingOptions::alternatives.
  std::span<const Identity> alternatives_of(const RecordedEvent& event) const {
    return {alternatives.data() + event.first_alternative, event.alternative_count};
  }

  /// The plan of the run: the decisions that are not calm, and every event; then the events that a
  /// stopped run left enabled, so that a replay holds them back.
  Plan plan(const Names& names) const;
};
struct RecordingOptions {
  bool alternatives = false;          // also other enabled events, and calm decisions
  std::size_t alternatives_max = 64;  // per event
};

/// Records what `inner` does. Both references must outlive it; begin() clears the recording.
std::unique_ptr<Strategy> make_recording_strategy(Strategy& inner, Recording& recording,
                                                  RecordingOptions options = {});

/// Makes a calm run of the base `sync` with the workload choices of `workload`, one task after the
/// other. `workload` must outlive the strategy.
std::unique_ptr<Strategy> make_reference_strategy(const std::vector<RecordedDecision>& workload);

}  // namespace reprise
